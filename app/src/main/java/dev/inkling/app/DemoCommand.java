package dev.inkling.app;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.Model;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.Datasets;
import dev.inkling.trainer.Evaluation;
import dev.inkling.trainer.Strokes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * {@code inkling demo}: from nothing to explanations, offline and in seconds. The model inside the program, trained on MNIST,
 * explains one generated digit of each class by some methods of each family, and by those that were dropped in.
 */
public final class DemoCommand implements Command {

    /** Of the many built in, those to meet first: all of them would take a minute, and nobody would read the page. */
    private static final Set<String> TOUR = Set.of(
            "grad-cam",
            "saliency",
            "smooth-grad",
            "guided-backprop",
            "lrp-epsilon-plus",
            "deeplift",
            "occlusion",
            "kernel-shap");

    private final Settings settings;
    private final ExplainerCatalog catalog;
    private final ReportWork reportWork;
    private final Terminal terminal;

    @Inject
    DemoCommand(Settings settings, ExplainerCatalog catalog, ReportWork reportWork, Terminal terminal) {
        this.settings = settings;
        this.catalog = catalog;
        this.reportWork = reportWork;
        this.terminal = terminal;
    }

    @Override
    public int run() throws IOException {
        ExplanationReport.requireWritable(settings.out);
        Datasets data = Strokes.standard();
        Dataset test = data.test();
        try (TensorFlowModel model = Models.open(Models.PRETRAINED)) {
            String remark = remark(model, test);
            terminal.out().println(remark);
            List<InputImage> images = InputImage.ofData(test, oneOfEachClass(test), model.signature());
            TargetSpec target = TargetSpec.parse("predicted", model.signature().labels(), true);
            ReferenceImages background = ReferenceImages.drawn(data.train(), model.signature());
            return reportWork.run(
                    model,
                    test.name(),
                    images,
                    Optional.of(background),
                    target,
                    explainers(background.givenTo(model)),
                    ClassCheck.AUTO,
                    settings.out,
                    remark);
        }
    }

    /** How the model does on digits that are not like those it has learnt: whoever looks at the explanations should know. */
    private static String remark(TensorFlowModel model, Dataset test) {
        Evaluation evaluation = Evaluation.of(model, test, done -> {});
        ModelCard card = model.card().orElseThrow();
        return String.format(
                Locale.ROOT,
                "The model was trained on handwritten digits (%s, %.2f %% right on its test images) and has never seen a digit"
                        + " drawn by Inkling like these. Of %,d such digits it gets %.1f %% right.",
                card.training().data(),
                100 * card.accuracy().test(),
                evaluation.images(),
                100 * evaluation.accuracy());
    }

    private List<ConfiguredExplainer> explainers(Model model) {
        List<ConfiguredExplainer> some = catalog.installed().stream()
                .filter(installed -> installed.isDroppedIn() || TOUR.contains(installed.name()))
                .map(installed -> new ConfiguredExplainer(
                        installed.card(), installed.resolved(Map.of()), installed.create(Map.of())))
                .toList();
        return ConfiguredExplainer.fitting(some, model, reason -> terminal.err().println("left out: " + reason));
    }

    private static int[] oneOfEachClass(Dataset test) {
        return IntStream.range(0, test.labels().size())
                .map(label -> IntStream.range(0, test.size())
                        .filter(index -> test.label(index) == label)
                        .findFirst()
                        .orElseThrow())
                .toArray();
    }

    @Parameters(
            commandNames = "demo",
            commandDescription =
                    "explains ten generated digits by a choice of methods, and by your plug-ins: offline, in seconds")
    static final class Settings implements CommandSettings {

        @Parameter(
                names = "--out",
                placeholder = "DIR",
                description = "folder for the report; an earlier report there is replaced")
        Path out = Path.of("demo");

        @Override
        public Class<DemoCommand> command() {
            return DemoCommand.class;
        }

        @Override
        public List<String> examples() {
            return List.of("inkling demo", "inkling demo --out /tmp/demo");
        }
    }
}

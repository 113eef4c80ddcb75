package dev.inkling.app;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.google.inject.Guice;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.Datasets;
import dev.inkling.trainer.Preset;
import dev.inkling.trainer.RunFolder;
import dev.inkling.trainer.Strokes;
import dev.inkling.trainer.TrainSettings;
import dev.inkling.trainer.Trainer;
import dev.inkling.trainer.TrainerModule;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * {@code inkling demo}: from nothing to explanations, offline and in seconds. Trains briefly on generated digits and explains
 * one of each class with every explainer that is installed and fits the model.
 */
public final class DemoCommand implements Command {

    /** Enough generated digits for a model worth explaining; each is seen once. */
    private static final int TRAINING_IMAGES = 5_000;

    /** Small batches: more steps for the images there are. */
    private static final TrainSettings BRIEF = Preset.QUICK.settings();

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
        terminal.err().println("training briefly on generated digits ...");
        // The run is scratch: it is deleted when the demo is done.
        try (StagedFolder scratch =
                StagedFolder.beside(settings.out.resolveSibling(settings.out.getFileName() + "-run"))) {
            RunFolder folder = new RunFolder(scratch.path());
            TrainingConsole console = new TrainingConsole(terminal, folder);
            Guice.createInjector(new TrainerModule(BRIEF, data.train().slice(0, TRAINING_IMAGES), folder, console))
                    .getInstance(Trainer.class)
                    .train();
            try (TensorFlowModel model = TensorFlowModel.load(folder.model())) {
                return explain(model, data.test());
            }
        }
    }

    private int explain(TensorFlowModel model, Dataset test) throws IOException {
        List<ConfiguredExplainer> all = catalog.installed().stream()
                .map(installed -> new ConfiguredExplainer(
                        installed.card(), installed.resolved(Map.of()), installed.create(Map.of())))
                .toList();
        List<ConfiguredExplainer> explainers =
                ConfiguredExplainer.fitting(all, model, reason -> terminal.err().println("left out: " + reason));
        List<InputImage> images = InputImage.ofData(test, oneOfEachClass(test), model.signature());
        TargetSpec target = TargetSpec.parse("predicted", model.signature().labels(), true);
        return reportWork.run(model, test.name(), images, target, explainers, settings.out);
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
            commandDescription = "explains ten generated digits with every explainer that fits: offline, in seconds")
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

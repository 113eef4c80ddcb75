package dev.inkling.app;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.trainer.DataSources;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.Datasets;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code inkling explain}: explanations of chosen images by chosen explainers, as a report. Everything that can be checked
 * is checked before the work begins.
 */
public final class ExplainCommand implements Command {

    private final Settings settings;
    private final ReportWork reportWork;
    private final ExplainerCatalog catalog;
    private final Terminal terminal;

    @Inject
    ExplainCommand(Settings settings, ReportWork reportWork, ExplainerCatalog catalog, Terminal terminal) {
        this.settings = settings;
        this.reportWork = reportWork;
        this.catalog = catalog;
        this.terminal = terminal;
    }

    @Override
    public int run() throws IOException {
        requireOneSource();
        Optional<IndexSpec> index = Optional.ofNullable(settings.index).map(IndexSpec::parse);
        List<ConfiguredExplainer> explainers = catalog.configured(settings.explainers);
        ExplanationReport.requireWritable(settings.out);
        try (TensorFlowModel model = Models.open(settings.model)) {
            TargetSpec target =
                    TargetSpec.parse(settings.target, model.signature().labels(), index.isPresent());
            String data = "image files";
            List<InputImage> images;
            Optional<ReferenceImages> background = settings.background == null
                    ? Optional.empty()
                    : Optional.of(ReferenceImages.named(
                            settings.background, model.signature(), new DownloadMessages(terminal)));
            if (index.isPresent()) {
                Datasets sets = DataSources.open(settings.data, model.signature(), new DownloadMessages(terminal));
                Dataset test = sets.test();
                background = background.or(() -> Optional.of(ReferenceImages.drawn(sets.train(), model.signature())));
                data = test.name();
                images = InputImage.ofData(test, index.get().indices(test.size(), test.name()), model.signature());
            } else {
                images = InputImage.ofFiles(settings.images, model.signature());
            }
            Model explained = background
                    .<Model>map(references -> references.givenTo(model))
                    .orElse(model);
            explainers.forEach(explainer -> explainer.requireFit(explained));
            ExpectedCost cost = ExpectedCost.of(explainers, images.size(), model.signature(), catalog);
            cost.requireAtMost(settings.maxEvaluations);
            if (cost.total() > 0) {
                terminal.out().println(cost);
            }
            return reportWork.run(model, data, images, background, target, explainers, settings.out, "");
        }
    }

    private void requireOneSource() {
        if (settings.images.isEmpty() && settings.data == null && settings.index == null) {
            throw new InvalidInputException("nothing to explain; give --data and --index, or image files");
        }
        if (!settings.images.isEmpty() && (settings.data != null || settings.index != null)) {
            throw new InvalidInputException(
                    "give --data and --index, or image files, not both; found image file %s", settings.images.get(0));
        }
        if (settings.images.isEmpty() && (settings.data == null || settings.index == null)) {
            throw new InvalidInputException(
                    settings.index == null
                            ? "--data needs --index: which images of its test set, such as 0,5,7..20"
                            : "--index needs --data: mnist, strokes, or a folder of data");
        }
    }

    @Parameters(
            commandNames = "explain",
            separators = "=",
            commandDescription = "shows why a model decides what it decides: explains images and writes a report")
    static final class Settings implements CommandSettings {

        @Parameter(
                placeholder = "[IMAGE]...",
                description = "PNG or JPEG files of any size, in place of --data and --index")
        List<Path> images = new ArrayList<>();

        @Parameter(names = "--model", placeholder = "DIR", required = true, description = Models.DESCRIPTION)
        String model;

        @Parameter(names = "--data", placeholder = "DATA", description = "as 'train' takes it; its test set is used")
        String data;

        @Parameter(
                names = "--index",
                placeholder = "LIST",
                description = "which images of the test set: indices and ranges such as 0,5,7..20, both ends included")
        String index;

        @Parameter(
                names = "--explainer",
                placeholder = "LIST",
                description =
                        "explainers with their options, such as grad-cam,smooth-grad:samples=50,seed=1,"
                                + " or with a wrapper around them, noise-tunnel:samples=20+grad-cam; 'inkling explainers' lists them")
        String explainers = "grad-cam,saliency,smooth-grad";

        @Parameter(names = "--background", placeholder = "IMAGES", description = ReferenceImages.DESCRIPTION)
        String background;

        @Parameter(
                names = "--target",
                placeholder = "TARGET",
                description =
                        "what to explain: predicted, label, predicted-vs-label, a class such as 3, or two such as 4-vs-9"
                                + " (why 4, not 9)")
        String target = "predicted";

        @Parameter(
                names = "--max-evaluations",
                placeholder = "N",
                description = "refuse to begin what may take more evaluations of the model than this, over all images")
        long maxEvaluations = 2_000_000;

        @Parameter(
                names = "--out",
                placeholder = "DIR",
                description = "folder for the report; an earlier report there is replaced")
        Path out = Path.of("explanations");

        @Override
        public Class<ExplainCommand> command() {
            return ExplainCommand.class;
        }

        @Override
        public List<String> examples() {
            return List.of(
                    "inkling explain --model runs/mnist/model --data mnist --index 0..15",
                    "inkling explain --model runs/mnist/model --data mnist --index 9 --target 4-vs-9 --out why-four",
                    "inkling explain --model runs/mnist/model --explainer grad-cam:layer=block2/conv2 four.png");
        }
    }
}

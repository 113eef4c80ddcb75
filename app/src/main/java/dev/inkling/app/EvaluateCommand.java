package dev.inkling.app;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.trainer.DataSources;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.Datasets;
import dev.inkling.trainer.Evaluation;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/**
 * {@code inkling evaluate}: how a model does on a test set, as text, as JSON, and as a report that explains the worst mistakes.
 */
public final class EvaluateCommand implements Command {

    /** A page with more would be too large to look at. */
    private static final int MOST_MISTAKES = ExplanationReport.LARGEST_BATCH;

    private static final int MISTAKES = 12;

    /** Signed, in logits, and at the image's own places: what of the ink speaks for the one class and what for the other. */
    private static final String EXPLAINER = "occlusion:stride=1";

    private final Settings settings;
    private final ReportWork reportWork;
    private final ExplainerCatalog catalog;
    private final Terminal terminal;

    @Inject
    EvaluateCommand(Settings settings, ReportWork reportWork, ExplainerCatalog catalog, Terminal terminal) {
        this.settings = settings;
        this.reportWork = reportWork;
        this.catalog = catalog;
        this.terminal = terminal;
    }

    @Override
    public int run() throws IOException {
        JsonDestination json = new JsonDestination(settings.json, terminal);
        Optional<Path> out = Optional.ofNullable(settings.out);
        List<ConfiguredExplainer> explainers = explainers();
        out.ifPresent(EvaluationReport::requireWritable);
        try (TensorFlowModel model = settings.model.open(terminal)) {
            Datasets data = DataSources.open(settings.data, model.signature(), new DownloadMessages(terminal));
            Dataset test = data.test();
            InputImage.requireFit(test, model.signature());
            ReferenceImages background = ReferenceImages.drawn(data.train(), model.signature());
            catalog.requireFit(explainers, background.givenTo(model));
            Evaluation evaluation = evaluate(model, test);
            if (!json.isStandardOutput()) {
                new EvaluationText(evaluation, test.labels(), terminal.out())
                        .print(model.signature().name(), test.name());
            }
            json.write(new EvaluationJson(evaluation, test.labels()).measured());
            return out.isPresent() ? report(model, test, background, evaluation, explainers, out.get()) : Main.OK;
        }
    }

    /** Those of the gallery; none where there is no report. Plug-ins are not even loaded then. */
    private List<ConfiguredExplainer> explainers() {
        if (settings.out == null) {
            if (settings.mistakes != null || settings.explainers != null) {
                throw new InvalidInputException(
                        "%s is for the mistakes that a report shows; give --out, a folder for it",
                        settings.mistakes != null ? "--mistakes" : "--explainer");
            }
            return List.of();
        }
        if (settings.mistakes != null && (settings.mistakes < 0 || settings.mistakes > MOST_MISTAKES)) {
            throw new InvalidInputException("--mistakes is %d, expected 0 to %d", settings.mistakes, MOST_MISTAKES);
        }
        return catalog.configured(settings.explainers == null ? EXPLAINER : settings.explainers);
    }

    private Evaluation evaluate(TensorFlowModel model, Dataset test) {
        Optional<ProgressBar> bar = ProgressBars.open("evaluating", " images", test.size(), terminal);
        try {
            return Evaluation.of(model, test, done -> bar.ifPresent(shown -> shown.stepTo(done)));
        } finally {
            bar.ifPresent(ProgressBar::close);
        }
    }

    /** The exit code: wrong use if an explainer failed or a plug-in is broken. */
    private int report(
            TensorFlowModel model,
            Dataset test,
            ReferenceImages background,
            Evaluation evaluation,
            List<ConfiguredExplainer> explainers,
            Path out)
            throws IOException {
        TargetSpec target = TargetSpec.mistakes(test.labels());
        int[] worst = evaluation.mistakes().stream()
                .limit(settings.mistakes == null ? MISTAKES : settings.mistakes)
                .mapToInt(Evaluation.Mistake::index)
                .toArray();
        Optional<ExplanationReport> gallery = Optional.empty();
        if (worst.length > 0) {
            List<InputImage> images = InputImage.ofData(test, worst, model.signature());
            gallery = Optional.of(reportWork.explain(
                    model, test.name(), images, Optional.of(background), target, explainers, ClassCheck.AUTO, ""));
        }
        Provenance provenance = Provenance.now(model, test.name(), target.text(), Optional.of(background.name()));
        new EvaluationReport(provenance, test.labels(), evaluation, gallery).write(out);
        if (!"-".equals(settings.json)) {
            terminal.out()
                    .println("report: "
                            + out.resolve(EvaluationReport.PAGE)
                                    .toAbsolutePath()
                                    .normalize());
        }
        return gallery.isPresent()
                ? reportWork.reportFailures(gallery.get().result())
                : catalog.reportBroken(terminal.err());
    }

    @Parameters(
            commandNames = "evaluate",
            separators = "=",
            commandDescription = "measures a model on a test set: accuracy, calibration, confusions and mistakes")
    static final class Settings implements CommandSettings {

        @ParametersDelegate
        ModelOptions model = new ModelOptions();

        @Parameter(
                names = "--data",
                placeholder = "DATA",
                required = true,
                description = "as 'train' takes it; its test set is used")
        String data;

        @Parameter(
                names = "--out",
                placeholder = "DIR",
                description = "also write a report into this folder, with pictures and the worst mistakes explained;"
                        + " an earlier report there is replaced")
        Path out;

        @Parameter(
                names = "--mistakes",
                placeholder = "N",
                description = "how many mistakes the report explains, the surest first, 0 to " + MOST_MISTAKES
                        + " (default: " + MISTAKES + ")")
        Integer mistakes;

        @Parameter(
                names = "--explainer",
                placeholder = "LIST",
                description = "explainers of the mistakes with their options; each says what speaks for the predicted"
                        + " class and against the true one (default: " + EXPLAINER + ")")
        String explainers;

        @Parameter(
                names = "--json",
                placeholder = "FILE",
                description =
                        "also write the results to this file as JSON; '-' for standard output and nothing else there")
        String json;

        @Override
        public Class<EvaluateCommand> command() {
            return EvaluateCommand.class;
        }

        @Override
        public List<String> examples() {
            return List.of(
                    "inkling evaluate --model runs/mnist/model --data mnist",
                    "inkling evaluate --model runs/mnist/model --data mnist --out evaluation",
                    "inkling evaluate --model runs/mnist/model --data mnist --json -");
        }
    }
}

package dev.inkling.app;

import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.Model;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** From a model, images and explainers to a report, and to what the terminal says of it. */
final class ReportWork {

    private final ExplainerCatalog catalog;
    private final GlobalSettings global;
    private final Terminal terminal;

    @Inject
    ReportWork(ExplainerCatalog catalog, GlobalSettings global, Terminal terminal) {
        this.catalog = catalog;
        this.global = global;
        this.terminal = terminal;
    }

    /**
     * Explains, writes the report, and prints a summary.
     *
     * @param data what the images were read from
     * @param background what explainers may compare with
     * @param out the report's folder
     * @param classCheck which explanations are compared with those of another class
     * @param remark what a reader of the report should know first; blank if nothing
     * @return the exit code: wrong use if an explainer failed or a plug-in is broken
     */
    int run(
            TensorFlowModel model,
            String data,
            List<InputImage> images,
            Optional<ReferenceImages> background,
            TargetSpec target,
            List<ConfiguredExplainer> explainers,
            ClassCheck classCheck,
            Path out,
            String remark)
            throws IOException {
        ExplanationReport report = explain(model, data, images, background, target, explainers, classCheck, remark);
        report.write(out);
        summarise(report.result(), report.labels(), out);
        return reportFailures(report.result());
    }

    /**
     * Explains, with a progress bar; the report is yet to be written.
     *
     * @param classCheck as for {@link #run}
     * @param remark as for {@link #run}
     */
    ExplanationReport explain(
            TensorFlowModel model,
            String data,
            List<InputImage> images,
            Optional<ReferenceImages> background,
            TargetSpec target,
            List<ConfiguredExplainer> explainers,
            ClassCheck classCheck,
            String remark) {
        Provenance provenance = Provenance.now(model, data, target.text(), background.map(ReferenceImages::name));
        Model explained =
                background.<Model>map(references -> references.givenTo(model)).orElse(model);
        ExplanationRun.Result result;
        try (ExplanationProgress progress = new ExplanationProgress(explainers.size(), images.size(), terminal)) {
            result = new ExplanationRun(explained, target, explainers, classCheck, progress).run(images);
        }
        return new ExplanationReport(provenance, model.signature().labels(), explainers, result, remark);
    }

    private void summarise(ExplanationRun.Result result, List<String> labels, Path report) {
        int images = result.images().size();
        long right = result.images().stream()
                .filter(image ->
                        image.prediction(labels).right().filter(is -> is).isPresent())
                .count();
        long judged = result.images().stream()
                .filter(image -> image.image().label().isPresent())
                .count();
        terminal.out()
                .printf(
                        Locale.ROOT,
                        "%,d image%s explained%s%n",
                        images,
                        images == 1 ? "" : "s",
                        judged == 0 ? "" : ": " + right + " predicted right, " + (judged - right) + " wrong");
        terminal.out()
                .println("report: "
                        + report.resolve(ExplanationReport.PAGE)
                                .toAbsolutePath()
                                .normalize());
    }

    /**
     * Prints a line for each explainer that failed and each plug-in that is broken.
     *
     * @return the exit code: wrong use if there is any
     */
    int reportFailures(ExplanationRun.Result result) {
        int images = result.images().size();
        for (ExplanationRun.Failure failure : result.failures()) {
            terminal.err()
                    .println("inkling: explainer '" + failure.explainer().card().name() + "' failed"
                            + (failure.delivered() == 0
                                    ? ""
                                    : " after " + failure.delivered() + " of " + images + " images")
                            + ": " + failure.reason());
            if (global.debug) {
                failure.cause().printStackTrace(terminal.err());
            }
        }
        int plugins = catalog.reportBroken(terminal.err());
        return result.failures().isEmpty() ? plugins : Main.WRONG_USE;
    }
}

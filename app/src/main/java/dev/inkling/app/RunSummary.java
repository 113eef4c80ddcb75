package dev.inkling.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Tells the user how a run of explainers went and where the report is. */
final class RunSummary {

    private final ExplainerCatalog catalog;
    private final GlobalSettings global;
    private final Terminal terminal;

    RunSummary(ExplainerCatalog catalog, GlobalSettings global, Terminal terminal) {
        this.catalog = catalog;
        this.global = global;
        this.terminal = terminal;
    }

    /**
     * Prints the summary.
     *
     * @param report the report's folder
     * @return the exit code: wrong use if an explainer failed or a plug-in is broken
     */
    int print(ExplanationRun.Result result, List<String> labels, Path report) {
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

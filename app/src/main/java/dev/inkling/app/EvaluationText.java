package dev.inkling.app;

import dev.inkling.trainer.Calibration;
import dev.inkling.trainer.ConfusionMatrix;
import dev.inkling.trainer.Evaluation;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** An evaluation as a terminal shows it. */
final class EvaluationText {

    /** A matrix of more classes would not fit a terminal's width. */
    private static final int LARGEST_MATRIX = 16;

    private static final int SHOWN_PAIRS = 10;

    private final Evaluation evaluation;
    private final List<String> labels;
    private final PrintStream out;
    private final int labelWidth;

    EvaluationText(Evaluation evaluation, List<String> labels, PrintStream out) {
        this.evaluation = evaluation;
        this.labels = labels;
        this.out = out;
        this.labelWidth = Math.max("class".length(), longest(labels));
    }

    void print(String model, String data) {
        line("model '%s' on %,d images of %s%n", model, evaluation.images(), data);
        numbers();
        classes();
        if (labels.size() <= LARGEST_MATRIX) {
            confusion();
        }
        pairs();
    }

    private void numbers() {
        int right = evaluation.confusion().right();
        line(
                "accuracy  %.2f %%  (%,d right, %,d wrong)",
                100 * evaluation.accuracy(), right, evaluation.images() - right);
        line("loss      %.4f  (mean cross-entropy, nats)", evaluation.loss());
        Calibration calibration = evaluation.calibration();
        line(
                "ECE       %.2f %%  (expected calibration error, %d bins; at most %.2f %% in one)",
                100 * calibration.expectedError(), Calibration.BINS, 100 * calibration.maximumError());
        line("Brier     %.4f  (squared error of the probabilities, 0 to 2)%n", calibration.brierScore());
    }

    private void classes() {
        String format = "  %-" + labelWidth + "s  %9s  %9s  %9s  %,9d";
        line("  %-" + labelWidth + "s  %9s  %9s  %9s  %9s", "class", "precision", "recall", "F1", "images");
        List<ConfusionMatrix.ClassScores> all = evaluation.confusion().classes();
        for (int k = 0; k < labels.size(); k++) {
            ConfusionMatrix.ClassScores scores = all.get(k);
            line(
                    format,
                    labels.get(k),
                    percent(scores.precision()),
                    percent(scores.recall()),
                    percent(scores.f1()),
                    scores.support());
        }
        ConfusionMatrix.MacroAverages macro = evaluation.confusion().macro();
        line(
                "  %-" + labelWidth + "s  %9s  %9s  %9s",
                "mean",
                percent(macro.precision()),
                percent(macro.recall()),
                percent(macro.f1()));
        if (all.stream().anyMatch(scores -> scores.support() == 0 || scores.predicted() == 0)) {
            line("  –: undefined, for no image is of the class (recall) or was taken for it (precision);"
                    + " means leave it out");
        }
        out.println();
    }

    private void confusion() {
        line("confusion (rows: true class, columns: predicted)");
        int left = longest(labels);
        int width = left;
        int[][] counts = evaluation.confusion().counts();
        for (int[] row : counts) {
            for (int count : row) {
                width = Math.max(width, String.valueOf(count).length());
            }
        }
        StringBuilder text = new StringBuilder(" ".repeat(left + 2));
        for (String label : labels) {
            text.append(("%" + (width + 2) + "s").formatted(label));
        }
        text.append(System.lineSeparator());
        for (int truth = 0; truth < labels.size(); truth++) {
            text.append(("%" + (left + 2) + "s").formatted(labels.get(truth)));
            for (int count : counts[truth]) {
                // A dot for zero, so that the confusions stand out.
                text.append(("%" + (width + 2) + "s").formatted(count == 0 ? "·" : count));
            }
            text.append(System.lineSeparator());
        }
        out.println(text);
    }

    private void pairs() {
        List<ConfusionMatrix.ConfusedPair> pairs = evaluation.confusion().confusedPairs();
        if (pairs.isEmpty()) {
            line("no mistakes: all %,d images are classified right", evaluation.images());
            return;
        }
        line("most confused");
        int width = longest(labels);
        pairs.stream()
                .limit(SHOWN_PAIRS)
                .forEach(pair -> line(
                        "  %" + width + "s taken for %-" + width + "s  %,5d×  %5.2f %% of all %s",
                        labels.get(pair.truth()),
                        labels.get(pair.predicted()),
                        pair.count(),
                        100 * pair.share(),
                        labels.get(pair.truth())));
        if (pairs.size() > SHOWN_PAIRS) {
            line("  and %,d more pairs", pairs.size() - SHOWN_PAIRS);
        }
    }

    private void line(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "–" : PageTemplate.percent(share);
    }

    private static int longest(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElseThrow();
    }
}

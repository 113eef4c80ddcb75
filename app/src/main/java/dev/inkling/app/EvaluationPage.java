package dev.inkling.app;

import dev.inkling.trainer.Calibration;
import dev.inkling.trainer.ConfusionMatrix;
import dev.inkling.trainer.Evaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** An evaluation's report as one web page. */
final class EvaluationPage {

    private static final int SHOWN_PAIRS = 12;

    private final EvaluationReport report;
    private final Path folder;

    /**
     * A page.
     *
     * @param folder where the report's pictures lie
     */
    EvaluationPage(EvaluationReport report, Path folder) {
        this.report = report;
        this.folder = folder;
    }

    void write(Path file) throws IOException {
        PageTemplate.write("evaluation.html", page(), file);
    }

    private Map<String, Object> page() {
        Provenance provenance = report.provenance();
        Evaluation evaluation = report.evaluation();
        Calibration calibration = evaluation.calibration();
        ConfusionMatrix confusion = evaluation.confusion();
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("model", provenance.model().name());
        page.put("sha256", provenance.model().sha256());
        page.put("parameters", count(provenance.model().parameters()));
        page.put("data", provenance.data());
        page.put("created", PageTemplate.time(provenance.created()));
        page.put("versions", provenance.versions());
        page.put("count", count(evaluation.images()));
        page.put("accuracy", PageTemplate.percent(evaluation.accuracy()));
        page.put("right", count(confusion.right()));
        page.put(
                "wrong",
                evaluation.mistakes().isEmpty()
                        ? ""
                        : count(evaluation.mistakes().size()));
        page.put("loss", decimal(evaluation.loss()));
        page.put("ece", PageTemplate.percent(calibration.expectedError()));
        page.put("mce", PageTemplate.percent(calibration.maximumError()));
        page.put("bins", Calibration.BINS);
        page.put("brier", decimal(calibration.brierScore()));
        page.put("confidence", PageTemplate.percent(meanConfidence(calibration)));
        page.put("confusion", PageTemplate.lazily(folder.resolve(EvaluationReport.CONFUSION)));
        page.put("reliability", PageTemplate.lazily(folder.resolve(EvaluationReport.RELIABILITY)));
        page.put("classes", classes(confusion));
        page.put("mean", scores(confusion.macro()));
        page.put(
                "undefined",
                confusion.classes().stream().anyMatch(scores -> scores.support() == 0 || scores.predicted() == 0));
        List<ConfusionMatrix.ConfusedPair> pairs = confusion.confusedPairs();
        page.put("pairs", pairs.stream().limit(SHOWN_PAIRS).map(this::pair).toList());
        page.put("morePairs", Math.max(0, pairs.size() - SHOWN_PAIRS));
        List<Map<String, Object>> mistakes = mistakes();
        page.put("mistakes", mistakes);
        page.put("shown", mistakes.size());
        page.put("all", mistakes.size() == evaluation.mistakes().size());
        page.put(
                "explainers",
                report.gallery().stream()
                        .flatMap(gallery -> gallery.explainers().stream().map(gallery::title))
                        .collect(Collectors.joining(", ")));
        page.put("failures", failures());
        return page;
    }

    private List<Map<String, Object>> classes(ConfusionMatrix confusion) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int k = 0; k < report.labels().size(); k++) {
            ConfusionMatrix.ClassScores scores = confusion.classes().get(k);
            rows.add(Map.of(
                    "label", report.labels().get(k),
                    "precision", share(scores.precision()),
                    "recall", share(scores.recall()),
                    "f1", share(scores.f1()),
                    "support", count(scores.support()),
                    "predicted", count(scores.predicted())));
        }
        return rows;
    }

    private static Map<String, Object> scores(ConfusionMatrix.MacroAverages macro) {
        return Map.of("precision", share(macro.precision()), "recall", share(macro.recall()), "f1", share(macro.f1()));
    }

    private Map<String, Object> pair(ConfusionMatrix.ConfusedPair pair) {
        return Map.of(
                "truth", report.labels().get(pair.truth()),
                "predicted", report.labels().get(pair.predicted()),
                "count", count(pair.count()),
                "share", share(pair.share()));
    }

    /** The gallery; none where the report has none. */
    private List<Map<String, Object>> mistakes() {
        List<Map<String, Object>> cards = new ArrayList<>();
        List<String> figures = report.figures();
        for (int i = 0; i < figures.size(); i++) {
            Evaluation.Mistake mistake = report.evaluation().mistakes().get(i);
            cards.add(Map.of(
                    "name", report.provenance().data() + " " + mistake.index(),
                    "truth", report.labels().get(mistake.truth()),
                    "predicted", report.labels().get(mistake.predicted()),
                    "confidence", probability(mistake.confidence()),
                    "truthProbability", probability(mistake.truthProbability()),
                    "figure", PageTemplate.lazily(folder.resolve(figures.get(i)))));
        }
        return cards;
    }

    private List<Map<String, Object>> failures() {
        Optional<ExplanationReport> gallery = report.gallery();
        return gallery.stream()
                .flatMap(explained -> explained.result().failures().stream()
                        .map(failure -> Map.<String, Object>of(
                                "title", explained.title(failure.explainer()), "reason", failure.reason())))
                .toList();
    }

    private static double meanConfidence(Calibration calibration) {
        double sum = 0;
        long images = 0;
        for (Calibration.Bin bin : calibration.bins()) {
            if (bin.count() > 0) {
                sum += bin.count() * bin.confidence();
                images += bin.count();
            }
        }
        return sum / images;
    }

    private static String share(double share) {
        return Double.isNaN(share) ? "–" : PageTemplate.percent(share);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    /** Never 1 or 0 unless it is exactly that. */
    static String probability(double value) {
        if (value < 1 && value > 0.9999) {
            return ">0.9999";
        }
        return String.format(Locale.ROOT, value > 0 && value < 0.0001 ? "%.1e" : "%.4f", value);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}

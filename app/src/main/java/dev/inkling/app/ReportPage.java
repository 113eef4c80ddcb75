package dev.inkling.app;

import dev.inkling.figures.Png;
import dev.inkling.figures.Prediction;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Verdict;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report as one web page that needs nothing but itself: pictures are embedded, nothing is fetched. */
final class ReportPage {

    private final ExplanationReport report;
    private final Path folder;

    /**
     * A page.
     *
     * @param folder where the report's pictures lie
     */
    ReportPage(ExplanationReport report, Path folder) {
        this.report = report;
        this.folder = folder;
    }

    void write(Path file) throws IOException {
        PageTemplate.write("report.html", page(), file);
    }

    private Map<String, Object> page() {
        Provenance provenance = report.provenance();
        List<ExplainedImage> images = report.result().images();
        List<Prediction> predictions =
                images.stream().map(image -> image.prediction(report.labels())).toList();
        long right = predictions.stream()
                .filter(p -> p.right().filter(r -> r).isPresent())
                .count();
        long wrong = predictions.stream()
                .filter(p -> p.right().filter(r -> !r).isPresent())
                .count();
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("count", images.size());
        page.put("one", images.size() == 1);
        page.put("judged", right + wrong > 0);
        page.put("right", right);
        page.put("wrong", wrong);
        page.put("model", provenance.model().name());
        page.put("sha256", provenance.model().sha256());
        page.put(
                "parameters",
                String.format(Locale.ROOT, "%,d", provenance.model().parameters()));
        Double test = provenance.model().accuracy().test();
        Double measured = test != null ? test : provenance.model().accuracy().validation();
        page.put("accuracyKnown", measured != null);
        page.put("accuracy", measured == null ? "" : PageTemplate.percent(measured));
        page.put("accuracyOn", test != null ? "test images" : "validation images");
        List<Explanation.Cost> costs = images.stream()
                .flatMap(image -> image.explanations().stream())
                .map(Explanation::cost)
                .toList();
        double seconds =
                costs.stream().mapToDouble(Explanation.Cost::milliseconds).sum() / 1000;
        page.put("seconds", String.format(Locale.ROOT, seconds < 10 ? "%.1f" : "%,.0f", seconds));
        page.put(
                "forward",
                count(costs.stream().mapToDouble(Explanation.Cost::forward).sum()));
        page.put(
                "backward",
                count(costs.stream().mapToDouble(Explanation.Cost::backward).sum()));
        page.put("data", provenance.data());
        page.put("target", provenance.target());
        page.put("background", provenance.background().orElse(""));
        page.put("remark", report.remark());
        page.put("versions", provenance.versions());
        page.put("created", PageTemplate.time(provenance.created()));
        page.put(
                "failures",
                report.result().failures().stream().map(this::failure).toList());
        page.put("explainers", report.explainers().stream().map(this::explainer).toList());
        report.batchExplainer().ifPresent(explainer -> {
            Map<String, Object> batch = new LinkedHashMap<>();
            batch.put("title", report.title(explainer));
            batch.put("uri", PageTemplate.lazily(folder.resolve(ExplanationReport.BATCH)));
            batch.put("first", images.size() > ExplanationReport.LARGEST_BATCH);
            batch.put("limit", ExplanationReport.LARGEST_BATCH);
            page.put("batch", batch);
        });
        page.putIfAbsent("batch", false);
        List<Map<String, Object>> cards = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            cards.add(image(i, images.get(i), predictions.get(i)));
        }
        page.put("images", cards);
        return page;
    }

    private Map<String, Object> failure(ExplanationRun.Failure failure) {
        int images = report.result().images().size();
        return Map.of(
                "title",
                report.title(failure.explainer()),
                "reason",
                failure.reason(),
                "delivered",
                failure.delivered() == 0
                        ? "explained none of the images"
                        : "explained " + failure.delivered() + " of " + images + " images");
    }

    private Map<String, Object> explainer(ConfiguredExplainer explainer) {
        List<Explanation> delivered = report.result().images().stream()
                .flatMap(image -> ExplanationReport.explanation(image, explainer).stream())
                .toList();
        long silent = delivered.stream()
                .filter(explanation ->
                        ExplanationReport.heatmap(explanation).verdict().isPresent())
                .count();
        long insensitive = delivered.stream()
                .filter(explanation -> explanation.verdicts().stream()
                        .anyMatch(verdict -> verdict.kind() == Verdict.Kind.CLASS_INSENSITIVE))
                .count();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("title", explainer.card().title());
        row.put("summary", explainer.card().summary());
        row.put("options", options(explainer));
        row.put("delivered", delivered.size());
        row.put("silentMaps", silent);
        row.put("insensitiveMaps", insensitive);
        row.put(
                "evaluations",
                delivered.isEmpty() ? "–" : evaluations(delivered.get(0).cost()));
        row.put(
                "milliseconds",
                delivered.isEmpty()
                        ? "–"
                        : milliseconds(delivered.stream()
                                .mapToDouble(explanation -> explanation.cost().milliseconds())
                                .average()
                                .orElseThrow()));
        return row;
    }

    private Map<String, Object> image(int index, ExplainedImage image, Prediction prediction) {
        Map<String, Object> card = new LinkedHashMap<>();
        card.put("id", "image-" + (index + 1));
        card.put("name", image.image().name());
        card.put("folder", report.folder(index));
        card.put("thumbnail", PageTemplate.uri(Png.bytes(thumbnail(image))));
        card.put("predicted", prediction.best().label());
        card.put("truth", prediction.truth().orElse(""));
        card.put("mark", prediction.right().map(right -> right ? "✓" : "✗").orElse(""));
        card.put(
                "kind",
                prediction.right().map(right -> right ? "right" : "wrong").orElse("open"));
        card.put(
                "verdict",
                prediction.right().map(right -> right ? "right" : "wrong").orElse(""));
        card.put("target", image.target());
        card.put("sha256", image.image().sha256());
        card.put(
                "top",
                prediction.top().stream()
                        .map(score -> Map.of(
                                "label", score.label(),
                                "probability", String.format(Locale.ROOT, "%.4f", score.probability()),
                                "percent", String.format(Locale.ROOT, "%.2f", 100 * score.probability()),
                                "truth", prediction.truth().equals(Optional.of(score.label()))))
                        .toList());
        card.put(
                "figure",
                PageTemplate.lazily(folder.resolve(report.folder(index)).resolve(ExplanationReport.FIGURE)));
        card.put(
                "explanations",
                image.explanations().stream()
                        .map(explanation -> explanation(explanation, report.folder(index)))
                        .toList());
        return card;
    }

    private Map<String, Object> explanation(Explanation explanation, String imageFolder) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("title", report.title(explanation.explainer()));
        row.put(
                "range",
                explanation
                        .range()
                        .map(range -> number(range.min()) + " to " + number(range.max()))
                        .orElse("nothing finite"));
        row.put("unit", explanation.attribution().contract().unit());
        row.put(
                "shape",
                explanation.attribution().height() + "×"
                        + explanation.attribution().width()
                        + (explanation.attribution().channels() == 1
                                ? ""
                                : "×" + explanation.attribution().channels()));
        row.put(
                "verdicts",
                Stream.concat(
                                ExplanationReport.heatmap(explanation).verdict().stream(),
                                explanation.verdicts().stream())
                        .distinct()
                        .map(Verdict::text)
                        .toList());
        row.put(
                "rival",
                explanation
                        .rival()
                        .map(rival -> String.format(
                                        Locale.ROOT,
                                        "correlation %.2f with the map for class %s",
                                        rival.correlation(),
                                        report.labels().get(rival.classIndex()))
                                .replace('-', '−'))
                        .orElse(""));
        row.put(
                "diagnostics",
                explanation.attribution().diagnostics().entrySet().stream()
                        .map(diagnostic ->
                                diagnostic.getKey() + " " + number(diagnostic.getValue()[0]))
                        .collect(Collectors.joining(" · ")));
        row.put("evaluations", evaluations(explanation.cost()));
        row.put("milliseconds", milliseconds(explanation.cost().milliseconds()));
        row.put("file", report.file(explanation.explainer()));
        row.put("href", imageFolder + "/" + report.file(explanation.explainer()));
        return row;
    }

    private static String options(ConfiguredExplainer explainer) {
        return explainer.allOptions().entrySet().stream()
                .filter(option -> !option.getValue().isEmpty())
                .map(option -> option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String evaluations(Explanation.Cost cost) {
        return count(cost.forward()) + " + " + count(cost.backward());
    }

    private static String count(double evaluations) {
        return String.format(Locale.ROOT, evaluations == Math.rint(evaluations) ? "%,.0f" : "%,.1f", evaluations);
    }

    private static String milliseconds(double milliseconds) {
        return String.format(Locale.ROOT, milliseconds < 10 ? "%.1f" : "%,.0f", milliseconds);
    }

    private static String number(float value) {
        String text = value == 0 ? "0" : String.format(Locale.ROOT, "%.4g", value);
        return text.replace('-', '−');
    }

    /** The image itself, a pixel for a pixel; grey unless it has three channels. */
    private BufferedImage thumbnail(ExplainedImage explained) {
        long[] shape = explained.image().pixels().shape().asArray();
        float[] values = FloatArrays.flat(explained.image().pixels());
        int height = (int) shape[1];
        int width = (int) shape[2];
        int channels = (int) shape[3];
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        float low = Math.min(0, min);
        float high = Math.max(1, max);
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < height * width; i++) {
            int rgb = 0;
            for (int c = 0; c < 3; c++) {
                float value = values[i * channels + (channels == 3 ? c : 0)];
                rgb = rgb << 8 | Math.round(255 * (value - low) / (high - low));
            }
            picture.setRGB(i % width, i / width, rgb);
        }
        return picture;
    }
}

package dev.inkling.app;

import dev.inkling.figures.Prediction;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report as {@code explanations.json}: everything that was found and with what, fields always in the same order. */
final class ReportJson {

    /** Goes up when a reader of the version before would no longer understand. */
    static final int FORMAT = 2;

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final ExplanationReport report;

    ReportJson(ExplanationReport report) {
        this.report = report;
    }

    String text() {
        Provenance provenance = report.provenance();
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format", FORMAT);
        provenance(root, provenance);
        ArrayNode labels = root.putArray("labels");
        report.labels().forEach(labels::add);
        root.put("data", provenance.data());
        root.put("target", provenance.target());
        root.put("background", provenance.background().orElse(null));
        ArrayNode images = root.putArray("images");
        for (int i = 0; i < report.result().images().size(); i++) {
            image(images.addObject(), report.result().images().get(i), report.folder(i));
        }
        ArrayNode failures = root.putArray("failures");
        report.result().failures().forEach(failure -> {
            ObjectNode node = failures.addObject();
            explainer(node, failure.explainer());
            node.put("reason", failure.reason()).put("delivered", failure.delivered());
        });
        return MAPPER.writeValueAsString(root) + "\n";
    }

    /** When, with which programs, and of which model. */
    static void provenance(ObjectNode root, Provenance provenance) {
        root.put("created", provenance.created().toString());
        root.putObject("versions")
                .put("inkling", provenance.versions().inkling())
                .put("tensorflow", provenance.versions().tensorflow())
                .put("java", provenance.versions().java());
        ObjectNode model = root.putObject("model")
                .put("name", provenance.model().name())
                .put("sha256", provenance.model().sha256())
                .put("parameters", provenance.model().parameters())
                .put("precision", RecipeOptions.text(provenance.model().precision()));
        model.putObject("accuracy")
                .put("validation", provenance.model().accuracy().validation())
                .put("test", provenance.model().accuracy().test());
    }

    private void image(ObjectNode node, ExplainedImage image, String folder) {
        Prediction prediction = image.prediction(report.labels());
        node.put("name", image.image().name()).put("sha256", image.image().sha256());
        node.put("label", prediction.truth().orElse(null));
        node.put("prediction", prediction.best().label());
        prediction.right().ifPresentOrElse(right -> node.put("right", right), () -> node.putNull("right"));
        ArrayNode top = node.putArray("top3");
        prediction
                .top()
                .forEach(score -> top.addObject().put("label", score.label()).put("probability", score.probability()));
        node.put("target", image.target());
        node.put("figure", folder + "/" + ExplanationReport.FIGURE);
        ArrayNode explanations = node.putArray("explanations");
        image.explanations().forEach(explanation -> explanation(explanations.addObject(), explanation, folder));
    }

    private void explanation(ObjectNode node, Explanation explanation, String folder) {
        ConfiguredExplainer explainer = explanation.explainer();
        explainer(node, explainer);
        node.put("file", folder + "/" + report.file(explainer));
        ArrayNode shape = node.putArray("shape");
        for (long side : explanation.attribution().values().shape().tail().asArray()) {
            shape.add(side);
        }
        explanation
                .range()
                .ifPresentOrElse(
                        range -> node.putArray("range").add(range.min()).add(range.max()), () -> node.putNull("range"));
        node.put("unit", explanation.attribution().contract().unit());
        ObjectNode diagnostics = node.putObject("diagnostics");
        explanation.attribution().diagnostics().forEach((name, values) -> {
            // JSON has no NaN and no infinity.
            if (Float.isFinite(values[0])) {
                diagnostics.put(name, values[0]);
            } else {
                diagnostics.put(name, String.valueOf(values[0]));
            }
        });
        number(node.putObject("evaluations"), "forward", explanation.cost().forward());
        number(
                (ObjectNode) node.get("evaluations"),
                "backward",
                explanation.cost().backward());
        node.put("milliseconds", Math.round(explanation.cost().milliseconds() * 1000) / 1000.0);
        ArrayNode verdicts = node.putArray("verdicts");
        explanation
                .verdicts()
                .forEach(verdict ->
                        verdicts.addObject().put("kind", verdict.kind().label()).put("reason", verdict.reason()));
        explanation
                .rival()
                .ifPresentOrElse(
                        rival -> node.putObject("rival")
                                .put("label", report.labels().get(rival.classIndex()))
                                .put("correlation", rival.correlation()),
                        () -> node.putNull("rival"));
    }

    /** Name, options and seed, and the same of what a wrapper is around. */
    private static void explainer(ObjectNode node, ConfiguredExplainer explainer) {
        node.put("explainer", explainer.card().name());
        strings(node.putObject("options"), explainer.options());
        String seed = explainer.options().get("seed");
        if (seed != null && seed.matches("-?\\d{1,18}")) {
            node.put("seed", Long.parseLong(seed));
        } else {
            node.put("seed", seed);
        }
        explainer.wrapped().ifPresent(wrapped -> explainer(node.putObject("wrapped"), wrapped));
    }

    private static void number(ObjectNode node, String name, double value) {
        if (value == Math.rint(value)) {
            node.put(name, (long) value);
        } else {
            node.put(name, value);
        }
    }

    private static void strings(ObjectNode node, Map<String, String> values) {
        values.forEach(node::put);
    }

    /** The files of the report that this file belongs to, relative to its folder; empty if it is no report's. */
    static Set<String> files(Path file) {
        Set<String> files = new HashSet<>();
        try {
            JsonNode root = MAPPER.readTree(file.toFile());
            if (!root.path("format").isInt() || !root.path("images").isArray()) {
                return Set.of();
            }
            for (JsonNode image : root.path("images")) {
                files.add(image.path("figure").asString(""));
                for (JsonNode explanation : image.path("explanations")) {
                    files.add(explanation.path("file").asString(""));
                }
            }
        } catch (JacksonException e) {
            return Set.of();
        }
        files.addAll(Set.of(ExplanationReport.PAGE, ExplanationReport.BATCH, ExplanationReport.JSON));
        return files;
    }
}

package dev.inkling.app;

import dev.inkling.trainer.Calibration;
import dev.inkling.trainer.ConfusionMatrix;
import dev.inkling.trainer.Evaluation;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An evaluation as JSON, fields always in the same order; what is undefined is null. */
final class EvaluationJson {

    /** Goes up when a reader of the version before would no longer understand. */
    static final int FORMAT = 1;

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Evaluation evaluation;
    private final List<String> labels;

    EvaluationJson(Evaluation evaluation, List<String> labels) {
        this.evaluation = evaluation;
        this.labels = labels;
    }

    /** What was measured, and nothing that differs from one run to the next. */
    ObjectNode measured() {
        ObjectNode root = MAPPER.createObjectNode();
        measured(root);
        return root;
    }

    /**
     * The report's {@code evaluation.json}: what was measured, with what, and where the mistakes are shown.
     *
     * @param figures of the first mistakes, as paths in the report
     */
    String text(Provenance provenance, List<String> figures) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format", FORMAT);
        ReportJson.provenance(root, provenance);
        root.put("data", provenance.data());
        measured(root);
        ArrayNode mistakes = (ArrayNode) root.get("mistakes");
        for (int i = 0; i < figures.size(); i++) {
            ((ObjectNode) mistakes.get(i)).put("figure", figures.get(i));
        }
        return MAPPER.writeValueAsString(root) + "\n";
    }

    /** Whether a file is what {@link #text} wrote. */
    static boolean isOne(Path file) {
        try {
            JsonNode root = MAPPER.readTree(file.toFile());
            return root.path("format").isInt()
                    && root.path("confusion").isArray()
                    && root.path("calibration").isObject();
        } catch (JacksonException e) {
            return false;
        }
    }

    private void measured(ObjectNode root) {
        root.put("accuracy", evaluation.accuracy());
        root.put("loss", evaluation.loss());
        root.put("images", evaluation.images());
        ArrayNode confusion = root.putArray("confusion");
        for (int[] row : evaluation.confusion().counts()) {
            ArrayNode counts = confusion.addArray();
            for (int count : row) {
                counts.add(count);
            }
        }
        ArrayNode names = root.putArray("labels");
        labels.forEach(names::add);
        ArrayNode classes = root.putArray("classes");
        for (int k = 0; k < labels.size(); k++) {
            ConfusionMatrix.ClassScores scores =
                    evaluation.confusion().classes().get(k);
            ObjectNode node = classes.addObject().put("label", labels.get(k));
            scores(node, scores.precision(), scores.recall(), scores.f1());
            node.put("support", scores.support()).put("predicted", scores.predicted());
        }
        ConfusionMatrix.MacroAverages macro = evaluation.confusion().macro();
        scores(root.putObject("macro"), macro.precision(), macro.recall(), macro.f1());
        ArrayNode pairs = root.putArray("confusedPairs");
        evaluation
                .confusion()
                .confusedPairs()
                .forEach(pair -> pairs.addObject()
                        .put("truth", labels.get(pair.truth()))
                        .put("predicted", labels.get(pair.predicted()))
                        .put("count", pair.count())
                        .put("share", pair.share()));
        calibration(root.putObject("calibration"), evaluation.calibration());
        ArrayNode mistakes = root.putArray("mistakes");
        evaluation
                .mistakes()
                .forEach(mistake -> mistakes.addObject()
                        .put("index", mistake.index())
                        .put("truth", labels.get(mistake.truth()))
                        .put("predicted", labels.get(mistake.predicted()))
                        .put("confidence", mistake.confidence())
                        .put("truthProbability", mistake.truthProbability()));
    }

    private static void scores(ObjectNode node, double precision, double recall, double f1) {
        number(node, "precision", precision);
        number(node, "recall", recall);
        number(node, "f1", f1);
    }

    private static void calibration(ObjectNode node, Calibration calibration) {
        node.put("expectedError", calibration.expectedError())
                .put("maximumError", calibration.maximumError())
                .put("brierScore", calibration.brierScore());
        ArrayNode bins = node.putArray("bins");
        calibration.bins().forEach(bin -> {
            ObjectNode one =
                    bins.addObject().put("from", bin.from()).put("to", bin.to()).put("count", bin.count());
            number(one, "confidence", bin.confidence());
            number(one, "accuracy", bin.accuracy());
        });
    }

    /** JSON has no NaN. */
    private static void number(ObjectNode node, String name, double value) {
        if (Double.isNaN(value)) {
            node.putNull(name);
        } else {
            node.put(name, value);
        }
    }
}

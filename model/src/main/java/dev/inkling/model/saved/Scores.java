package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;

/**
 * The tensor of a model's scores, before any softmax or sigmoid.
 *
 * @param activation the function that was taken off it, or empty
 * @param declared the shape that the signature gives it
 * @param chosen whether the user named it
 */
record Scores(TensorName tensor, String activation, List<Long> declared, boolean chosen) {

    /** What may stand between a softmax and the output that it is. */
    private static final Set<String> RESHAPING = Set.of("Reshape", "Squeeze", "Cast");

    /**
     * The logits: the user's choice, or what all outputs that could be scores come from.
     *
     * @param model what messages call it
     * @param choice name of an output or of an operation, if the user gave one
     * @param simplifier of the inlined graph
     * @throws InvalidInputException if there is no such output or operation, or several outputs differ and there is no choice
     */
    static Scores find(
            String model,
            ServingSignature signature,
            Optional<String> choice,
            FunctionInliner.Inlined inlined,
            GraphSimplifier simplifier) {
        Map<String, Scores> candidates = new LinkedHashMap<>();
        signature
                .scores()
                .forEach((name, info) -> candidates.put(
                        name,
                        withoutActivation(
                                inlined.graph(),
                                simplifier,
                                inlined.place().apply(TensorName.parse(info.getName())),
                                info,
                                choice.isPresent())));
        if (choice.isPresent()) {
            String name = choice.get();
            if (candidates.containsKey(name)) {
                return candidates.get(name);
            }
            TensorName tensor = TensorName.parse(name);
            if (!inlined.graph().contains(tensor.node())) {
                throw new InvalidInputException(
                        "model '%s' has neither an output nor an operation '%s'; outputs: %s%s",
                        model, name, String.join(", ", candidates.keySet()), similar(inlined.graph(), tensor.node()));
            }
            return new Scores(simplifier.origin(tensor), "", List.of(), true);
        }
        Map<TensorName, Scores> distinct = new LinkedHashMap<>();
        candidates.values().forEach(scores -> distinct.putIfAbsent(scores.tensor(), scores));
        if (distinct.size() > 1) {
            throw new InvalidInputException(
                    "signature '%s' of model '%s' has several outputs that could be the scores; choose one by --logits: %s",
                    signature.name(), model, ServingSignature.describeTensors(signature.scores()));
        }
        return distinct.values().iterator().next();
    }

    /** Operations whose name ends alike, for a message. */
    private static String similar(FlatGraph graph, String name) {
        List<String> similar = graph.nodes().stream()
                .map(NodeDef::getName)
                .filter(operation -> operation.endsWith("/" + name))
                .limit(5)
                .toList();
        return similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?";
    }

    private static Scores withoutActivation(
            FlatGraph graph, GraphSimplifier simplifier, TensorName output, TensorInfo declared, boolean chosen) {
        TensorName scores = simplifier.origin(output);
        TensorName end = scores;
        while (RESHAPING.contains(graph.producer(end).getOp())) {
            end = simplifier.origin(FlatGraph.input(graph.producer(end), 0));
        }
        NodeDef last = graph.producer(end);
        List<Long> shape = ServingSignature.shape(declared);
        return switch (last.getOp()) {
            case "Softmax", "LogSoftmax", "Sigmoid" ->
                new Scores(
                        simplifier.origin(FlatGraph.input(last, 0)),
                        last.getOp().toLowerCase(Locale.ROOT),
                        shape,
                        chosen);
            default -> new Scores(scores, "", shape, chosen);
        };
    }

    /** The same, after tensors were replaced. */
    Scores redirected(Map<TensorName, TensorName> instead) {
        return new Scores(FlatGraph.end(tensor, instead), activation, declared, chosen);
    }

    /**
     * (N, K) with K of at least 2: a single logit z of a sigmoid becomes (−z/2, z/2), whose softmax is the same, so that both classes have
     * something to explain.
     *
     * @param graph that holds the tensor by its name
     * @param model what messages call it
     * @throws InvalidInputException if it has another shape or type, or is no scores of classes that exclude each other
     */
    @SuppressWarnings("unchecked")
    Output<?> classes(Graph graph, String model) {
        Output<?> found = graph.outputOrThrow(tensor.toString());
        Ops tf = Ops.create(graph).withSubScope("scores");
        // Behind a branch or a loop TensorFlow may have lost the shape.
        boolean lost = found.shape().isUnknown() && declared.size() == 2 && declared.get(1) > 0;
        Output<?> raw = lost
                ? tf.reshape(found, tf.constant(new long[] {-1, declared.get(1)}))
                        .asOutput()
                : found;
        Shape shape = raw.shape();
        if (raw.dataType() != DataType.DT_FLOAT || shape.numDimensions() != 2 || shape.get(1) < 1) {
            throw new InvalidInputException(
                    "the scores '%s' of model '%s' are %s of shape %s, expected float32 (N, K); choose others by --logits",
                    tensor, model, raw.dataType(), shape);
        }
        boolean single = shape.get(1) == 1;
        if (!single && activation.equals("sigmoid")) {
            throw new InvalidInputException(
                    "the scores of model '%s' end in a sigmoid over %d classes: an image may be of several, and of none; to explain"
                            + " '%s' as if they excluded each other, give --logits %s",
                    model, shape.get(1), tensor.node(), tensor.node());
        }
        if (!single) {
            return raw;
        }
        if (activation.isEmpty() && !chosen) {
            throw new InvalidInputException(
                    "model '%s' gives one number without a sigmoid: a measure, or the logit of two classes; if it is a logit, give"
                            + " --logits %s",
                    model, tensor.node());
        }
        return tf.withName("binary")
                .linalg
                .matMul((Operand<TFloat32>) raw, tf.constant(new float[][] {{-0.5f, 0.5f}}))
                .asOutput();
    }
}

package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Finds where a graph adds constants to what it computes from the image, and adds to it what each of them contributes to the
 * score: the constant times the gradient with respect to the sum.
 */
public final class BiasTerms {

    /** Sums of two operands, of which one may be a constant. */
    private static final Set<String> SUMS = Set.of("BiasAdd", "Add", "AddV2");

    private final Graph graph;
    private final Output<?> image;
    private final Ops tf;
    private final Map<GraphOperation, Boolean> known = new HashMap<>();

    /** In the order of the forward pass. */
    private final List<Constant> constants = new ArrayList<>();

    /** A constant, and the operation that adds it. */
    private record Constant(GraphOperation operation, Operand<TFloat32> value) {}

    private BiasTerms(Graph graph, Output<?> image) {
        this.graph = graph;
        this.image = image;
        this.tf = Ops.create(graph).withSubScope("explain").withSubScope("biases");
    }

    /**
     * What a constant contributes.
     *
     * @param operation the name of the operation that adds it
     * @param contribution of the operation's output shape
     */
    public record Term(String operation, Output<?> contribution) {}

    /**
     * Adds the backward pass that all terms share.
     *
     * @param weights the targets, (N, K)
     * @return in the order of the forward pass
     */
    public static List<Term> add(Graph graph, Output<?> image, Output<?> logits, Output<TFloat32> weights) {
        BiasTerms terms = new BiasTerms(graph, image);
        terms.dependsOnImage((GraphOperation) logits.op());
        return terms.contributions(logits, weights);
    }

    private List<Term> contributions(Output<?> logits, Output<TFloat32> weights) {
        if (constants.isEmpty()) {
            return List.of();
        }
        Output<?>[] sums = constants.stream()
                .map(constant -> constant.operation().output(0))
                .toArray(Output<?>[]::new);
        Output<?>[] gradients = graph.addGradients(
                "explain/biases/gradient", new Output<?>[] {logits}, sums, new Output<?>[] {weights});
        List<Term> terms = new ArrayList<>();
        for (int i = 0; i < sums.length; i++) {
            Operand<TFloat32> gradient = GraphPath.typed(ReverseWalk.connected(gradients[i], logits, sums[i]));
            Operand<TFloat32> contribution =
                    tf.math.mul(gradient, constants.get(i).value());
            terms.add(new Term(constants.get(i).operation().name(), contribution.asOutput()));
        }
        return terms;
    }

    /** Whether the image leads to the operation; on the way back from there, collects the constants. */
    private boolean dependsOnImage(GraphOperation operation) {
        Boolean before = known.get(operation);
        if (before != null) {
            return before;
        }
        boolean depends = operation.equals(image.op());
        List<Output<?>> others = new ArrayList<>();
        for (int i = 0; !operation.equals(image.op()) && i < operation.numInputs(); i++) {
            if (dependsOnImage((GraphOperation) operation.input(i).op())) {
                depends = true;
            } else {
                others.add(operation.input(i));
            }
        }
        known.put(operation, depends);
        if (depends) {
            constant(operation, others).ifPresent(value -> constants.add(new Constant(operation, value)));
        }
        return depends;
    }

    private Optional<Operand<TFloat32>> constant(GraphOperation operation, List<Output<?>> others) {
        if (SUMS.contains(operation.type()) && others.size() == 1) {
            return Optional.of(GraphPath.typed(others.get(0)));
        } else if (operation.type().equals("FusedBatchNormV3")) {
            if (operation.attributes().getAttrBool("is_training")) {
                // Mean and deviation are the batch's own, so the offset alone is constant. Keras 2 normalises layers by
                // it on a tensor of
                // another shape, with the offset 0.
                boolean perImage = !operation.output(0).shape().tail().hasUnknownDimension();
                return perImage ? Optional.of(GraphPath.typed(operation.input(2))) : Optional.empty();
            }
            // What is left of scale · (z − mean) / deviation + offset where z is 0.
            Operand<TFloat32> scale = GraphPath.typed(operation.input(1));
            Operand<TFloat32> offset = GraphPath.typed(operation.input(2));
            Operand<TFloat32> mean = GraphPath.typed(operation.input(3));
            Operand<TFloat32> variance = GraphPath.typed(operation.input(4));
            float epsilon = operation.attributes().getAttrFloat("epsilon");
            Operand<TFloat32> perDeviation = tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon)));
            return Optional.of(tf.math.sub(offset, tf.math.mul(mean, tf.math.mul(scale, perDeviation))));
        }
        return Optional.empty();
    }
}

package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.graph.OperationKinds;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Propagation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Layer-wise relevance propagation: which operation divides relevance how. Layers with weights are {@link LayerRelevance}'s. */
final class RelevanceRule implements ReverseWalk.Rule {

    /** What puts out the factors that count as weights. */
    private static final Set<String> GATES = Set.of("Softmax", "Sigmoid");

    private final ReverseWalk walk;
    private final Propagation.Rule.Lrp rule;
    private final LayerRelevance layers;

    /** Operations that a product with weights leads to. */
    private final Set<GraphOperation> weighted = new HashSet<>();

    RelevanceRule(ReverseWalk walk, Propagation.Rule.Lrp rule) {
        this.walk = walk;
        this.rule = rule;
        this.layers = new LayerRelevance(walk);
        for (GraphOperation operation : walk.path().operations()) {
            for (Output<?> input : walk.inputs(operation)) {
                GraphOperation before = (GraphOperation) input.op();
                if (weighted.contains(before) || WeightedLayer.isProduct(before, walk)) {
                    weighted.add(operation);
                }
            }
        }
    }

    @Override
    public void back(GraphOperation operation, Operand<TFloat32> relevance) {
        String type = operation.type();
        Optional<WeightedLayer> layer = WeightedLayer.endingWith(operation, walk);
        if (layer.isPresent()) {
            walk.send(layer.get().x(), layers.back(layer.get(), ruleOf(layer.get()), relevance));
        } else if (OperationKinds.MOVES.contains(type) || OperationKinds.MAX_POOLS.contains(type)) {
            // What only moves values moves relevance alike; of a pooling window the winner takes all.
            walk.sendVectorJacobians(operation, relevance);
        } else if (OperationKinds.AVERAGES.contains(type)) {
            walk.inputs(operation).forEach(x -> walk.send(x, ofAverage(operation.output(0), x, relevance)));
        } else if (OperationKinds.SUMS.contains(type) && walk.inputs(operation).size() > 1) {
            ofSum(operation, relevance);
        } else if (type.equals("Mul") && walk.inputs(operation).size() > 1) {
            walk.send(signal(operation), relevance);
        } else if (passes(type) && sameShape(operation)) {
            walk.send(walk.inputs(operation).iterator().next(), relevance);
        } else {
            throw new InvalidInputException(
                    "LRP has no rule for operation '%s' of type %s", operation.name(), operation.type());
        }
    }

    private LrpRule ruleOf(WeightedLayer layer) {
        if (!weighted.contains(layer.product())) {
            return rule.first();
        }
        return layer.isDense() ? rule.dense() : rule.convolution();
    }

    /** Where each value comes of one other: functions of it, and sums and products with constants. */
    private static boolean passes(String type) {
        return OperationKinds.ACTIVATIONS.contains(type)
                || OperationKinds.NORMALISATIONS.contains(type)
                || OperationKinds.SUMS.contains(type)
                || List.of("BiasAdd", "Mul", "RealDiv").contains(type);
    }

    private boolean sameShape(GraphOperation operation) {
        return walk.inputs(operation)
                .iterator()
                .next()
                .shape()
                .isCompatibleWith(operation.output(0).shape());
    }

    /** x ⊙ Jᵀ(R / stabilised z). */
    private Operand<TFloat32> ofAverage(Output<?> z, Output<?> x, Operand<TFloat32> relevance) {
        Operand<TFloat32> share =
                layers.ratio(relevance, GraphPath.typed(z), LrpRule.STABILISER, LayerRelevance.Sign.EITHER);
        return walk.tf().math.mul(GraphPath.typed(x), walk.vectorJacobian(z, x, share));
    }

    /** A layer with weights of 1, or −1 where it subtracts. */
    private void ofSum(GraphOperation sum, Operand<TFloat32> relevance) {
        Ops tf = walk.tf();
        List<Operand<TFloat32>> summands = new ArrayList<>();
        for (int i = 0; i < sum.numInputs(); i++) {
            Operand<TFloat32> summand = GraphPath.typed(sum.input(i));
            if (!sum.input(i).shape().isCompatibleWith(sum.output(0).shape())) {
                throw new InvalidInputException(
                        "LRP has no rule for operation '%s' of type %s where it repeats a summand of shape %s",
                        sum.name(), sum.type(), sum.input(i).shape());
            }
            summands.add(sum.type().equals("Sub") && i == 1 ? tf.math.neg(summand) : summand);
        }
        if (rule.sum() instanceof LrpRule.Epsilon epsilon) {
            ofSum(sum, summands, relevance, epsilon.epsilon(), LayerRelevance.Sign.EITHER);
        } else {
            float beta = (float) ((LrpRule.AlphaBeta) rule.sum()).beta();
            Operand<TFloat32> zero = tf.constant(0f);
            ofSum(
                    sum,
                    summands.stream()
                            .map(x -> (Operand<TFloat32>) tf.math.maximum(x, zero))
                            .toList(),
                    tf.math.mul(tf.constant(1 + beta), relevance),
                    LrpRule.STABILISER,
                    LayerRelevance.Sign.POSITIVE);
            if (beta > 0) {
                ofSum(
                        sum,
                        summands.stream()
                                .map(x -> (Operand<TFloat32>) tf.math.minimum(x, zero))
                                .toList(),
                        tf.math.mul(tf.constant(-beta), relevance),
                        LrpRule.STABILISER,
                        LayerRelevance.Sign.NEGATIVE);
            }
        }
    }

    /** Each part is sent its share of their sum. */
    private void ofSum(
            GraphOperation sum,
            List<Operand<TFloat32>> parts,
            Operand<TFloat32> relevance,
            double stabiliser,
            LayerRelevance.Sign sign) {
        Operand<TFloat32> ratio = layers.ratio(relevance, walk.tf().math.addN(parts), stabiliser, sign);
        for (int i = 0; i < parts.size(); i++) {
            if (walk.inputs(sum).contains(sum.input(i))) {
                walk.send(sum.input(i), walk.tf().math.mul(parts.get(i), ratio));
            }
        }
    }

    /** Of the two inputs of a product the one that is weighed. */
    private Output<?> signal(GraphOperation product) {
        List<Output<?>> signals =
                walk.inputs(product).stream().filter(input -> !isGate(input)).toList();
        if (signals.size() != 1
                || !signals.get(0).shape().isCompatibleWith(product.output(0).shape())) {
            throw new InvalidInputException(
                    "LRP has no rule for operation '%s' of type %s: it multiplies two computed values of which not exactly one"
                            + " is a weight, out of a softmax or a sigmoid",
                    product.name(), product.type());
        }
        return signals.get(0);
    }

    private boolean isGate(Output<?> output) {
        GraphOperation operation = (GraphOperation) output.op();
        if (OperationKinds.MOVES.contains(operation.type())
                && walk.inputs(operation).size() == 1) {
            return isGate(walk.inputs(operation).iterator().next());
        }
        return GATES.contains(operation.type());
    }
}

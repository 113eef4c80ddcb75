package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.graph.OperationKinds;
import dev.inkling.model.graph.Replica;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.LrpRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * How a layer with weights divides relevance, by {@link LrpRule}. Every rule is a share xᵢvᵢ / (Σⱼ xⱼvⱼ + β) of changed inputs
 * x and kernels v, so that it costs one forward product for each pair of them and one vector-Jacobian product.
 */
final class LayerRelevance {

    private final ReverseWalk walk;
    private final Ops tf;

    LayerRelevance(ReverseWalk walk) {
        this.walk = walk;
        this.tf = walk.tf();
    }

    /** An input and the kernel that it meets. */
    private record Term(Operand<TFloat32> x, Operand<TFloat32> kernel) {}

    /** What goes on to the layer's input. */
    Operand<TFloat32> back(WeightedLayer layer, LrpRule rule, Operand<TFloat32> relevance) {
        if (rule instanceof LrpRule.Epsilon epsilon) {
            // Behind a ReLU only what it let through has relevance: its output will do, and needs no look at its sign.
            Operand<TFloat32> ratio = rectified(layer.z())
                    .map(y -> ratio(relevance, y, epsilon.epsilon(), Sign.POSITIVE))
                    .orElseGet(() -> ratio(relevance, GraphPath.typed(layer.z()), epsilon.epsilon(), Sign.EITHER));
            return tf.math.mul(GraphPath.typed(layer.x()), layer.back(ratio));
        } else if (rule instanceof LrpRule.Gamma gamma) {
            return gamma(layer, (float) gamma.gamma(), relevance);
        } else if (rule instanceof LrpRule.AlphaBeta alphaBeta) {
            return alphaBeta(layer, alphaBeta, relevance);
        } else if (rule instanceof LrpRule.Box box) {
            return box(layer, box, relevance);
        } else if (!layer.x().shape().isCompatibleWith(layer.z().shape())) {
            throw new InvalidInputException(
                    "LRP can not pass relevance on through '%s' as it is: it goes from %s to %s",
                    layer.product().name(), layer.x().shape(), layer.z().shape());
        }
        return relevance;
    }

    private Operand<TFloat32> gamma(WeightedLayer layer, float gamma, Operand<TFloat32> relevance) {
        Change more = values -> favoured(values, positive(values), gamma);
        Change less = values -> favoured(values, negative(values), gamma);
        if (rectified(layer.z()).isPresent()) {
            return share(layer, terms(layer, more, less), layer.bias().map(more::of), relevance, Sign.EITHER);
        }
        Operand<TFloat32> z = GraphPath.typed(layer.z());
        Operand<TFloat32> zero = tf.constant(0f);
        return tf.math.add(
                share(
                        layer,
                        terms(layer, more, less),
                        layer.bias().map(more::of),
                        masked(relevance, tf.math.greater(z, zero)),
                        Sign.EITHER),
                share(
                        layer,
                        terms(layer, less, more),
                        layer.bias().map(less::of),
                        masked(relevance, tf.math.less(z, zero)),
                        Sign.EITHER));
    }

    private Operand<TFloat32> alphaBeta(WeightedLayer layer, LrpRule.AlphaBeta rule, Operand<TFloat32> relevance) {
        Optional<Operand<TFloat32>> bias = rule.bias() ? layer.bias() : Optional.empty();
        Operand<TFloat32> positive = share(
                layer,
                terms(layer, this::positive, this::negative),
                bias.map(this::positive),
                relevance,
                Sign.POSITIVE);
        if (rule.beta() == 0) {
            return positive;
        }
        Operand<TFloat32> negative = share(
                layer,
                terms(layer, this::negative, this::positive),
                bias.map(this::negative),
                relevance,
                Sign.NEGATIVE);
        float beta = (float) rule.beta();
        return tf.math.sub(tf.math.mul(tf.constant(1 + beta), positive), tf.math.mul(tf.constant(beta), negative));
    }

    private Operand<TFloat32> box(WeightedLayer layer, LrpRule.Box box, Operand<TFloat32> relevance) {
        Operand<TFloat32> kernel = layer.kernel();
        Operand<TFloat32> atLow = everywhere(layer.x(), box.low());
        Operand<TFloat32> atHigh = everywhere(layer.x(), box.high());
        // The first layer need not read the pixels themselves: what scales them scales the box, a negative factor turns
        // it over.
        boolean pixels = layer.x().equals(walk.image());
        Operand<TFloat32> low = pixels ? atLow : tf.math.minimum(atLow, atHigh);
        Operand<TFloat32> high = pixels ? atHigh : tf.math.maximum(atLow, atHigh);
        List<Term> terms = new ArrayList<>(List.of(new Term(GraphPath.typed(layer.x()), kernel)));
        if (!(pixels && box.low() == 0)) {
            terms.add(new Term(low, tf.math.neg(positive(kernel))));
        }
        if (!(pixels && box.high() == 0)) {
            terms.add(new Term(high, tf.math.neg(negative(kernel))));
        }
        return share(layer, terms, Optional.empty(), relevance, Sign.EITHER);
    }

    /** What a tensor before the first layer is where every pixel has one value. */
    private Operand<TFloat32> everywhere(Output<?> tensor, double value) {
        if (tensor.equals(walk.image())) {
            return tf.fill(tf.shape(GraphPath.typed(tensor)), tf.constant((float) value));
        }
        GraphOperation operation = (GraphOperation) tensor.op();
        List<? extends Operand<?>> inputs = Replica.inputs(operation).stream()
                .map(input -> walk.inputs(operation).contains(input) ? everywhere(input, value) : input)
                .toList();
        return GraphPath.typed(Replica.of(operation, tf, inputs).output(tensor.index()));
    }

    /** What an operator makes of a kernel. */
    private interface Change {
        Operand<TFloat32> of(Operand<TFloat32> kernel);
    }

    /** Positive and negative inputs apart, each with a kernel of its own; one term where no input is negative. */
    private List<Term> terms(WeightedLayer layer, Change forPositive, Change forNegative) {
        Operand<TFloat32> x = GraphPath.typed(layer.x());
        Operand<TFloat32> kernel = layer.kernel();
        return isNonNegative(layer.x())
                ? List.of(new Term(x, forPositive.of(kernel)))
                : List.of(new Term(positive(x), forPositive.of(kernel)), new Term(negative(x), forNegative.of(kernel)));
    }

    /** Σ over terms of x ⊙ vᵀ(R / (Σ over terms of vx + bias, stabilised)). */
    private Operand<TFloat32> share(
            WeightedLayer layer,
            List<Term> terms,
            Optional<Operand<TFloat32>> bias,
            Operand<TFloat32> relevance,
            Sign sign) {
        List<Operand<TFloat32>> products = new ArrayList<>();
        terms.forEach(term -> products.add(layer.forward(term.x(), term.kernel())));
        Operand<TFloat32> sum = sum(products);
        Operand<TFloat32> z = bias.isPresent() ? tf.math.add(sum, bias.get()) : sum;
        Operand<TFloat32> ratio = ratio(relevance, z, LrpRule.STABILISER, sign);
        List<Operand<TFloat32>> shares = new ArrayList<>();
        terms.forEach(term -> shares.add(tf.math.mul(term.x(), layer.back(term.kernel(), ratio))));
        return sum(shares);
    }

    /** What is known of the sign of all values. */
    enum Sign {
        POSITIVE,
        NEGATIVE,
        EITHER
    }

    /** R / (z + δ·sign z), with sign 0 = +1. */
    Operand<TFloat32> ratio(Operand<TFloat32> relevance, Operand<TFloat32> z, double stabiliser, Sign sign) {
        Operand<TFloat32> plus = tf.constant((float) stabiliser);
        Operand<TFloat32> minus = tf.constant((float) -stabiliser);
        Operand<TFloat32> signed = switch (sign) {
            case POSITIVE -> plus;
            case NEGATIVE -> minus;
            case EITHER -> tf.select(tf.math.greaterEqual(z, tf.constant(0f)), plus, minus);
        };
        return tf.math.div(relevance, tf.math.add(z, signed));
    }

    private Operand<TFloat32> sum(List<Operand<TFloat32>> values) {
        return values.size() == 1 ? values.get(0) : tf.math.addN(values);
    }

    private Operand<TFloat32> masked(Operand<TFloat32> values, Operand<TBool> mask) {
        return tf.math.mul(values, tf.dtypes.cast(mask, TFloat32.class));
    }

    private Operand<TFloat32> positive(Operand<TFloat32> values) {
        return tf.math.maximum(values, tf.constant(0f));
    }

    private Operand<TFloat32> negative(Operand<TFloat32> values) {
        return tf.math.minimum(values, tf.constant(0f));
    }

    private Operand<TFloat32> favoured(Operand<TFloat32> values, Operand<TFloat32> part, float gamma) {
        return tf.math.add(values, tf.math.mul(tf.constant(gamma), part));
    }

    /** Whether the graph itself says that a value is never below zero; the image's declared range does not. */
    private boolean isNonNegative(Output<?> output) {
        GraphOperation operation = (GraphOperation) output.op();
        if (Set.of("Relu", "Relu6", "Softmax", "Sigmoid", "Softplus").contains(operation.type())) {
            return true;
        }
        boolean keepsSigns = OperationKinds.MOVES.contains(operation.type())
                        && !operation.type().equals("PadV2")
                || OperationKinds.MAX_POOLS.contains(operation.type())
                || OperationKinds.AVERAGES.contains(operation.type())
                || Set.of("Add", "AddV2", "AddN", "Mul").contains(operation.type())
                        && walk.inputs(operation).size() > 1;
        return keepsSigns
                && walk.path().operations().contains(operation)
                && walk.inputs(operation).stream().allMatch(this::isNonNegative);
    }

    /** The output of the ReLU that alone reads this, if one does. */
    private Optional<Operand<TFloat32>> rectified(Output<?> z) {
        List<GraphOperation> readers = walk.path().readers(z);
        return readers.size() == 1 && readers.get(0).type().equals("Relu")
                ? Optional.of(GraphPath.typed(readers.get(0).output(0)))
                : Optional.empty();
    }
}

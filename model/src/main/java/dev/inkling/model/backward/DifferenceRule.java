package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.graph.OperationKinds;
import dev.inkling.model.graph.Replica;
import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** DeepLIFT's rescale rule: multipliers in place of derivatives, from the differences to a baseline. */
final class DifferenceRule implements ReverseWalk.Rule {

    /** Functions of which f(tx) = t·f(x) for every t above 0. */
    private static final Set<String> HOMOGENEOUS = Set.of("Relu", "LeakyRelu");

    /** Below this a quotient of differences is rounding, and the derivative is nearer to it. */
    private static final float LEAST_DIFFERENCE = 1e-4f;

    private final ReverseWalk walk;
    private final BaselinePass baseline;
    private final Ops tf;

    DifferenceRule(ReverseWalk walk, BaselinePass baseline) {
        this.walk = walk;
        this.baseline = baseline;
        this.tf = walk.tf();
    }

    @Override
    public void back(GraphOperation operation, Operand<TFloat32> multipliers) {
        String type = operation.type();
        boolean severalFactors = walk.inputs(operation).size() > 1;
        if (OperationKinds.ACTIVATIONS.contains(type)) {
            activation(operation, multipliers);
        } else if (OperationKinds.MAX_POOLS.contains(type)) {
            maxPool(operation, multipliers);
        } else if (type.equals("Softmax")) {
            softmax(operation, multipliers);
        } else if (type.equals("Mul") && severalFactors) {
            product(operation, multipliers);
        } else if (isLinear(type, severalFactors)) {
            walk.sendVectorJacobians(operation, multipliers);
        } else {
            throw new InvalidInputException(
                    "DeepLIFT has no rule for operation '%s' of type %s", operation.name(), type);
        }
    }

    private static boolean isLinear(String type, boolean severalFactors) {
        return OperationKinds.MOVES.contains(type)
                || OperationKinds.AVERAGES.contains(type)
                || OperationKinds.SUMS.contains(type)
                || type.equals("BiasAdd")
                || !severalFactors
                        && (OperationKinds.CONVOLUTIONS.contains(type)
                                || OperationKinds.NORMALISATIONS.contains(type)
                                || Set.of("MatMul", "Mul", "RealDiv").contains(type));
    }

    /** Δy / Δx, or the derivative where there is no Δx. */
    private void activation(GraphOperation operation, Operand<TFloat32> multipliers) {
        Output<?> x = operation.input(0);
        Output<?> y = operation.output(0);
        if (HOMOGENEOUS.contains(operation.type())) {
            // Where f(tx) = t·f(x) for t > 0, as here, a baseline that is smaller by a hair gives f(x)/x, the
            // derivative, by
            // itself where there is no difference.
            Operand<TFloat32> hair = tf.constant(1 - 0x1p-20f);
            Operand<TFloat32> in = tf.math.sub(GraphPath.typed(x), tf.math.mul(baseline.of(x), hair));
            Operand<TFloat32> out = tf.math.sub(GraphPath.typed(y), tf.math.mul(baseline.of(y), hair));
            walk.send(x, tf.math.mul(multipliers, tf.math.divNoNan(out, in)));
        } else {
            walk.send(
                    x,
                    quotient(
                            tf.math.mul(multipliers, difference(y)),
                            difference(x),
                            walk.vectorJacobian(y, x, multipliers)));
        }
    }

    private Operand<TFloat32> difference(Output<?> tensor) {
        return tf.math.sub(GraphPath.typed(tensor), baseline.of(tensor));
    }

    /** dividend / difference, or what it comes to where the difference vanishes. */
    private Operand<TFloat32> quotient(
            Operand<TFloat32> dividend, Operand<TFloat32> difference, Operand<TFloat32> limit) {
        return tf.select(
                tf.math.less(tf.math.abs(difference), tf.constant(LEAST_DIFFERENCE)),
                limit,
                tf.math.div(dividend, difference));
    }

    /** Credits max(y, y₀) − y₀ to the image's winner and y − max(y, y₀) to the baseline's. */
    private void maxPool(GraphOperation pool, Operand<TFloat32> multipliers) {
        Output<?> x = pool.input(0);
        Operand<TFloat32> change = difference(pool.output(0));
        Operand<TFloat32> rise = tf.nn.relu(change);
        Operand<TFloat32> fall = tf.math.minimum(change, tf.constant(0f));
        // The baseline's winners, once for each image: a pool of its own, for a gradient has the shape of its input.
        Operand<TFloat32> each = tf.broadcastTo(baseline.of(x), tf.shape(GraphPath.typed(x)));
        List<Operand<?>> inputs = new ArrayList<>(List.of(each));
        for (int i = 1; i < pool.numInputs(); i++) {
            inputs.add(pool.input(i));
        }
        GraphOperation poolOfEach = Replica.of(pool, tf, inputs);
        Operand<TFloat32> credit = tf.math.add(
                walk.vectorJacobian(pool.output(0), x, tf.math.mul(multipliers, rise)),
                walk.vectorJacobian(poolOfEach.output(0), each.asOutput(), tf.math.mul(multipliers, fall)));
        walk.send(x, tf.math.divNoNan(credit, difference(x)));
    }

    /** Each factor meets the mean of the other at image and baseline. */
    private void product(GraphOperation product, Operand<TFloat32> multipliers) {
        Operand<TFloat32> a = mean(product.input(0));
        Operand<TFloat32> b = mean(product.input(1));
        Output<?> ofMeans = tf.math.mul(a, b).asOutput();
        walk.send(product.input(0), walk.vectorJacobian(ofMeans, a.asOutput(), multipliers));
        walk.send(product.input(1), walk.vectorJacobian(ofMeans, b.asOutput(), multipliers));
    }

    private Operand<TFloat32> mean(Output<?> tensor) {
        return tf.math.mul(tf.constant(0.5f), tf.math.add(GraphPath.typed(tensor), baseline.of(tensor)));
    }

    /**
     * yᵢ = eᵢ·q with eᵢ = exp xᵢ and q = 1/S, S = Σ e: the product's means, Δq/ΔS = −q·q₀, and Δe/Δx. A shift common to image
     * and baseline changes no y.
     */
    private void softmax(GraphOperation softmax, Operand<TFloat32> multipliers) {
        Output<?> tensor = softmax.input(0);
        Operand<TFloat32> x = GraphPath.typed(tensor);
        Operand<TFloat32> x0 = baseline.of(tensor);
        Operand<TInt32> last = tf.constant(new int[] {-1});
        Operand<TFloat32> shift =
                tf.math.maximum(tf.max(x, last, Max.keepDims(true)), tf.max(x0, last, Max.keepDims(true)));
        Operand<TFloat32> e = tf.math.exp(tf.math.sub(x, shift));
        Operand<TFloat32> e0 = tf.math.exp(tf.math.sub(x0, shift));
        Operand<TFloat32> q = tf.math.reciprocal(tf.sum(e, last, Sum.keepDims(true)));
        Operand<TFloat32> q0 = tf.math.reciprocal(tf.sum(e0, last, Sum.keepDims(true)));
        Operand<TFloat32> half = tf.constant(0.5f);
        Operand<TFloat32> toQuotient =
                tf.sum(tf.math.mul(multipliers, tf.math.mul(half, tf.math.add(e, e0))), last, Sum.keepDims(true));
        Operand<TFloat32> toExponential = tf.math.sub(
                tf.math.mul(multipliers, tf.math.mul(half, tf.math.add(q, q0))),
                tf.math.mul(toQuotient, tf.math.mul(q, q0)));
        Operand<TFloat32> d = difference(tensor);
        walk.send(tensor, tf.math.mul(toExponential, quotient(tf.math.mul(e0, tf.math.expm1(d)), d, e)));
    }
}

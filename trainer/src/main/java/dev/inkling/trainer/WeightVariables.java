package dev.inkling.trainer;

import dev.inkling.model.Network;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Weights as variables, each made when the network first asks for it. In training, batch normalisation uses the batch's own mean
 * and variance and keeps running ones; in inference it uses those.
 */
final class WeightVariables implements Network.Weights {

    /** Weight of the batch at hand in the running mean and variance. */
    private static final float STATISTICS_MOMENTUM = 0.1f;

    private final Ops root;
    private final boolean trains;
    private final Operand<TInt64> dropoutSeed;
    private final FastConvolution convolution;
    private final Map<String, Variable<TFloat32>> variables = new LinkedHashMap<>();
    private final List<Op> statisticsUpdates = new ArrayList<>();
    private final Set<String> cancelled = new HashSet<>();

    private WeightVariables(Ops root, boolean trains, Operand<TInt64> dropoutSeed, FastConvolution convolution) {
        this.root = root;
        this.trains = trains;
        this.dropoutSeed = dropoutSeed;
        this.convolution = convolution;
    }

    /** @param dropoutSeed two numbers that decide which units drop */
    static WeightVariables training(Ops root, Operand<TInt64> dropoutSeed, FastConvolution convolution) {
        return new WeightVariables(root, true, dropoutSeed, convolution);
    }

    static WeightVariables inference(Ops root) {
        return new WeightVariables(root, false, null, null);
    }

    /** All variables by name, in the order of the forward pass. */
    Map<String, Variable<TFloat32>> all() {
        return variables;
    }

    /**
     * Names of the arrays that the loss does not depend on in training: a bias before a batch normalisation goes with the batch's
     * mean. Its gradient is zero but for rounding, and would cost a pass over all that comes back to the convolution.
     */
    Set<String> cancelled() {
        return cancelled;
    }

    /** What a training step must run to keep the running mean and variance. */
    List<Op> statisticsUpdates() {
        return statisticsUpdates;
    }

    @Override
    public Operand<TFloat32> get(Ops tf, String name, Shape shape) {
        return variables.computeIfAbsent(
                name, none -> root.withName(name.replace('/', '.')).variable(shape, TFloat32.class));
    }

    @Override
    public Operand<TFloat32> convolve(Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel) {
        return trains ? convolution.apply(tf, x, kernel) : Network.convolve(tf, x, kernel);
    }

    @Override
    public Operand<TFloat32> normalise(Ops tf, String layer, Operand<TFloat32> x, int channels) {
        Shape shape = Shape.of(channels);
        Operand<TFloat32> gamma = get(tf, layer + "/gamma", shape);
        Operand<TFloat32> beta = get(tf, layer + "/beta", shape);
        Operand<TFloat32> mean = get(tf, layer + "/mean", shape);
        Operand<TFloat32> variance = get(tf, layer + "/variance", shape);
        FusedBatchNorm<TFloat32, TFloat32> normalised = tf.nn.fusedBatchNorm(
                x,
                gamma,
                beta,
                mean,
                variance,
                FusedBatchNorm.epsilon(Network.NORMALISATION_EPSILON),
                FusedBatchNorm.exponentialAvgFactor(trains ? STATISTICS_MOMENTUM : 1),
                FusedBatchNorm.isTraining(trains));
        if (trains) {
            cancelled.add(layer + "/bias");
            statisticsUpdates.add(tf.assign(mean, normalised.batchMean()));
            statisticsUpdates.add(tf.assign(variance, normalised.batchVariance()));
        }
        return normalised.y();
    }

    @Override
    public Operand<TFloat32> dropout(Ops tf, Operand<TFloat32> x, double rate) {
        if (!trains || rate == 0) {
            return x;
        }
        // Stateless: which units drop is a function of the seed, so a resumed run drops the same.
        Operand<TFloat32> uniform = tf.random.statelessRandomUniform(tf.shape(x), dropoutSeed);
        Operand<TFloat32> kept =
                tf.dtypes.cast(tf.math.greaterEqual(uniform, tf.constant((float) rate)), TFloat32.class);
        return tf.math.mul(x, tf.math.mul(kept, tf.constant((float) (1 / (1 - rate)))));
    }
}

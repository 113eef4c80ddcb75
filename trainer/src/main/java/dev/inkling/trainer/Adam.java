package dev.inkling.trainer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.train.ApplyAdam;
import org.tensorflow.types.TFloat32;

/**
 * Adam (Kingma and Ba 2014, arXiv:1412.6980) with decoupled weight decay of the kernels (Loshchilov and Hutter 2019,
 * arXiv:1711.05101), on TensorFlow's own kernel, with the powers β₁ᵗ and β₂ᵗ fed by whoever counts the
 * steps. TensorFlow-Java's own Adam keeps them in variables that it multiplies side by side with the updates which read them, so
 * that the first step comes out at 0.74 of the learning rate, and updates variables while gradients still read them, so that
 * two runs of one seed differ.
 */
final class Adam {

    private static final float BETA_1 = 0.9f;
    private static final float BETA_2 = 0.999f;
    private static final float EPSILON = 1e-8f;

    private final Operand<TFloat32> learningRate;
    private final Operand<TFloat32> power1;
    private final Operand<TFloat32> power2;
    private final List<Op> updates = new ArrayList<>();
    private final Map<String, Variable<TFloat32>> moments = new LinkedHashMap<>();

    /**
     * Adds the updates.
     *
     * @param weightDecay share of each kernel that a step of size 1 would take away; biases and normalisation keep theirs
     * @param gradients one for each of the variables, in their order
     */
    Adam(Ops root, double weightDecay, Map<String, Variable<TFloat32>> variables, List<Output<TFloat32>> gradients) {
        Ops tf = root.withSubScope("adam");
        learningRate = scalar(tf, "learning_rate");
        power1 = scalar(tf, "power_1");
        power2 = scalar(tf, "power_2");
        // No variable may change before every gradient is there: the gradient of a layer's input reads the layer's
        // kernel,
        // and would find now the old, now the new.
        Ops gated = tf.withControlDependencies(List.of(tf.withControlDependencies(List.copyOf(gradients))
                .withName("gradients_done")
                .noOp()));
        Operand<TFloat32> decay = tf.math.mul(learningRate, tf.constant((float) weightDecay));
        int i = 0;
        for (Map.Entry<String, Variable<TFloat32>> entry : variables.entrySet()) {
            Variable<TFloat32> variable = entry.getValue();
            Ops update = weightDecay > 0 && entry.getKey().endsWith("/kernel")
                    ? tf.withControlDependencies(List.of(gated.assignSub(variable, gated.math.mul(decay, variable))))
                    : gated;
            updates.add(update.train.applyAdam(
                    variable,
                    moment(tf, entry.getKey() + "/m", variable),
                    moment(tf, entry.getKey() + "/v", variable),
                    power1,
                    power2,
                    learningRate,
                    tf.constant(BETA_1),
                    tf.constant(BETA_2),
                    tf.constant(EPSILON),
                    gradients.get(i++),
                    ApplyAdam.useLocking(true)));
        }
    }

    private static Operand<TFloat32> scalar(Ops tf, String name) {
        return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    }

    private Variable<TFloat32> moment(Ops tf, String name, Variable<TFloat32> variable) {
        Variable<TFloat32> moment =
                tf.withName(name.replace('/', '.')).variable(variable.asOutput().shape(), TFloat32.class);
        moments.put(name, moment);
        return moment;
    }

    /** The running moments by name, to be set to zero before the first step. */
    Map<String, Variable<TFloat32>> moments() {
        return moments;
    }

    /** The changes that a step makes. */
    List<Op> updates() {
        return updates;
    }

    /** What one step feeds, besides the batch. */
    final class Feeds implements AutoCloseable {

        private final TFloat32 rate;
        private final TFloat32 first;
        private final TFloat32 second;

        /** @param step counted from 1 */
        Feeds(double learningRate, long step) {
            rate = TFloat32.scalarOf((float) learningRate);
            first = TFloat32.scalarOf((float) Math.pow(BETA_1, step));
            second = TFloat32.scalarOf((float) Math.pow(BETA_2, step));
        }

        /** Feeds a run that has {@link #updates} among its targets, or something that waits for them. */
        Session.Runner into(Session.Runner runner) {
            runner.feed(learningRate, rate).feed(power1, first).feed(power2, second);
            return runner;
        }

        @Override
        public void close() {
            rate.close();
            first.close();
            second.close();
        }
    }
}

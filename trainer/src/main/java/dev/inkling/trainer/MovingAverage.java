package dev.inkling.trainer;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * Exponential moving average of the weights: a ← a + (1 − d)·(w − a) after every step. At a constant learning rate the weights
 * circle around where they should be, and their average is there (Polyak and Juditsky 1992).
 */
final class MovingAverage {

    private final double decay;
    private final Operand<TFloat32> rate;
    private final List<Op> updates;

    /**
     * Adds the updates.
     *
     * @param decay the largest d: the average looks back over about 1 / (1 − d) steps; at 0 it is the weights themselves
     * @param changes of the weights in a step, to be waited for
     */
    MovingAverage(
            Ops root,
            double decay,
            Map<String, Variable<TFloat32>> weights,
            Map<String, Variable<TFloat32>> averages,
            List<Op> changes) {
        this.decay = decay;
        Ops tf = root.withSubScope("average");
        rate = tf.withName("rate").placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        Ops after = tf.withControlDependencies(changes);
        updates = averages.entrySet().stream()
                .<Op>map(entry -> {
                    Variable<TFloat32> average = entry.getValue();
                    Variable<TFloat32> weight = weights.get(entry.getKey());
                    return after.assignAdd(average, after.math.mul(rate, after.math.sub(weight, average)));
                })
                .toList();
    }

    /** What one step feeds. */
    final class Feed implements AutoCloseable {

        private final TFloat32 value;

        /** @param step counted from 1; in the first steps the average follows closely, to forget where the weights began */
        Feed(long step) {
            value = TFloat32.scalarOf((float) (1 - Math.min(decay, (1.0 + step) / (10 + step))));
        }

        /** Makes a run a step: what the average waits for is run with it. */
        Session.Runner into(Session.Runner runner) {
            runner.feed(rate, value);
            updates.forEach(runner::addTarget);
            return runner;
        }

        @Override
        public void close() {
            value.close();
        }
    }
}

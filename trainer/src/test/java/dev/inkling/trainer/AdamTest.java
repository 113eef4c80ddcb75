package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

class AdamTest {

    /** Algorithm 1 of the paper in plain arithmetic, on ½·a·(w − b)². */
    @Test
    void followsThePaper() {
        follows("w", 0.2, 0);
    }

    /** Algorithm 2 of Loshchilov and Hutter with a schedule of 1: every step takes rate · decay of the kernel away besides. */
    @Test
    void kernelsDecayApartFromTheGradient() {
        follows("dense/kernel", 0.2, 0.2);
        follows("dense/bias", 0.2, 0);
    }

    private static void follows(String name, double weightDecay, double expectedDecay) {
        double[] a = {1, 4, 0.01};
        double[] b = {3, -1, 2};
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Variable<TFloat32> w = tf.withName("w").variable(Shape.of(3), TFloat32.class);
            Output<TFloat32> gradient = tf.math
                    .mul(tf.constant(new float[] {1, 4, 0.01f}), tf.math.sub(w, tf.constant(new float[] {3, -1, 2})))
                    .asOutput();
            Adam adam = new Adam(tf, weightDecay, Map.of(name, w), List.of(gradient));
            try (Session session = new Session(graph)) {
                session.run(tf.assign(w, tf.constant(new float[3])));
                adam.moments().values().forEach(moment -> session.run(tf.assign(moment, tf.constant(new float[3]))));
                double[] plain = new double[3];
                double[] m = new double[3];
                double[] v = new double[3];
                for (int t = 1; t <= 6; t++) {
                    double rate = t <= 3 ? 0.1 : 0.05;
                    try (Adam.Feeds feeds = adam.new Feeds(rate, t);
                            Result none = step(session, adam, feeds)) {
                        assertThat(none.size()).isZero();
                    }
                    float[] found = new float[3];
                    try (Result result = session.runner().fetch(w).run()) {
                        ((TFloat32) result.get(0)).copyTo(DataBuffers.of(found));
                    }
                    for (int i = 0; i < 3; i++) {
                        double g = a[i] * (plain[i] - b[i]);
                        m[i] = 0.9 * m[i] + 0.1 * g;
                        v[i] = 0.999 * v[i] + 0.001 * g * g;
                        plain[i] -= rate * expectedDecay * plain[i];
                        plain[i] -= rate
                                * (m[i] / (1 - Math.pow(0.9, t)))
                                / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
                        assertThat((double) found[i]).as("step %d", t).isCloseTo(plain[i], within(1e-5));
                    }
                }
            }
        }
    }

    private static Result step(Session session, Adam adam, Adam.Feeds feeds) {
        Session.Runner runner = feeds.into(session.runner());
        adam.updates().forEach(runner::addTarget);
        return runner.run();
    }
}

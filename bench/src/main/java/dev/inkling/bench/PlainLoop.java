package dev.inkling.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Adam;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The yardstick for the trainer: the same network written straight down, fed one fixed batch, minimised by the framework's
 * Adam, with nothing else around it. Shares no code with the trainer on purpose.
 */
final class PlainLoop implements AutoCloseable {

    private final Graph graph = new Graph();
    private final Session session;
    private final List<Variable<TFloat32>> trainable = new ArrayList<>();
    private final Random random = new Random(1);
    private final Ops tf = Ops.create(graph);
    private final Operand<TFloat32> images;
    private final Operand<TFloat32> oneHot;
    private final Operand<TFloat32> loss;
    private final Op update;
    private final TFloat32 imageBatch;
    private final TFloat32 labelBatch;

    PlainLoop(float[] pixels, int[] labels) {
        int count = labels.length;
        images = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 28, 28, 1)));
        oneHot = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 10)));
        Operand<TFloat32> x = images;
        int[] channels = {1, 32, 32, 64, 64, 128, 128};
        for (int i = 1; i < channels.length; i++) {
            Operand<TFloat32> sum = tf.nn.biasAdd(
                    tf.nn.conv2d(x, variable(3, 3, channels[i - 1], channels[i]), List.of(1L, 1L, 1L, 1L), "SAME"),
                    variable(channels[i]));
            x = tf.nn.relu(tf.nn.fusedBatchNorm(
                            sum,
                            variable(channels[i]),
                            variable(channels[i]),
                            tf.constant(new float[0]),
                            tf.constant(new float[0]),
                            FusedBatchNorm.isTraining(true))
                    .y());
            if (i == 2 || i == 4) {
                Operand<TInt32> window = tf.constant(new int[] {1, 2, 2, 1});
                x = tf.nn.maxPool(x, window, window, "VALID");
            }
        }
        x = tf.math.mean(x, tf.constant(new int[] {1, 2}), Mean.keepDims(false));
        x = tf.nn.relu(tf.nn.biasAdd(tf.linalg.matMul(x, variable(128, 256)), variable(256)));
        x = tf.math.mul(
                x,
                tf.math.mul(
                        tf.dtypes.cast(
                                tf.math.greaterEqual(
                                        tf.random.randomUniform(tf.shape(x), TFloat32.class), tf.constant(0.5f)),
                                TFloat32.class),
                        tf.constant(2f)));
        x = tf.nn.biasAdd(tf.linalg.matMul(x, variable(256, 10)), variable(10));
        loss = tf.math.mean(tf.nn.softmaxCrossEntropyWithLogits(x, oneHot).loss(), tf.constant(0));
        update = new Adam(graph, 0.001f).minimize(loss);
        session = new Session(graph);

        float[] rows = new float[count * 10];
        for (int n = 0; n < count; n++) {
            rows[n * 10 + labels[n]] = 1;
        }
        imageBatch = TFloat32.tensorOf(Shape.of(count, 28, 28, 1), DataBuffers.of(pixels));
        labelBatch = TFloat32.tensorOf(Shape.of(count, 10), DataBuffers.of(rows));
    }

    private Operand<TFloat32> variable(long... shape) {
        Shape of = Shape.of(shape);
        float[] values = new float[(int) of.size()];
        double deviation = shape.length == 1 ? 0 : Math.sqrt(2.0 * shape[shape.length - 1] / of.size());
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (shape.length == 1 ? 0.5 : deviation * random.nextGaussian());
        }
        Variable<TFloat32> variable =
                tf.withInitScope().variable(tf.withInitScope().constant(of, DataBuffers.of(values)));
        trainable.add(variable);
        return variable;
    }

    /** One step on the one batch; the loss before it. */
    float step() {
        try (Result result = session.runner()
                .feed(images, imageBatch)
                .feed(oneHot, labelBatch)
                .addTarget(update)
                .fetch(loss)
                .run()) {
            return ((TFloat32) result.get(0)).getFloat();
        }
    }

    @Override
    public void close() {
        imageBatch.close();
        labelBatch.close();
        session.close();
        graph.close();
    }
}

package dev.inkling.model.incremental;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.FloatArrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/** A channel set to 0 by the second way, against copies of the layer's output in which it is 0, that go the first. */
class ChannelAblationTest {

    private static final int HEIGHT = 4;
    private static final int WIDTH = 6;
    private static final int CHANNELS = 4;
    private static final int SIZE = HEIGHT * WIDTH * CHANNELS;
    private static final List<Long> STEP = List.of(1L, 1L, 1L, 1L);
    private static final List<Long> LEAP = List.of(1L, 2L, 2L, 1L);

    /** Features of any number from a layer's output (N, 4, 6, 4). */
    private interface Body {
        Operand<TFloat32> features(Ops tf, Operand<TFloat32> layer);
    }

    /** @param joined shape of what takes channels from the output and from zeros, without the copies */
    private static Arguments body(String name, List<Integer> joined, Body body) {
        return Arguments.of(name, joined, body);
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                body(
                        "mean",
                        List.of(4),
                        (tf, x) -> tf.math.mean(x, tf.constant(new int[] {1, 2}), Mean.keepDims(false))),
                body(
                        "axes from the end",
                        List.of(1, 6, 4),
                        (tf, x) -> flat(tf, tf.max(x, tf.constant(-3), Max.keepDims(true)))),
                body("mean of places and channels", List.of(4, 6, 4), (tf, x) -> {
                    // (N, 4): as many rows as there were channels
                    return tf.math.mean(x, tf.constant(new int[] {2, 3}), Mean.keepDims(false));
                }),
                body("pools, activation, arithmetic that makes something of 0", List.of(4), (tf, x) -> {
                    Operand<TFloat32> y = tf.math.softplus(tf.nn.avgPool(x, List.of(1L, 3L, 3L, 1L), LEAP, "SAME"));
                    y = tf.math.add(tf.math.mul(y, values(tf, 1, 4)), tf.constant(0.5f));
                    y = tf.scope()
                            .env()
                            .opBuilder("MaxPool", tf.scope().makeOpName("MaxPool"), tf.scope())
                            .addInput(y.asOutput())
                            .setAttr("ksize", new long[] {1, 2, 3, 1})
                            .setAttr("strides", new long[] {1, 2, 3, 1})
                            .setAttr("padding", "VALID")
                            .build()
                            .output(0);
                    return flat(tf, y);
                }),
                body("bias, normalisation, one place", List.of(4), (tf, x) -> {
                    Operand<TFloat32> y = tf.nn.biasAdd(x, values(tf, 4));
                    y = tf.nn.fusedBatchNorm(
                                    y,
                                    values(tf, 4),
                                    values(tf, 4),
                                    values(tf, 4),
                                    tf.math.exp(values(tf, 4)),
                                    FusedBatchNorm.isTraining(false))
                            .y();
                    y = tf.math.mean(y, tf.constant(new int[] {1, 2}), Mean.keepDims(true));
                    return tf.nn.relu(tf.squeeze(y, Squeeze.axis(List.of(1L, 2L))));
                }),
                body(
                        "each channel by a kernel of its own",
                        List.of(4, 6, 4),
                        (tf, x) -> flat(
                                tf, tf.nn.relu(tf.nn.depthwiseConv2dNative(x, values(tf, 3, 3, 4, 1), STEP, "SAME")))),
                body(
                        "two kernels for each channel",
                        List.of(4, 6, 4),
                        (tf, x) -> flat(
                                tf, tf.nn.relu(tf.nn.depthwiseConv2dNative(x, values(tf, 3, 3, 4, 2), STEP, "SAME")))),
                body("a convolution of all channels", List.of(2, 3, 4), (tf, x) -> {
                    Operand<TFloat32> y = tf.nn.relu(tf.nn.avgPool(x, LEAP, LEAP, "VALID"));
                    return flat(tf, tf.nn.conv2d(y, values(tf, 3, 3, 4, 4), STEP, "SAME"));
                }),
                body(
                        "channels in another order",
                        List.of(4, 6, 4),
                        (tf, x) -> flat(tf, tf.reverse(tf.math.tanh(x), tf.constant(new int[] {3})))),
                body("places by other numbers", List.of(8, 3, 4), (tf, x) -> {
                    Operand<TFloat32> y = tf.nn.relu(tf.reshape(x, tf.constant(new int[] {-1, 8, 3, 4})));
                    return tf.reshape(y, tf.constant(new int[] {-1, SIZE}));
                }),
                body("places that become images", List.of(4, 6, 4), (tf, x) -> {
                    Operand<TFloat32> y = tf.nn.relu(tf.reshape(x, tf.constant(new int[] {-1, 4})));
                    return tf.reshape(y, tf.constant(new int[] {-1, SIZE}));
                }),
                body("channels that depend on each other", List.of(4), (tf, x) -> {
                    Operand<TFloat32> y = tf.math.mean(x, tf.constant(new int[] {1, 2}), Mean.keepDims(false));
                    return tf.reshape(tf.nn.softmax(y), tf.constant(new int[] {-1, 4}));
                }),
                body("read twice", List.of(4, 6, 4), (tf, x) -> {
                    Operand<TFloat32> y = tf.nn.relu(tf.math.sub(x, tf.constant(0.2f)));
                    return flat(tf, tf.math.mul(y, tf.math.mean(y, tf.constant(3), Mean.keepDims(true))));
                }),
                body(
                        "a factor for each place",
                        List.of(4, 6, 4),
                        (tf, x) -> flat(tf, tf.math.mul(x, values(tf, 4, 6, 1)))));
    }

    private static Operand<TFloat32> values(Ops tf, long... shape) {
        int count = (int) Shape.of(shape).size();
        return tf.reshape(tf.constant(random(count)), tf.constant(shape));
    }

    private static float[] random(int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    private static Operand<TFloat32> flat(Ops tf, Operand<TFloat32> x) {
        return tf.reshape(
                x, tf.constant(new long[] {-1, x.asOutput().shape().tail().size()}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void equalsCopiesWithoutTheChannel(String name, List<Integer> joined, Body body) {
        float[] without = {ChannelAblation.NONE, 1, 0, 3};
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> image = tf.placeholder(
                    TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, HEIGHT, WIDTH, CHANNELS)));
            Output<TFloat32> layer = tf.math.add(image, tf.constant(1f)).asOutput();
            Operand<TFloat32> features = body.features(tf, layer);
            Output<TFloat32> logits = tf.linalg
                    .matMul(features, values(tf, features.asOutput().shape().get(1), 3))
                    .asOutput();
            ChannelAblation ablation = ChannelAblation.add(graph, "ablation", layer, logits);

            long[] shape = graph.operationOrThrow("ablation/some")
                    .output(0)
                    .shape()
                    .tail()
                    .asArray();
            assertThat(shape)
                    .containsExactly(
                            joined.stream().mapToLong(Integer::longValue).toArray());
            float[] one = random(SIZE);
            float[] copies = new float[without.length * SIZE];
            for (int i = 0; i < copies.length; i++) {
                copies[i] = i % CHANNELS == without[i / SIZE] ? 0 : one[i % SIZE];
            }
            try (Session session = new Session(graph);
                    TFloat32 all = tensor(copies, without.length, HEIGHT, WIDTH, CHANNELS);
                    TFloat32 whole = tensor(one, 1, HEIGHT, WIDTH, CHANNELS);
                    TFloat32 numbers = tensor(without, without.length);
                    Result expected =
                            session.runner().feed(layer, all).fetch(logits).run();
                    Result found = session.runner()
                            .feed(layer, whole)
                            .feed(ablation.without(), numbers)
                            .fetch(ablation.logits())
                            .run()) {
                assertThat(values(found)).containsExactly(values(expected), within(1e-5f));
            }
        }
    }

    private static TFloat32 tensor(float[] values, long... shape) {
        return TFloat32.tensorOf(FloatArrays.of(values, shape));
    }

    private static float[] values(Result result) {
        return FloatArrays.flat((TFloat32) result.get(0));
    }
}

package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.FloatArrays;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/** Batches of images that are alike but for a part against the same images one at a time, which go the ordinary way. */
class IncrementalScoresTest {

    private static final int HEIGHT = 20;
    private static final int WIDTH = 18;
    private static final int SIZE = HEIGHT * WIDTH * 2;
    private static final int COUNT = 40;
    private static final List<Long> STEP = List.of(1L, 1L, 1L, 1L);
    private static final List<Long> LEAP = List.of(1L, 2L, 2L, 1L);

    @TempDir
    Path folder;

    private interface Body {
        /** Features of any number from an image (N, 20, 18, 2). */
        Operand<TFloat32> features(Ops tf, Operand<TFloat32> image);
    }

    private static Arguments network(String name, boolean incremental, Body body) {
        return Arguments.of(name, incremental, body);
    }

    private static Operand<TFloat32> convolution(Ops tf, Operand<TFloat32> x, int filters, String padding) {
        return tf.nn.biasAdd(
                tf.nn.conv2d(x, kernel(tf, 3, 3, channels(x), filters), STEP, padding), values(tf, filters));
    }

    private static long channels(Operand<TFloat32> x) {
        return x.asOutput().shape().get(3);
    }

    private static Operand<TFloat32> kernel(Ops tf, long... shape) {
        return tf.reshape(values(tf, (int) Shape.of(shape).size()), tf.constant(shape));
    }

    private static Operand<TFloat32> values(Ops tf, int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-0.3, 0.3);
        }
        return tf.constant(values);
    }

    private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
        return tf.math.mean(x, tf.constant(new int[] {1, 2}), Mean.keepDims(false));
    }

    private static Operand<TFloat32> pool(Ops tf, Operand<TFloat32> x, int side, String padding) {
        return tf.scope()
                .env()
                .opBuilder("MaxPool", tf.scope().makeOpName("MaxPool"), tf.scope())
                .addInput(x.asOutput())
                .setAttr("ksize", new long[] {1, side, side, 1})
                .setAttr("strides", new long[] {1, 2, 2, 1})
                .setAttr("padding", padding)
                .build()
                .output(0);
    }

    static Stream<Arguments> networks() {
        return Stream.of(
                network("pixels are prepared, strides", true, (tf, image) -> {
                    Operand<TFloat32> x = tf.math.sub(tf.math.mul(image, tf.constant(2f)), tf.constant(0.5f));
                    x = tf.nn.leakyRelu(convolution(tf, x, 8, "SAME"));
                    x = tf.nn.relu(convolution(tf, x, 8, "SAME"));
                    x = tf.nn.conv2d(x, kernel(tf, 3, 3, 8, 8), LEAP, "SAME");
                    x = tf.math.tanh(tf.math.add(x, values(tf, 8)));
                    return mean(tf, pool(tf, x, 2, "VALID"));
                }),
                network("no padding, normalisation, depthwise", true, (tf, image) -> {
                    Operand<TFloat32> x = tf.nn.conv2d(image, kernel(tf, 5, 4, 2, 8), STEP, "VALID");
                    x = tf.nn.relu(tf.nn.fusedBatchNorm(
                                    x,
                                    values(tf, 8),
                                    values(tf, 8),
                                    values(tf, 8),
                                    tf.math.exp(values(tf, 8)),
                                    FusedBatchNorm.isTraining(false))
                            .y());
                    x = tf.nn.relu(convolution(tf, x, 8, "SAME"));
                    x = tf.nn.elu(tf.nn.depthwiseConv2dNative(x, kernel(tf, 3, 3, 8, 2), STEP, "SAME"));
                    x = tf.nn.avgPool(x, List.of(1L, 2L, 3L, 1L), LEAP, "VALID");
                    return tf.reshape(x, tf.constant(new long[] {
                        -1, x.asOutput().shape().tail().size()
                    }));
                }),
                network("branches that are put together", true, (tf, image) -> {
                    Operand<TFloat32> x = convolution(tf, tf.nn.relu(convolution(tf, image, 8, "SAME")), 8, "SAME");
                    Operand<TFloat32> a = tf.nn.relu(convolution(tf, x, 8, "SAME"));
                    Operand<TFloat32> b = tf.concat(List.of(a, x), tf.constant(3));
                    Operand<TFloat32> c = convolution(tf, b, 8, "SAME");
                    return mean(tf, tf.math.addN(List.of(c, a, x)));
                }),
                network("a pool that pads", true, (tf, image) -> {
                    Operand<TFloat32> x = convolution(tf, tf.nn.relu(convolution(tf, image, 8, "SAME")), 8, "SAME");
                    return mean(tf, convolution(tf, pool(tf, x, 3, "SAME"), 4, "SAME"));
                }),
                network("the image has a way around", false, (tf, image) -> {
                    Operand<TFloat32> x = convolution(tf, tf.nn.relu(convolution(tf, image, 8, "SAME")), 2, "SAME");
                    return mean(tf, tf.math.add(x, image));
                }),
                network("factors that differ from place to place", false, (tf, image) -> {
                    Operand<TFloat32> x = tf.math.mul(image, kernel(tf, HEIGHT, WIDTH, 2));
                    return mean(tf, convolution(tf, tf.nn.relu(convolution(tf, x, 8, "SAME")), 8, "SAME"));
                }),
                network("holes in the kernel", false, (tf, image) -> {
                    Operand<TFloat32> x = tf.nn.conv2d(
                            image, kernel(tf, 3, 3, 2, 8), STEP, "SAME", Conv2d.dilations(List.of(1L, 2L, 2L, 1L)));
                    return mean(tf, convolution(tf, tf.nn.relu(x), 8, "SAME"));
                }));
    }

    private TensorFlowModel model(Body body) throws IOException {
        return ModelFixtures.load(folder, new ModelCard.Input(HEIGHT, WIDTH, 2, -1, 1), (tf, image) -> {
            Operand<TFloat32> features = body.features(tf, image);
            return tf.linalg.matMul(
                    features, kernel(tf, features.asOutput().shape().get(1), 2));
        });
    }

    /** Copies of an image, with a window of noise of at most 4×4 somewhere in each, also at the border. */
    private static float[] copies(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] image = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            image[i] = (float) random.nextDouble(-1, 1);
        }
        float[] copies = new float[COUNT * SIZE];
        for (int n = 0; n < COUNT; n++) {
            System.arraycopy(image, 0, copies, n * SIZE, SIZE);
            int top = random.nextInt(HEIGHT);
            int left = random.nextInt(WIDTH);
            for (int y = top; y < Math.min(HEIGHT, top + 1 + random.nextInt(4)); y++) {
                for (int x = left; x < Math.min(WIDTH, left + 4); x++) {
                    copies[n * SIZE + (y * WIDTH + x) * 2 + random.nextInt(2)] = (float) random.nextDouble(-1, 1);
                }
            }
        }
        return copies;
    }

    private static void assertAsOneByOne(TensorFlowModel model, float[] copies) {
        float[] found = scores(model, copies, 0, COUNT);
        float[] expected = new float[found.length];
        for (int n = 0; n < COUNT; n++) {
            System.arraycopy(scores(model, copies, n, 1), 0, expected, n * 2, 2);
        }
        assertThat(found).containsExactly(expected, within(1e-6f));
    }

    private static float[] scores(TensorFlowModel model, float[] copies, int from, int count) {
        return FloatArrays.flat(model.scores(FloatArrays.of(
                Arrays.copyOfRange(copies, from * SIZE, (from + count) * SIZE), count, HEIGHT, WIDTH, 2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void scoresAreThoseOfTheImagesOneByOne(String name, boolean incremental, Body body) throws IOException {
        try (TensorFlowModel model = model(body)) {
            for (int seed = 1; seed <= 4; seed++) {
                assertAsOneByOne(model, copies(seed));
            }
            assertThat(model.operations("GatherV2") > 0).isEqualTo(incremental);
        }
    }

    /** Nothing changes but in the middle: no piece reaches beyond the border. */
    @Test
    void windowsInTheMiddle() throws IOException {
        float[] copies = new float[COUNT * SIZE];
        for (int n = 0; n < COUNT; n++) {
            copies[n * SIZE + (10 * WIDTH + 8 + n % 3) * 2] = 1 + n;
        }
        try (TensorFlowModel model =
                model((Body) networks().findFirst().orElseThrow().get()[2])) {
            assertAsOneByOne(model, copies);
            assertThat(model.operations("GatherV2")).isPositive();
        }
    }

    @Test
    void imagesThatHaveNothingInCommonGoTheOrdinaryWay() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        float[] images = new float[COUNT * SIZE];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextDouble(-1, 1);
        }
        try (TensorFlowModel model =
                model((Body) networks().findFirst().orElseThrow().get()[2])) {
            assertAsOneByOne(model, images);
            assertThat(model.operations("GatherV2")).isZero();
        }
    }

    /** Copies that are alike, which 40 of them would have told by. */
    @ParameterizedTest
    @ValueSource(ints = {15, 257})
    void fewAndVeryManyGoTheOrdinaryWay(int count) throws IOException {
        float[] copies = copies(1);
        float[] images = new float[count * SIZE];
        for (int n = 0; n < count; n++) {
            System.arraycopy(copies, n % COUNT * SIZE, images, n * SIZE, SIZE);
        }
        try (TensorFlowModel model =
                model((Body) networks().findFirst().orElseThrow().get()[2])) {
            scores(model, images, 0, count);
            assertThat(model.operations("GatherV2")).isZero();
            scores(model, copies, 0, COUNT);
            assertThat(model.operations("GatherV2")).isPositive();
        }
    }
}

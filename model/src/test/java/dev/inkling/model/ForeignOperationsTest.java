package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Propagated;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import dev.inkling.tck.Padding;
import dev.inkling.tck.PlainModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/** Operations that other people's networks have and this module's has not, under every rule, against plain arithmetic. */
class ForeignOperationsTest {

    private static final Extent ONE = new Extent(1, 1);
    private static final Extent TWO = new Extent(2, 2);
    private static final List<Long> STEP = List.of(1L, 1L, 1L, 1L);

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(51);

    /** A model of images 5×4×2 and two classes. */
    private TensorFlowModel model(ModelFixtures.Body body) throws IOException {
        return ModelFixtures.load(folder, new ModelCard.Input(5, 4, 2, -1, 1), body);
    }

    private float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    private float[][] matrix(int rows, int columns) {
        float[][] matrix = new float[rows][];
        for (int i = 0; i < rows; i++) {
            matrix[i] = values(columns);
        }
        return matrix;
    }

    private float[][][][] kernel(int side, int inputs, int outputs) {
        float[][][][] kernel = new float[side][side][][];
        for (float[][][] row : kernel) {
            for (int i = 0; i < side; i++) {
                row[i] = matrix(inputs, outputs);
            }
        }
        return kernel;
    }

    private static Operand<TFloat32> constant(Ops tf, float[][][][] kernel) {
        return tf.constant(StdArrays.ndCopyOf(kernel));
    }

    private FloatNdArray images(int count) {
        return FloatArrays.of(values(count * 40), count, 5, 4, 2);
    }

    private void assertEveryRuleIsThatOf(PlainModel plain, TensorFlowModel model) {
        FloatNdArray images = images(3);
        Targets targets = Targets.of(FloatArrays.of(new float[] {1, 0, 0, 1, 1, -1}, 3, 2));
        assertThat(FloatArrays.flat(model.scores(images)))
                .containsExactly(FloatArrays.flat(plain.scores(images)), within(1e-5f));
        LrpRule epsilon = new LrpRule.Epsilon(0.1);
        LrpRule gamma = new LrpRule.Gamma(0.5);
        LrpRule alphaBeta = new LrpRule.AlphaBeta(1, true);
        for (Rule rule : new Rule[] {
            new Rule.Guided(),
            new Rule.Deconvnet(),
            new Rule.Lrp(epsilon),
            new Rule.Lrp(gamma),
            new Rule.Lrp(alphaBeta, alphaBeta, alphaBeta, alphaBeta),
            new Rule.Lrp(new LrpRule.Box(-1, 1), gamma, epsilon),
            new Rule.DeepLift(images(3))
        }) {
            Propagated found = model.require(Propagation.class).propagate(images, targets, rule);
            Propagated expected = plain.propagate(images, targets, rule);
            assertThat(ModelFixtures.relativeError(
                            FloatArrays.flat(found.values()),
                            ModelFixtures.doubles(FloatArrays.flat(expected.values()))))
                    .as(rule.toString())
                    .isLessThan(5e-4);
            assertThat(FloatArrays.flat(found.scores()))
                    .containsExactly(FloatArrays.flat(expected.scores()), within(1e-5f));
        }
    }

    /** A bias by an addition, padding by an operation of its own, a stride, an average of windows. */
    @ParameterizedTest
    @ValueSource(strings = {"relu6", "leaky", "elu", "tanh"})
    void activationsBiasesByAdditionAndAverages(String activation) throws IOException {
        float[][][][] kernel = kernel(3, 2, 4);
        float[] bias = values(4);
        float[][] dense = matrix(2 * 1 * 4, 2);
        try (TensorFlowModel model = model((tf, image) -> {
            Operand<TFloat32> padded =
                    tf.pad(image, tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}), tf.constant(0f));
            Operand<TFloat32> sum = tf.math.add(
                    tf.constant(bias), tf.nn.conv2d(padded, constant(tf, kernel), List.of(1L, 2L, 2L, 1L), "VALID"));
            Operand<TFloat32> active = switch (activation) {
                case "relu6" -> tf.nn.relu6(sum);
                case "leaky" -> tf.nn.leakyRelu(sum, org.tensorflow.op.nn.LeakyRelu.alpha(0.25f));
                case "elu" -> tf.nn.elu(sum);
                default -> tf.math.tanh(sum);
            };
            Operand<TFloat32> pooled = tf.nn.avgPool(active, List.of(1L, 2L, 2L, 1L), List.of(1L, 2L, 2L, 1L), "SAME");
            return tf.linalg.matMul(tf.reshape(pooled, tf.constant(new int[] {-1, 8})), tf.constant(dense));
        })) {
            var builder = PlainModel.builder("plain", 5, 4, 2).convolution("conv", kernel, bias, TWO, Padding.of(1));
            switch (activation) {
                case "relu6" -> builder.relu6("f");
                case "leaky" -> builder.leakyRelu("f", 0.25f);
                case "elu" -> builder.elu("f");
                default -> builder.tanh("f");
            }
            assertEveryRuleIsThatOf(
                    builder.averagePool("pool", TWO, TWO, Padding.SAME)
                            .dense("logits", dense, new float[2])
                            .build(),
                    model);
        }
    }

    /** Batch normalisation that was not folded, after a convolution and a depthwise one; branches that are joined. */
    @Test
    void normalisationAndConcatenation() throws IOException {
        float[][][][] kernel = kernel(3, 2, 3);
        float[] bias = values(3);
        float[][][][] depthwise = kernel(2, 3, 2);
        float[][] statistics = matrix(4, 3);
        float[][] more = matrix(4, 6);
        float[][] dense = matrix(9, 2);
        try (TensorFlowModel model = model((tf, image) -> {
            Operand<TFloat32> first = tf.nn.relu(normalised(
                    tf,
                    tf.nn.biasAdd(tf.nn.conv2d(image, constant(tf, kernel), STEP, "SAME"), tf.constant(bias)),
                    statistics));
            Operand<TFloat32> second = tf.nn.relu(
                    normalised(tf, tf.nn.depthwiseConv2dNative(first, constant(tf, depthwise), STEP, "SAME"), more));
            Operand<TFloat32> joined = tf.concat(List.of(first, second), tf.constant(3));
            Operand<TFloat32> pooled = tf.nn.maxPool(
                    joined, tf.constant(new int[] {1, 2, 2, 1}), tf.constant(new int[] {1, 2, 2, 1}), "VALID");
            Operand<TFloat32> mean = tf.math.mean(pooled, tf.constant(new int[] {1, 2}), Mean.keepDims(false));
            return tf.linalg.matMul(mean, tf.constant(dense));
        })) {
            assertEveryRuleIsThatOf(
                    PlainModel.builder("plain", 5, 4, 2)
                            .convolution(
                                    "conv", folded(kernel, statistics), folded(bias, statistics), ONE, Padding.SAME)
                            .relu("first")
                            .depthwiseConvolution(
                                    "depthwise",
                                    foldedDepthwise(depthwise, more),
                                    folded(new float[6], more),
                                    ONE,
                                    Padding.SAME)
                            .relu("second")
                            .concatenate("joined", "first", "second")
                            .maxPool("pool", TWO, TWO, Padding.VALID)
                            .globalMean("mean")
                            .dense("logits", dense, new float[2])
                            .build(),
                    model);
        }
    }

    /** @param statistics scale, offset, mean, and the logarithm of the variance */
    private static Operand<TFloat32> normalised(Ops tf, Operand<TFloat32> x, float[][] statistics) {
        return tf.nn.fusedBatchNorm(
                        x,
                        tf.constant(statistics[0]),
                        tf.constant(statistics[1]),
                        tf.constant(statistics[2]),
                        tf.math.exp(tf.constant(statistics[3])),
                        FusedBatchNorm.isTraining(false),
                        FusedBatchNorm.epsilon(0.01f))
                .y();
    }

    private static double scale(float[][] statistics, int channel) {
        return statistics[0][channel] / Math.sqrt(Math.exp(statistics[3][channel]) + 0.01);
    }

    private static float[][][][] folded(float[][][][] kernel, float[][] statistics) {
        int side = kernel.length;
        float[][][][] folded = new float[side][side][kernel[0][0].length][kernel[0][0][0].length];
        for (int i = 0; i < side * side; i++) {
            for (int c = 0; c < kernel[0][0].length; c++) {
                for (int f = 0; f < kernel[0][0][0].length; f++) {
                    folded[i / side][i % side][c][f] =
                            (float) (kernel[i / side][i % side][c][f] * scale(statistics, f));
                }
            }
        }
        return folded;
    }

    private static float[][][][] foldedDepthwise(float[][][][] kernel, float[][] statistics) {
        int side = kernel.length;
        float[][][][] folded = new float[side][side][3][2];
        for (int i = 0; i < side * side; i++) {
            for (int f = 0; f < 6; f++) {
                folded[i / side][i % side][f / 2][f % 2] =
                        (float) (kernel[i / side][i % side][f / 2][f % 2] * scale(statistics, f));
            }
        }
        return folded;
    }

    private static float[] folded(float[] bias, float[][] statistics) {
        float[] folded = new float[bias.length];
        for (int f = 0; f < folded.length; f++) {
            folded[f] = (float) ((bias[f] - statistics[2][f]) * scale(statistics, f) + statistics[1][f]);
        }
        return folded;
    }

    /** (image − ½)·−4 before the first layer passes relevance on, and turns over the box that pixels lie in. */
    @Test
    void scalingTheImagePassesRelevanceOn() throws IOException {
        float[][] dense = matrix(40, 2);
        float[][] negated = new float[40][2];
        for (int i = 0; i < 80; i++) {
            negated[i / 2][i % 2] = -4 * dense[i / 2][i % 2];
        }
        Rule rule = new Rule.Lrp(new LrpRule.Epsilon(1e-6));
        try (TensorFlowModel model = model((tf, image) -> tf.linalg.matMul(
                tf.reshape(
                        tf.math.mul(tf.math.sub(image, tf.constant(0.5f)), tf.constant(-4f)),
                        tf.constant(new int[] {-1, 40})),
                tf.constant(dense)))) {
            FloatNdArray image = images(1);
            float[] pixels = FloatArrays.flat(image);
            float[] expected = new float[40];
            for (int i = 0; i < 40; i++) {
                expected[i] = (pixels[i] - 0.5f) * -4 * dense[i][1];
            }
            assertThat(FloatArrays.flat(model.require(Propagation.class)
                            .propagate(image, Targets.classes(2, 1), rule)
                            .values()))
                    .containsExactly(expected, within(1e-4f));
            PlainModel plain = PlainModel.builder("plain", 5, 4, 2)
                    .dense("logits", negated, new float[2])
                    .build();
            Rule box = new Rule.Lrp(new LrpRule.Box(-1, 1), LrpRule.zPlus(), LrpRule.zPlus());
            Rule moved = new Rule.Lrp(new LrpRule.Box(-1.5, 0.5), LrpRule.zPlus(), LrpRule.zPlus());
            float[] shifted = new float[40];
            for (int i = 0; i < 40; i++) {
                shifted[i] = pixels[i] - 0.5f;
            }
            assertThat(FloatArrays.flat(model.require(Propagation.class)
                            .propagate(image, Targets.classes(2, 1), box)
                            .values()))
                    .containsExactly(
                            FloatArrays.flat(
                                    plain.propagate(FloatArrays.of(shifted, 1, 5, 4, 2), Targets.classes(2, 1), moved)
                                            .values()),
                            within(1e-4f));
        }
    }

    /** x · sigmoid(x): LRP takes the gate for a weight, DeepLIFT goes through both and stays complete. */
    @Test
    void gates() throws IOException {
        float[][] dense = matrix(40, 2);
        try (TensorFlowModel model = model((tf, image) -> {
            Operand<TFloat32> gated = tf.math.mul(image, tf.math.sigmoid(image));
            return tf.linalg.matMul(tf.reshape(gated, tf.constant(new int[] {-1, 40})), tf.constant(dense));
        })) {
            FloatNdArray images = images(2);
            Targets targets = Targets.classes(2, 0, 1);
            Propagation propagation = model.require(Propagation.class);
            Propagated relevance = propagation.propagate(images, targets, new Rule.Lrp(new LrpRule.Epsilon(1e-6)));
            Propagated differences = propagation.propagate(images, targets, new Rule.DeepLift(images(2)));
            for (int n = 0; n < 2; n++) {
                assertThat(relevance.deltas(targets)[n]).isCloseTo(0, within(1e-4f));
                assertThat(differences.deltas(targets)[n]).isCloseTo(0, within(1e-5f));
            }
            float[] pixels = FloatArrays.flat(images);
            float[] values = FloatArrays.flat(relevance.values());
            for (int i = 0; i < 40; i++) {
                double share = pixels[i] / (1 + Math.exp(-pixels[i])) * dense[i][0];
                assertThat((double) values[i]).isCloseTo(share, within(1e-5));
            }
        }
    }

    @Test
    void whatHasNoRuleIsNamed() throws IOException {
        float[][] dense = matrix(40, 2);
        ModelFixtures.Body wave = (tf, image) -> tf.linalg.matMul(
                tf.withName("wave").math.sin(tf.reshape(image, tf.constant(new int[] {-1, 40}))), tf.constant(dense));
        try (TensorFlowModel model = model(wave)) {
            assertRefused(model, new Rule.Lrp(LrpRule.zPlus()), "LRP has no rule for operation 'wave' of type Sin");
            assertRefused(model, new Rule.DeepLift(images(1)), "DeepLIFT has no rule for operation 'wave' of type Sin");
        }
    }

    @Test
    void aProductWithoutAWeightIsNamed() throws IOException {
        float[][] dense = matrix(40, 2);
        ModelFixtures.Body square = (tf, image) ->
                tf.reshape(tf.withName("square").math.mul(image, tf.nn.relu(image)), tf.constant(new int[] {-1, 40}));
        try (TensorFlowModel model =
                model((tf, image) -> tf.linalg.matMul(square.logits(tf, image), tf.constant(dense)))) {
            assertRefused(
                    model,
                    new Rule.Lrp(LrpRule.zPlus()),
                    "LRP has no rule for operation 'square' of type Mul: it multiplies two computed values of which not exactly"
                            + " one is a weight, out of a softmax or a sigmoid");
        }
    }

    private void assertRefused(TensorFlowModel model, Rule rule, String message) {
        assertThatThrownBy(() -> model.require(Propagation.class).propagate(images(1), Targets.classes(2, 0), rule))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }
}

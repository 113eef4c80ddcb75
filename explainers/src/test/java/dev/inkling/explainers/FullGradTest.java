package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.explainers.FullGrad.Mode;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.Padding;
import dev.inkling.tck.PlainModel;
import dev.inkling.tck.PlainModelBuilder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class FullGradTest {

    /** x ⊙ gradient: [0, 1, 2, 3], [0, 5, 6, 7], [0, 9, 10, 11] and zeros, by its largest, 11. */
    private static final float[] PIXELS = {0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0};

    /** Biases −50 and −75, gradients [0, 1, 1, 1] and [0, 0, −1, −1]: magnitudes by their largest, 75, summed over both. */
    private static final float[] BIASES = {0, 50 / 75f, 125 / 75f, 125 / 75f};

    @Test
    void magnitudesOfTheExample() {
        float[] interpolated = Bilinear.resize(BIASES, 2, 2, 4, 4);
        float[] expected = new float[16];
        for (int i = 0; i < 16; i++) {
            expected[i] = PIXELS[i] / 11 + interpolated[i];
        }
        assertThat(values(explainer(Mode.SALIENCY).explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(expected);
    }

    /** Two filters that pass x on, with biases 1 and 3: the smaller bias and the smallest pixel are what [0, 1] begins at. */
    @Test
    void everyLayersRangeBeginsAtItsLeast() {
        float[][] dense = new float[8][];
        Arrays.fill(dense, new float[] {1, 0});
        Model model = new ConvolutionModel(
                2, 2, new float[][][][] {{{{1, 1}}}}, new float[] {1, 3}, dense, new float[] {7, 0});
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 3, 4}, 1, 2, 2, 1);
        assertThat(values(explainer(Mode.SALIENCY).explain(model, image, Targets.classes(2, 0))))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(1, 4 / 3f, 5 / 3f, 2);
    }

    /** Three biases of −50 and two of −75 with weight −1 cancel: Σ x ⊙ gradient is the score already, 54. */
    @Test
    void partsOfTheExampleAddUpToItsScore() {
        Attribution map = explainer(Mode.SIGNED).explain(CONVOLUTION, rising(), FIRST_OF_FOUR);
        // Each bias is shared among the four pixels of its place: 0, −50, 25 and 25.
        float[] places = {
            0, 0, -12.5f, -12.5f, 0, 0, -12.5f, -12.5f, 6.25f, 6.25f, 6.25f, 6.25f, 6.25f, 6.25f, 6.25f, 6.25f
        };
        float[] expected = new float[16];
        for (int i = 0; i < 16; i++) {
            expected[i] = PIXELS[i] + places[i];
        }
        assertThat(values(map)).containsExactly(expected);
        assertThat(sum(values(map))).isEqualTo(54);
        assertThat(map.diagnostics().get("convergence delta")).containsExactly(0);
    }

    /** Places that no whole number of pixels covers: 5×3 of 7×5, and a dense layer's one of all. */
    @Test
    void signedMapsAddUpToTheScore() {
        ConvolutionModel model = ConvolutionModel.random(8, 7, 5, 2, 4, 3);
        FloatNdArray images = Examples.random(model.signature(), 70);
        int[] classes = new int[70];
        for (int n = 0; n < 70; n++) {
            classes[n] = n % 3;
        }
        Targets targets = Targets.classes(3, classes);
        Attribution map = explainer(Mode.SIGNED).explain(model, images, targets);
        float[] scores = targets.scores(model.scores(images));
        assertThat(map.values().shape().asArray()).containsExactly(70, 7, 5, 1);
        for (int n = 0; n < 70; n++) {
            assertThat(sum(values(map.image(n)))).isCloseTo(scores[n], within(1e-4));
            assertThat(map.diagnostics().get("convergence delta")[n]).isCloseTo(0, within(1e-5f));
        }
    }

    /** Max-pooling, a residual sum and batch normalisation: all parts are there. */
    @Test
    void partsOfADeepNetworkAddUpToItsScore() {
        PlainModel model = deep().relu("relu4")
                .dense("logits", weights(3, 2, 9), new float[] {0.3f, -0.2f})
                .build();
        assertThat(delta(model)).isCloseTo(0, within(1e-6f));
    }

    /** tanh is not linear below and above a kink: what is missing is told. */
    @Test
    void whatIsNotPiecewiseLinearLeavesADelta() {
        PlainModel model = deep().tanh("tanh")
                .dense("logits", weights(3, 2, 9), new float[] {0.3f, -0.2f})
                .build();
        assertThat(Math.abs(delta(model))).isGreaterThan(0.01f);
    }

    /** More images than are held at once. */
    @Test
    void everyImageHasItsOwnDelta() {
        PlainModel model = deep().tanh("tanh")
                .dense("logits", weights(3, 2, 9), new float[] {0.3f, -0.2f})
                .build();
        FloatNdArray images = Examples.random(model.signature(), 66);
        Attribution together = explainer(Mode.SALIENCY).explain(model, images, Targets.classes(2, new int[66]));
        FloatNdArray last = FloatArrays.of(FloatArrays.flat(images.get(65)), 1, 6, 5, 2);
        Attribution alone = explainer(Mode.SALIENCY).explain(model, last, Targets.classes(2, 0));
        assertThat(together.diagnostics().get("convergence delta")[65])
                .isEqualTo(alone.diagnostics().get("convergence delta")[0]);
        assertThat(values(together.image(65))).containsExactly(values(alone));
    }

    /** Sides and channels of image and layer all differ. */
    @Test
    void magnitudesEqualAPlainComputation() {
        ConvolutionModel model = ConvolutionModel.random(8, 7, 5, 2, 4, 3);
        FloatNdArray images = Examples.random(model.signature(), 1);
        Targets target = Targets.classes(3, 1);
        float[] pixels = FloatArrays.flat(model.gradients(images, target));
        float[] image = FloatArrays.flat(images);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] *= image[i];
        }
        float[] biases =
                FloatArrays.flat(model.contributions(images, target).get(0).values());
        float[] expected = Bilinear.resize(shares(biases, 4), 5, 3, 7, 5);
        float[] fromPixels = shares(pixels, 2);
        for (int i = 0; i < 35; i++) {
            expected[i] += fromPixels[i];
        }
        assertThat(values(explainer(Mode.SALIENCY).explain(model, images, target)))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(expected);
    }

    private static float[] shares(float[] values, int channels) {
        float[] sorted = new float[values.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = Math.abs(values[i]);
        }
        Arrays.sort(sorted);
        float range = sorted[sorted.length - 1] - sorted[0];
        float[] shares = new float[values.length / channels];
        for (int i = 0; i < values.length; i++) {
            shares[i / channels] += (Math.abs(values[i]) - sorted[0]) / range;
        }
        return shares;
    }

    private static PlainModelBuilder deep() {
        return PlainModel.builder("deep", 6, 5, 2)
                .convolution(
                        "conv1", kernel(3, 2, 3, 1), new float[] {0.1f, -0.2f, 0.3f}, new Extent(1, 1), Padding.SAME)
                .normalization("norm1", new float[] {1.5f, 0.5f, 2}, new float[] {0.2f, 0.1f, -0.3f})
                .relu("relu1")
                .convolution(
                        "conv2", kernel(3, 3, 3, 2), new float[] {0.2f, 0.1f, -0.1f}, new Extent(1, 1), Padding.SAME)
                .add("sum", "conv2", "relu1")
                .relu("relu2")
                .maxPool("pool", new Extent(2, 2), new Extent(2, 2), Padding.VALID)
                .convolution(
                        "conv3", kernel(2, 3, 3, 3), new float[] {-0.1f, 0.2f, 0.1f}, new Extent(1, 1), Padding.SAME)
                .relu("relu3")
                .globalMean("mean")
                .dense("dense", weights(3, 3, 4), new float[] {0.5f, 0.4f, 0.3f});
    }

    private static float delta(Model model) {
        return explainer(Mode.SALIENCY)
                .explain(model, Examples.random(model.signature(), 1), Targets.classes(2, 1))
                .diagnostics()
                .get("convergence delta")[0];
    }

    private static float[][][][] kernel(int side, int inputs, int outputs, int seed) {
        float[][][][] kernel = new float[side][side][][];
        for (int i = 0; i < side * side; i++) {
            kernel[i / side][i % side] = weights(inputs, outputs, 100 * seed + i);
        }
        return kernel;
    }

    private static float[][] weights(int inputs, int outputs, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] weights = new float[inputs][outputs];
        for (float[] row : weights) {
            for (int i = 0; i < outputs; i++) {
                row[i] = (float) random.nextDouble(-1, 1);
            }
        }
        return weights;
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    private static FullGrad explainer(Mode mode) {
        return new FullGrad(new FullGrad.Options(mode));
    }
}

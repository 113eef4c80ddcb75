package dev.inkling.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers.LayerGradients;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

/** The closed-form models against values worked out by hand, which other libraries' tests hold too. */
class GroundTruthTest {

    private static final ConvolutionModel CONVOLUTION = ConvolutionModel.example();
    private static final FloatNdArray RISING =
            FloatArrays.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 1, 4, 4, 1);
    private static final Targets FIRST_OF_FOUR = Targets.classes(4, 0);

    private static final DenseModel DENSE = DenseModel.example();
    private static final Targets FIRST_OF_TWO = Targets.classes(2, 0);

    @Test
    void convolutionAndScores() {
        // (h, w, filters): the first filter gives [[-5, 4], [31, 40]], the second [[-30, -21], [6, 15]].
        assertThat(FloatArrays.flat(CONVOLUTION.activations("conv1", RISING)))
                .containsExactly(-5, -30, 4, -21, 31, 6, 40, 15);
        assertThat(FloatArrays.flat(CONVOLUTION.activations("relu1", RISING)))
                .containsExactly(0, 0, 4, 0, 31, 6, 40, 15);
        assertThat(FloatArrays.flat(CONVOLUTION.scores(RISING))).containsExactly(54, 54, 54, 54);
        assertThat(CONVOLUTION.activations("conv1", RISING).shape().asArray()).containsExactly(1, 2, 2, 2);
    }

    @Test
    void gradientOfTheConvolution() {
        assertThat(FloatArrays.flat(CONVOLUTION.gradients(RISING, FIRST_OF_FOUR)))
                .containsExactly(0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0);
    }

    @Test
    void gradientsAtLayersOfTheConvolution() {
        LayerGradients before = CONVOLUTION.gradients("conv1", RISING, FIRST_OF_FOUR);
        assertThat(FloatArrays.flat(before.activations())).containsExactly(-5, -30, 4, -21, 31, 6, 40, 15);
        assertThat(FloatArrays.flat(before.gradients())).containsExactly(0, 0, 1, 0, 1, -1, 1, -1);
        LayerGradients after = CONVOLUTION.gradients("relu1", RISING, FIRST_OF_FOUR);
        assertThat(FloatArrays.flat(after.gradients())).containsExactly(1, 1, 1, -1, 1, -1, 1, -1);
    }

    @Test
    void deconvnet() {
        assertThat(propagated(CONVOLUTION, RISING, FIRST_OF_FOUR, new Rule.Deconvnet()))
                .containsExactly(2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1);
    }

    @Test
    void guided() {
        assertThat(propagated(CONVOLUTION, RISING, FIRST_OF_FOUR, new Rule.Guided()))
                .containsExactly(0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1);
    }

    @Test
    void lrpOfTheConvolutionAddsUpToTheScore() {
        // Open places: −50 three times with weight 1, −75 twice with weight −1, so the biases' shares cancel.
        assertThat(propagated(CONVOLUTION, RISING, FIRST_OF_FOUR, new Rule.Lrp(new LrpRule.Epsilon(1e-9))))
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0);
    }

    @Test
    void lrpOfDenseLayers() {
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 3}, 1, 1, 3, 1);
        assertThat(propagated(lrpModel(2), image, FIRST_OF_TWO, new Rule.Lrp(new LrpRule.Epsilon(1e-9))))
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(18, 36, 54);
    }

    /** ε is absolute, and dampens: z/(z+ε) at each of two layers. */
    @Test
    void lrpWithALargeEpsilon() {
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 3}, 1, 1, 3, 1);
        float[] relevance = propagated(lrpModel(2), image, FIRST_OF_TWO, new Rule.Lrp(new LrpRule.Epsilon(12)));
        // Three hidden units of 12, two logits of 108: each unit gets 12 · 3 · 108 / (108 + ε).
        double hidden = 12 * 3 * 108 / (108.0 + 12);
        for (int i = 0; i < 3; i++) {
            assertThat(relevance[i]).isCloseTo((float) ((i + 1) * 2 * 3 * hidden / (12 + 12)), within(1e-4f));
        }
    }

    /** Relevance of a negative output: sign(z) keeps the denominator away from zero on its own side. */
    @Test
    void lrpOfANegativeScore() {
        DenseModel negative = new DenseModel(
                1, 1, 1, List.of(new DenseModel.Layer(new float[][] {{-2, 0}}, new float[] {0, 0}, false)));
        FloatNdArray image = FloatArrays.of(new float[] {3}, 1, 1, 1, 1);
        // z = −6, R = −6, x · w · R / (z − ε) = 3 · −2 · −6 / −8.
        assertThat(propagated(negative, image, FIRST_OF_TWO, new Rule.Lrp(new LrpRule.Epsilon(2))))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(-4.5f);
    }

    @Test
    void denseScoresAndGradients() {
        FloatNdArray image = FloatArrays.of(new float[] {20, 50, 30}, 1, 1, 3, 1);
        assertThat(FloatArrays.flat(DENSE.activations("dense2", image))).containsExactly(90, 101, 101, 101);
        assertThat(FloatArrays.flat(DENSE.scores(image))).containsExactly(392, 394);
        assertThat(FloatArrays.flat(DENSE.gradients(image, FIRST_OF_TWO))).containsExactly(4, 4, 4);
    }

    @Test
    void scoresGoOnFromALayer() {
        FloatNdArray activations = CONVOLUTION.activations("relu1", RISING);
        assertThat(FloatArrays.flat(CONVOLUTION.scoresFrom("relu1", activations)))
                .containsExactly(54, 54, 54, 54);
        activations.setFloat(10, 0, 0, 0, 1);
        assertThat(FloatArrays.flat(CONVOLUTION.scoresFrom("relu1", activations)))
                .containsExactly(64, 64, 64, 64);
    }

    private static DenseModel lrpModel(float weight) {
        float[][] first = new float[3][3];
        float[][] second = new float[3][2];
        for (int i = 0; i < 3; i++) {
            Arrays.fill(first[i], weight);
            Arrays.fill(second[i], 3);
        }
        return new DenseModel(
                1,
                3,
                1,
                List.of(
                        new DenseModel.Layer(first, new float[3], true),
                        new DenseModel.Layer(second, new float[2], false)));
    }

    private static float[] propagated(PlainModel model, FloatNdArray image, Targets targets, Rule rule) {
        return FloatArrays.flat(model.propagate(image, targets, rule).values());
    }
}

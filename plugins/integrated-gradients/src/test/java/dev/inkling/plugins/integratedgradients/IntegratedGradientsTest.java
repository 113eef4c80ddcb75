package dev.inkling.plugins.integratedgradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.inkling.plugins.integratedgradients.IntegratedGradients.Rule;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import dev.inkling.tck.QuadraticModel;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.FloatNdArray;

class IntegratedGradientsTest {

    private static final QuadraticModel QUADRATIC = QuadraticModel.random(6, 3, 4, 2, 3);
    private static final ConvolutionModel CONVOLUTION = ConvolutionModel.random(5, 5, 4, 2, 3, 3);
    private static final Targets TWO = Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0});

    @ParameterizedTest
    @EnumSource(Rule.class)
    void aLinearModelGivesWeightTimesDistanceToTheBaseline(Rule rule) {
        LinearModel model = new LinearModel(1, 2, 1, new float[][] {{1, 2}, {-3, 4}}, new float[] {10, 20});
        FloatNdArray images = FloatArrays.of(new float[] {0.5f, 0.25f, 1, 0}, 2, 1, 2, 1);
        Attribution map = explainer(3, rule, 0.25).explain(model, images, Targets.classes(2, 0, 1));
        assertThat(FloatArrays.flat(map.values()))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(0.25f, 0, 1.5f, -1);
        assertThat(map.diagnostics().get("convergence delta"))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(0, 0);
    }

    /** ∫(A(x₀ + α(x − x₀)) + b) dα is the gradient in the middle, and each of these rules finds it exactly. */
    @ParameterizedTest
    @CsvSource({
        "1, GAUSS_LEGENDRE, 0",
        "50, GAUSS_LEGENDRE, 0.3",
        "2, TRAPEZOID, 0",
        "7, TRAPEZOID, 0.3",
        "1, MIDPOINT, 0",
        "4, MIDPOINT, 0.3"
    })
    void aQuadraticModelGivesTheGradientHalfWay(int steps, Rule rule, float baseline) {
        FloatNdArray images = random(QUADRATIC.signature());
        float[] pixels = FloatArrays.flat(images);
        float[] middle = new float[pixels.length];
        for (int i = 0; i < middle.length; i++) {
            middle[i] = (baseline + pixels[i]) / 2;
        }
        float[] gradients = FloatArrays.flat(
                QUADRATIC.gradients(FloatArrays.of(middle, images.shape().asArray()), TWO));
        Attribution map = explainer(steps, rule, baseline).explain(QUADRATIC, images, TWO);
        float[] values = FloatArrays.flat(map.values());
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isCloseTo((pixels[i] - baseline) * gradients[i], within(1e-5f));
        }
        assertThat(map.diagnostics().get("convergence delta"))
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(0, 0);
    }

    /** On a network with kinks the error is not zero, and the diagnostic is that error. */
    @Test
    void theDeltaIsTheSumLessTheDifferenceOfScores() {
        FloatNdArray images = random(CONVOLUTION.signature());
        Attribution map = explainer(2, Rule.TRAPEZOID, -1).explain(CONVOLUTION, images, TWO);
        float[] start = new float[FloatArrays.flat(images).length];
        Arrays.fill(start, -1);
        float[] ends = TWO.scores(CONVOLUTION.scores(images));
        float[] starts = TWO.scores(
                CONVOLUTION.scores(FloatArrays.of(start, images.shape().asArray())));
        for (int n = 0; n < 2; n++) {
            double sum = 0;
            for (float value : FloatArrays.flat(map.image(n).values())) {
                sum += value;
            }
            float delta = map.diagnostics().get("convergence delta")[n];
            assertThat((double) delta).isCloseTo(sum - (ends[n] - starts[n]), within(1e-5));
            assertThat(Math.abs(delta)).isGreaterThan(0.01f);
        }
    }

    /** Each image from its own beginning, to which its delta refers. */
    @ParameterizedTest
    @ValueSource(strings = {"black", "white", "uniform:7", "blur:0.8", "mean"})
    void everyBaselineIsThatOfItsImage(String text) {
        FloatNdArray images = random(QUADRATIC.signature());
        FloatNdArray baselines = Baseline.valueOf(text).forImages(QUADRATIC, images);
        float[] pixels = FloatArrays.flat(images);
        float[] starts = FloatArrays.flat(baselines);
        float[] middle = new float[pixels.length];
        for (int i = 0; i < middle.length; i++) {
            middle[i] = (starts[i] + pixels[i]) / 2;
        }
        float[] gradients = FloatArrays.flat(
                QUADRATIC.gradients(FloatArrays.of(middle, images.shape().asArray()), TWO));
        Attribution map = explainer(3, Rule.GAUSS_LEGENDRE, text).explain(QUADRATIC, images, TWO);
        float[] values = FloatArrays.flat(map.values());
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isCloseTo((pixels[i] - starts[i]) * gradients[i], within(1e-5f));
        }
        assertThat(map.diagnostics().get("convergence delta"))
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(0, 0);
    }

    /** 300 points are three batches; no more of them are held at once, and their sum is the same as image by image. */
    @Test
    void manyStepsAreAskedForInBatches() {
        Gradients gradients = spy(QUADRATIC);
        Model model = spy(QUADRATIC);
        doReturn(Optional.of(gradients)).when(model).capability(Gradients.class);
        FloatNdArray images = random(QUADRATIC.signature());
        float[] found = FloatArrays.flat(
                explainer(300, Rule.TRAPEZOID, 0).explain(model, images, TWO).values());
        verify(gradients, times(4)).gradients(argThat(batch -> batch.shape().get(0) == 128), any());
        verify(gradients, times(2)).gradients(argThat(batch -> batch.shape().get(0) == 44), any());
        float[] pixels = FloatArrays.flat(images);
        int size = pixels.length / 2;
        for (int n = 0; n < 2; n++) {
            double[] sums = new double[size];
            for (int step = 0; step < 300; step++) {
                float[] point = new float[size];
                for (int i = 0; i < size; i++) {
                    point[i] = (float) (step / 299.0 * pixels[n * size + i]);
                }
                float[] slope =
                        FloatArrays.flat(QUADRATIC.gradients(FloatArrays.of(point, 1, 3, 4, 2), TWO.rows(n, n + 1)));
                for (int i = 0; i < size; i++) {
                    sums[i] += (step == 0 || step == 299 ? 1 / 598.0 : 1 / 299.0) * slope[i];
                }
            }
            for (int i = 0; i < size; i++) {
                assertThat((double) found[n * size + i]).isCloseTo(pixels[n * size + i] * sums[i], within(1e-6));
            }
        }
    }

    @Test
    void moreStepsConverge() {
        FloatNdArray images = random(CONVOLUTION.signature());
        float few = worstDelta(explainer(5, Rule.GAUSS_LEGENDRE, 0).explain(CONVOLUTION, images, TWO));
        float many = worstDelta(explainer(500, Rule.GAUSS_LEGENDRE, 0).explain(CONVOLUTION, images, TWO));
        assertThat(many).isLessThan(few / 5).isLessThan(0.02f);
    }

    @Test
    void eachOptionChangesTheAnswer() {
        FloatNdArray images = random(CONVOLUTION.signature());
        Attribution plain = explainer(10, Rule.GAUSS_LEGENDRE, 0).explain(CONVOLUTION, images, TWO);
        for (IntegratedGradients other : new IntegratedGradients[] {
            explainer(11, Rule.GAUSS_LEGENDRE, 0),
            explainer(10, Rule.TRAPEZOID, 0),
            explainer(10, Rule.MIDPOINT, 0),
            explainer(10, Rule.GAUSS_LEGENDRE, 0.1)
        }) {
            assertThat(other.explain(CONVOLUTION, images, TWO).values()).isNotEqualTo(plain.values());
        }
    }

    @Test
    void asksOncePerImageForExactlyItsSteps() {
        Gradients gradients = spy(QUADRATIC);
        Model model = spy(QUADRATIC);
        doReturn(Optional.of(gradients)).when(model).capability(Gradients.class);
        explainer(6, Rule.MIDPOINT, 0).explain(model, random(QUADRATIC.signature()), TWO);
        verify(gradients).gradients(argThat(batch -> batch.shape().get(0) == 6), eq(TWO.repeat(0, 6)));
        verify(gradients).gradients(argThat(batch -> batch.shape().get(0) == 6), eq(TWO.repeat(1, 6)));
        verify(gradients, times(2)).gradients(any(), any());
        verify(model, times(2)).scores(any());
    }

    /** Six gradients, forward and backward, and the scores at both ends. */
    @Test
    void saysWhatThatCosts() {
        IntegratedGradients.Options options = Options.parse(IntegratedGradients.Options.class, Map.of("steps", "6"));
        assertThat(new IntegratedGradients.Provider().evaluations(options, QUADRATIC.signature()))
                .hasValue(14);
    }

    @Test
    void aTrapezoidNeedsTwoEnds() {
        assertThatThrownBy(() ->
                        Options.parse(IntegratedGradients.Options.class, Map.of("steps", "1", "rule", "trapezoid")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("rule trapezoid needs both ends of the path, at least 2 steps; found 1");
    }

    @Test
    void defaultsAreFiftyStepsByGaussAndLegendreFromBlack() {
        assertThat(Options.defaults(IntegratedGradients.Options.class))
                .isEqualTo(new IntegratedGradients.Options(50, Rule.GAUSS_LEGENDRE, new Baseline.Constant(0)));
    }

    private static float worstDelta(Attribution map) {
        float worst = 0;
        for (float delta : map.diagnostics().get("convergence delta")) {
            worst = Math.max(worst, Math.abs(delta));
        }
        return worst;
    }

    private static FloatNdArray random(ModelSignature signature) {
        SplittableRandom random = new SplittableRandom(12);
        float[] values = new float[2 * signature.imageSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return FloatArrays.of(values, 2, signature.height(), signature.width(), signature.channels());
    }

    private static IntegratedGradients explainer(int steps, Rule rule, double baseline) {
        return explainer(steps, rule, String.valueOf(baseline));
    }

    private static IntegratedGradients explainer(int steps, Rule rule, String baseline) {
        return new IntegratedGradients(new IntegratedGradients.Options(steps, rule, Baseline.valueOf(baseline)));
    }
}

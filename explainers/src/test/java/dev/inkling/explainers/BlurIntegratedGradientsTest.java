package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.GaussianBlur;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import dev.inkling.tck.QuadraticModel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class BlurIntegratedGradientsTest {

    private static final ConvolutionModel CONVOLUTION = ConvolutionModel.random(5, 5, 4, 2, 3, 3);
    private static final QuadraticModel QUADRATIC = QuadraticModel.random(6, 5, 4, 2, 3);
    private static final Targets TWO = Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0});
    private static final int SIZE = 5 * 4 * 2;

    /** The largest σ is half the longer side of five. */
    @Test
    void aLinearModelGivesWeightTimesWhatBlurTakesAway() {
        LinearModel model = LinearModel.random(3, 5, 4, 2, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        float[] pixels = FloatArrays.flat(images);
        float[] blurred = FloatArrays.flat(new Baseline.Blur(2.5).forImages(model, images));
        float[] weights = FloatArrays.flat(model.gradients(images, TWO));
        Attribution map = blur(7, 0.5).explain(model, images, TWO);
        for (int i = 0; i < pixels.length; i++) {
            assertThat(values(map)[i]).isCloseTo(weights[i] * (pixels[i] - blurred[i]), within(2e-6f));
        }
    }

    /** The integral in σ itself, with differences for dB/dσ: another sum than the explainer's. */
    @Test
    void isTheIntegralOverSigma() {
        FloatNdArray images = Examples.random(QUADRATIC.signature(), 2);
        float[] pixels = FloatArrays.flat(images);
        double[] expected = new double[2 * SIZE];
        int parts = 500;
        double largest = 0.25 * 5;
        for (int part = 0; part < parts; part++) {
            float[] sharper = blurred(pixels, largest * part / parts);
            float[] middle = blurred(pixels, largest * (part + 0.5) / parts);
            float[] softer = blurred(pixels, largest * (part + 1) / parts);
            float[] slopes = FloatArrays.flat(QUADRATIC.gradients(FloatArrays.of(middle, 2, 5, 4, 2), TWO));
            for (int i = 0; i < expected.length; i++) {
                expected[i] += slopes[i] * ((double) sharper[i] - softer[i]);
            }
        }
        float[] found = values(blur(200, 0.25).explain(QUADRATIC, images, TWO));
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(1e-3));
        }
    }

    private static float[] blurred(float[] pixels, double sigma) {
        float[] blurred = new float[pixels.length];
        for (int offset = 0; offset < pixels.length; offset += SIZE) {
            new GaussianBlur(sigma, 5, 4, 2).apply(pixels, offset, blurred, offset);
        }
        return blurred;
    }

    /** Exactly on a quadratic model, where the mean of two gradients is that of the way between; else as steps grow. */
    @Test
    void sumsToWhatBlurTakesFromTheScore() {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        assertThat(blur(3, 1).explain(QUADRATIC, images, TWO).diagnostics().get("convergence delta"))
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(0, 0);
        float few = worst(blur(4, 1).explain(CONVOLUTION, images, TWO));
        float many = worst(blur(400, 1).explain(CONVOLUTION, images, TWO));
        assertThat(many).isLessThan(few / 5).isLessThan(0.01f);
        Attribution map = blur(4, 1).explain(CONVOLUTION, images, TWO);
        float[] ends = TWO.scores(CONVOLUTION.scores(images));
        float[] starts =
                TWO.scores(CONVOLUTION.scores(FloatArrays.of(blurred(FloatArrays.flat(images), 5), 2, 5, 4, 2)));
        for (int n = 0; n < 2; n++) {
            double sum = 0;
            for (float value : values(map.image(n))) {
                sum += value;
            }
            assertThat((double) map.diagnostics().get("convergence delta")[n])
                    .isCloseTo(sum - (ends[n] - starts[n]), within(1e-5));
        }
    }

    private static float worst(Attribution map) {
        float[] deltas = map.diagnostics().get("convergence delta");
        return Math.max(Math.abs(deltas[0]), Math.abs(deltas[1]));
    }

    @Test
    void aUniformImageGetsNothing() {
        float[] grey = new float[SIZE];
        Arrays.fill(grey, 0.5f);
        assertThat(values(blur(10, 1).explain(CONVOLUTION, FloatArrays.of(grey, 1, 5, 4, 2), Targets.classes(3, 0))))
                .usingComparatorWithPrecision(1e-5f)
                .containsOnly(0);
    }

    private static BlurIntegratedGradients blur(int steps, double sigma) {
        return new BlurIntegratedGradients(new BlurIntegratedGradients.Options(steps, sigma));
    }
}

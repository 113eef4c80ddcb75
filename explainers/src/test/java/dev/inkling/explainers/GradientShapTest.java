package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.BackgroundModel;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.FloatNdArray;

class GradientShapTest {

    private static final ConvolutionModel CONVOLUTION = ConvolutionModel.random(5, 5, 4, 2, 3, 3);
    private static final Targets TWO = Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0});
    private static final int SIZE = 5 * 4 * 2;

    /** A second implementation, draw by draw; 300 are more than are asked for at once. */
    @ParameterizedTest
    @ValueSource(ints = {3, 300})
    void equalsAPlainComputationFromTheSameDraws(int samples) {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        float[] background = FloatArrays.flat(CONVOLUTION.images());
        float[] found = values(shap(samples, 0.3, 42).explain(CONVOLUTION, images, TWO));
        for (int n = 0; n < 2; n++) {
            float[] image = Arrays.copyOfRange(FloatArrays.flat(images), n * SIZE, (n + 1) * SIZE);
            float least = 9;
            float most = -9;
            for (float value : image) {
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
            RandomGenerator random = ImageRandom.of(42, image, 0, SIZE);
            double[] sum = new double[SIZE];
            for (int sample = 0; sample < samples; sample++) {
                int reference = random.nextInt(5);
                double alpha = random.nextDouble();
                float[] point = new float[SIZE];
                float[] distance = new float[SIZE];
                for (int i = 0; i < SIZE; i++) {
                    float noisy = (float) (image[i] + 0.3 * ((double) most - least) * random.nextGaussian());
                    distance[i] = noisy - background[reference * SIZE + i];
                    point[i] = (float) (background[reference * SIZE + i] + alpha * distance[i]);
                }
                float[] slope =
                        FloatArrays.flat(CONVOLUTION.gradients(FloatArrays.of(point, 1, 5, 4, 2), TWO.rows(n, n + 1)));
                for (int i = 0; i < SIZE; i++) {
                    sum[i] += (double) distance[i] * slope[i];
                }
            }
            for (int i = 0; i < SIZE; i++) {
                assertThat(found[n * SIZE + i]).isEqualTo((float) (sum[i] / samples));
            }
        }
    }

    /** In expectation; the variance of a value is w² (σ² + the variance of the references). */
    @Test
    void aLinearModelGivesWeightTimesDistanceToTheMeanReference() {
        LinearModel model = new LinearModel(1, 2, 1, new float[][] {{2, 0}, {-3, 0}}, new float[] {10, 20});
        Model withTwo = new BackgroundModel(model, FloatArrays.of(new float[] {0, 0.5f, 0.5f, 0.5f}, 2, 1, 2, 1));
        FloatNdArray image = FloatArrays.of(new float[] {1, 0}, 1, 1, 2, 1);
        int samples = 20_000;
        Attribution map = shap(samples, 0.2, 0).explain(withTwo, image, Targets.classes(2, 0));
        double first = 2 * Math.sqrt((0.04 + 0.0625) / samples);
        double second = 3 * Math.sqrt(0.04 / samples);
        assertThat((double) values(map)[0]).isCloseTo(2 * (1 - 0.25), within(4 * first));
        assertThat((double) values(map)[1]).isCloseTo(-3 * (0 - 0.5), within(4 * second));
        assertThat((double) map.diagnostics().get("convergence delta")[0])
                .isCloseTo((double) values(map)[0] + values(map)[1] - 3, within(1e-5));
    }

    @Test
    void withoutNoiseAndWithOneReferenceEachDrawLiesOnThePath() {
        LinearModel model = LinearModel.random(3, 5, 4, 2, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        Model withBlack = new BackgroundModel(model, FloatArrays.of(new float[SIZE], 1, 5, 4, 2));
        float[] expected = values(new InputXGradient().explain(model, images, TWO));
        assertThat(values(shap(7, 0, 0).explain(withBlack, images, TWO)))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(expected);
    }

    private static GradientShap shap(int samples, double noise, long seed) {
        return new GradientShap(new GradientShap.Options(samples, noise, seed));
    }
}

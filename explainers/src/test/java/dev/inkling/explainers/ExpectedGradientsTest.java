package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.BackgroundModel;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import dev.inkling.tck.BlackBox;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import dev.inkling.tck.QuadraticModel;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.FloatNdArray;

class ExpectedGradientsTest {

    private static final ConvolutionModel CONVOLUTION = ConvolutionModel.random(5, 5, 4, 2, 3, 3);
    private static final Targets TWO = Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0});
    private static final int SIZE = 5 * 4 * 2;

    /** With each reference used equally often the mean over references is exact, and the slope is the same everywhere. */
    @ParameterizedTest
    @ValueSource(ints = {3, 300})
    void aLinearModelGivesWeightTimesDistanceToTheMeanReference(int samples) {
        LinearModel linear = LinearModel.random(3, 5, 4, 2, 3);
        FloatNdArray images = Examples.random(linear.signature(), 2);
        Model model = new BackgroundModel(linear, Examples.random(linear.signature(), 3));
        float[] references = FloatArrays.flat(Examples.random(linear.signature(), 3));
        float[] weights = FloatArrays.flat(linear.gradients(images, TWO));
        float[] pixels = FloatArrays.flat(images);
        Attribution map = expected(samples, 5).explain(model, images, TWO);
        for (int i = 0; i < pixels.length; i++) {
            int at = i % SIZE;
            double mean = ((double) references[at] + references[SIZE + at] + references[2 * SIZE + at]) / 3;
            assertThat((double) values(map)[i]).isCloseTo(weights[i] * (pixels[i] - mean), within(1e-6));
        }
        assertThat(map.diagnostics().get("convergence delta"))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(0, 0);
    }

    /** A second implementation, point by point; 300 are more than are asked for at once. */
    @ParameterizedTest
    @ValueSource(ints = {4, 300})
    void equalsAPlainComputationFromTheSameDraws(int samples) {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        float[] background = FloatArrays.flat(CONVOLUTION.images());
        Attribution map = expected(samples, 42).explain(CONVOLUTION, images, TWO);
        float[] ends = TWO.scores(CONVOLUTION.scores(images));
        double[] starts = new double[2];
        for (int reference = 0; reference < 5; reference++) {
            float[] image = Arrays.copyOfRange(background, reference * SIZE, (reference + 1) * SIZE);
            FloatNdArray scores = CONVOLUTION.scores(FloatArrays.of(image, 1, 5, 4, 2));
            for (int n = 0; n < 2; n++) {
                starts[n] += TWO.rows(n, n + 1).scores(scores)[0] / 5;
            }
        }
        for (int n = 0; n < 2; n++) {
            float[] image = Arrays.copyOfRange(FloatArrays.flat(images), n * SIZE, (n + 1) * SIZE);
            RandomGenerator random = ImageRandom.of(42, image, 0, SIZE);
            int[] order = new int[5];
            for (int i = 0; i < 5; i++) {
                int place = random.nextInt(i + 1);
                order[i] = order[place];
                order[place] = i;
            }
            assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
            double[] sum = new double[SIZE];
            for (int sample = 0; sample < samples; sample++) {
                double alpha = (sample + random.nextDouble()) / samples;
                float[] point = new float[SIZE];
                float[] reference =
                        Arrays.copyOfRange(background, order[sample % 5] * SIZE, (order[sample % 5] + 1) * SIZE);
                for (int i = 0; i < SIZE; i++) {
                    point[i] = (float) (reference[i] + alpha * ((double) image[i] - reference[i]));
                }
                float[] slope =
                        FloatArrays.flat(CONVOLUTION.gradients(FloatArrays.of(point, 1, 5, 4, 2), TWO.rows(n, n + 1)));
                for (int i = 0; i < SIZE; i++) {
                    sum[i] += ((double) image[i] - reference[i]) * slope[i];
                }
            }
            double total = 0;
            for (int i = 0; i < SIZE; i++) {
                assertThat(values(map)[n * SIZE + i]).isEqualTo((float) (sum[i] / samples));
                total += sum[i] / samples;
            }
            assertThat((double) map.diagnostics().get("convergence delta")[n])
                    .isCloseTo(total - (ends[n] - starts[n]), within(1e-4));
        }
    }

    /** On a quadratic model a path's integral is its distance times the gradient half way. */
    @Test
    void hasTheClosedFormOfAQuadraticModelInExpectation() {
        QuadraticModel quadratic = QuadraticModel.random(6, 5, 4, 2, 3);
        FloatNdArray images = Examples.random(quadratic.signature(), 2);
        float[] pixels = FloatArrays.flat(images);
        float[] background = FloatArrays.flat(quadratic.images());
        double[] expected = new double[2 * SIZE];
        for (int reference = 0; reference < 5; reference++) {
            float[] middle = new float[2 * SIZE];
            for (int i = 0; i < middle.length; i++) {
                middle[i] = (pixels[i] + background[reference * SIZE + i % SIZE]) / 2;
            }
            float[] slopes = FloatArrays.flat(quadratic.gradients(FloatArrays.of(middle, 2, 5, 4, 2), TWO));
            for (int i = 0; i < middle.length; i++) {
                expected[i] += slopes[i] * ((double) pixels[i] - background[reference * SIZE + i % SIZE]) / 5;
            }
        }
        float[] found = values(expected(5000, 1).explain(quadratic, images, TWO));
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(2e-3));
        }
    }

    @Test
    void aModelWithoutReferencesIsRefused() {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        assertThatThrownBy(() -> expected(5, 0).explain(new BlackBox(CONVOLUTION, Gradients.class), images, TWO))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "model 'convolution' does not offer Background, a set of reference images, which is needed here; give it"
                                + " one with '--background', in a program with BackgroundModel");
    }

    private static ExpectedGradients expected(int samples, long seed) {
        return new ExpectedGradients(new ExpectedGradients.Options(samples, seed));
    }
}

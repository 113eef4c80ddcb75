package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.inkling.explainers.NoiseTunnel.Mode;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import dev.inkling.tck.QuadraticModel;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.ndarray.FloatNdArray;

class SmoothGradTest {

    private static final ConvolutionModel CONVOLUTION = ConvolutionModel.random(5, 5, 4, 2, 3, 3);
    private static final Targets TWO = Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0});
    private static final int SIZE = 5 * 4 * 2;

    /** A second implementation, copy by copy in the order in which noise is drawn. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void equalsAPlainComputationFromTheSameNoise(Mode mode) {
        int samples = 7;
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        float[] found = values(smoothGrad(samples, 0.3, mode, 42).explain(CONVOLUTION, images, TWO));
        for (int n = 0; n < 2; n++) {
            float[] image = Arrays.copyOfRange(FloatArrays.flat(images), n * SIZE, (n + 1) * SIZE);
            float least = 9;
            float most = -9;
            for (float value : image) {
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
            double deviation = 0.3 * ((double) most - least);
            RandomGenerator random = ImageRandom.of(42, image, 0, SIZE);
            double[] sum = new double[SIZE];
            double[] squares = new double[SIZE];
            for (int copy = 0; copy < samples; copy++) {
                float[] noisy = new float[SIZE];
                for (int i = 0; i < SIZE; i++) {
                    noisy[i] = (float) (image[i] + deviation * random.nextGaussian());
                }
                float[] gradient =
                        FloatArrays.flat(CONVOLUTION.gradients(FloatArrays.of(noisy, 1, 5, 4, 2), TWO.rows(n, n + 1)));
                for (int i = 0; i < SIZE; i++) {
                    sum[i] += gradient[i];
                    squares[i] += (double) gradient[i] * gradient[i];
                }
            }
            for (int i = 0; i < SIZE; i++) {
                double mean = sum[i] / samples;
                double square = squares[i] / samples;
                if (mode == Mode.MEAN) {
                    assertThat(found[n * SIZE + i]).isEqualTo((float) mean);
                } else if (mode == Mode.SQUARE) {
                    assertThat(found[n * SIZE + i]).isEqualTo((float) square);
                } else {
                    assertThat((double) found[n * SIZE + i]).isCloseTo(square - mean * mean, within(1e-5));
                }
            }
        }
    }

    /** The gradient Ax + b of noisy copies has mean Ax + b and variance σ² Σⱼ Aᵢⱼ². */
    @Test
    void hasTheClosedFormOfAQuadraticModelInExpectation() {
        float[][] a = {{2, -1, 0}, {-1, 1, 3}, {0, 3, -2}};
        QuadraticModel model = new QuadraticModel(
                1, 3, 1, new float[][][] {a, new float[3][3]}, new float[][] {{1, 2, 3}, {0, 0, 0}}, new float[2]);
        FloatNdArray image = FloatArrays.of(new float[] {0.2f, 1, 0.6f}, 1, 1, 3, 1);
        double deviation = 0.25 * 0.8; // the image's range is 0.8
        int samples = 10_000;
        Targets target = Targets.classes(2, 0);
        float[] mean = values(smoothGrad(samples, 0.25, Mode.MEAN, 1).explain(model, image, target));
        float[] square = values(smoothGrad(samples, 0.25, Mode.SQUARE, 1).explain(model, image, target));
        float[] variance = values(smoothGrad(samples, 0.25, Mode.VARIANCE, 1).explain(model, image, target));
        double[] gradient = {0.4 - 1 + 1, -0.2 + 1 + 1.8 + 2, 3 - 1.2 + 3};
        double[] norms = {5, 11, 13};
        for (int i = 0; i < 3; i++) {
            double expected = deviation * deviation * norms[i];
            double standardError = Math.sqrt(expected / samples);
            assertThat((double) mean[i]).isCloseTo(gradient[i], within(4 * standardError));
            assertThat((double) variance[i]).isCloseTo(expected, within(0.06 * expected));
            assertThat((double) square[i]).isCloseTo((double) mean[i] * mean[i] + variance[i], within(1e-4));
        }
    }

    @Test
    void aLinearModelHasNoVarianceAtAll() {
        LinearModel model = LinearModel.random(1, 4, 3, 1, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        assertThat(values(smoothGrad(50, 0.15, Mode.VARIANCE, 0).explain(model, images, TWO)))
                .containsOnly(0);
        assertThat(values(smoothGrad(50, 0.15, Mode.MEAN, 0).explain(model, images, TWO)))
                .isEqualTo(FloatArrays.flat(model.gradients(images, TWO)));
    }

    @Test
    void noNoiseIsTheGradient() {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        assertThat(values(smoothGrad(3, 0, Mode.MEAN, 0).explain(CONVOLUTION, images, TWO)))
                .isEqualTo(FloatArrays.flat(CONVOLUTION.gradients(images, TWO)));
    }

    @Test
    void eachOptionChangesTheAnswer() {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        float[] plain = values(smoothGrad(20, 0.15, Mode.MEAN, 0).explain(CONVOLUTION, images, TWO));
        assertThat(values(smoothGrad(21, 0.15, Mode.MEAN, 0).explain(CONVOLUTION, images, TWO)))
                .isNotEqualTo(plain);
        assertThat(values(smoothGrad(20, 0.16, Mode.MEAN, 0).explain(CONVOLUTION, images, TWO)))
                .isNotEqualTo(plain);
        assertThat(values(smoothGrad(20, 0.15, Mode.MEAN, 1).explain(CONVOLUTION, images, TWO)))
                .isNotEqualTo(plain);
        assertThat(values(smoothGrad(20, 0.15, Mode.SQUARE, 0).explain(CONVOLUTION, images, TWO)))
                .isNotEqualTo(plain);
        assertThat(values(smoothGrad(20, 0.15, Mode.VARIANCE, 0).explain(CONVOLUTION, images, TWO)))
                .isNotEqualTo(plain);
    }

    @Test
    void theContractFollowsTheMode() {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        assertThat(smoothGrad(2, 0.1, Mode.MEAN, 0)
                        .explain(CONVOLUTION, images, TWO)
                        .contract()
                        .sign())
                .isEqualTo(Sign.SIGNED);
        assertThat(smoothGrad(2, 0.1, Mode.VARIANCE, 0)
                        .explain(CONVOLUTION, images, TWO)
                        .contract()
                        .unit())
                .isEqualTo("(logits per unit of input)²");
    }

    @Test
    void asksOncePerImageForExactlyItsSamples() {
        Gradients gradients = mock(Gradients.class);
        doReturn(FloatArrays.of(new float[6 * SIZE], 6, 5, 4, 2))
                .when(gradients)
                .gradients(any(), any());
        Model model = spy(CONVOLUTION);
        doReturn(Optional.of(gradients)).when(model).capability(Gradients.class);
        smoothGrad(6, 0.15, Mode.VARIANCE, 0).explain(model, Examples.random(CONVOLUTION.signature(), 2), TWO);
        verify(gradients).gradients(argThat(batch -> batch.shape().get(0) == 6), eq(TWO.repeat(0, 6)));
        verify(gradients).gradients(argThat(batch -> batch.shape().get(0) == 6), eq(TWO.repeat(1, 6)));
        verify(gradients, times(2)).gradients(any(), any());
        verify(model, never()).scores(any());
    }

    private static SmoothGrad smoothGrad(int samples, double noise, Mode mode, long seed) {
        return new SmoothGrad(new SmoothGrad.Options(samples, noise, mode, seed));
    }
}

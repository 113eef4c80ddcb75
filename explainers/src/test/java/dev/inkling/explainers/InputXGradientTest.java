package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Targets;
import dev.inkling.tck.LinearModel;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class InputXGradientTest {

    private static final InputXGradient EXPLAINER = new InputXGradient();

    @Test
    void isTheImageWhereTheExamplesGradientIsOne() {
        assertThat(values(EXPLAINER.explain(CONVOLUTION, Examples.rising(), FIRST_OF_FOUR)))
                .containsExactly(0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0);
    }

    @Test
    void isWeightTimesPixelOfALinearModelPerChannelImageAndContrast() {
        LinearModel model = new LinearModel(1, 1, 2, new float[][] {{1, 2, 3}, {-4, 5, 6}}, new float[3]);
        FloatNdArray images = FloatArrays.of(new float[] {0.5f, 0.25f, 1, -2}, 2, 1, 1, 2);
        assertThat(values(EXPLAINER.explain(model, images, Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0}))))
                .containsExactly(-0.5f, -2.25f, 2, -20);
    }
}

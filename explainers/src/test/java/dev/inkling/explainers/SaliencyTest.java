package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Targets;
import dev.inkling.tck.LinearModel;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class SaliencyTest {

    private static final Saliency ABSOLUTE = new Saliency(new Saliency.Options(true));
    private static final Saliency SIGNED = new Saliency(new Saliency.Options(false));

    /** 1×2 images of two channels, three classes. */
    private static final LinearModel LINEAR = new LinearModel(
            1, 2, 2, new float[][] {{1, 2, 3}, {-4, 5, 6}, {7, -8, 9}, {10, 11, -12}}, new float[] {100, 200, 300});

    private static final FloatNdArray IMAGES =
            FloatArrays.of(new float[] {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f}, 2, 1, 2, 2);

    @Test
    void isTheGradientOfTheExample() {
        assertThat(values(SIGNED.explain(CONVOLUTION, Examples.rising(), FIRST_OF_FOUR)))
                .containsExactly(0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0);
    }

    @Test
    void isTheWeightsOfALinearModelPerChannelAndImage() {
        assertThat(values(SIGNED.explain(LINEAR, IMAGES, Targets.classes(3, 0, 2))))
                .containsExactly(1, -4, 7, 10, 3, 6, 9, -12);
        assertThat(values(ABSOLUTE.explain(LINEAR, IMAGES, Targets.classes(3, 0, 2))))
                .containsExactly(1, 4, 7, 10, 3, 6, 9, 12);
    }

    @Test
    void aContrastIsTheDifferenceOfTwoClasses() {
        assertThat(values(SIGNED.explain(LINEAR, IMAGES, Targets.contrast(3, new int[] {0, 1}, new int[] {1, 0}))))
                .containsExactly(-1, -9, 15, -1, 1, 9, -15, 1);
    }

    @Test
    void theContractFollowsTheOption() {
        assertThat(ABSOLUTE.explain(LINEAR, IMAGES, Targets.classes(3, 0, 2))
                        .contract()
                        .sign())
                .isEqualTo(Sign.POSITIVE);
        assertThat(SIGNED.explain(LINEAR, IMAGES, Targets.classes(3, 0, 2))
                        .contract()
                        .sign())
                .isEqualTo(Sign.SIGNED);
    }
}

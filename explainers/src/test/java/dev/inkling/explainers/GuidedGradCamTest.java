package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.explainers.GuidedGradCam.Resize;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class GuidedGradCamTest {

    @Test
    void atTheExampleInSquares() {
        assertThat(values(explainer("relu1", Resize.NEAREST).explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(0, 0, 4, 4, 0, 0, 12, 8, 28, 84, 97.5f, 65, 28, 56, 65, 32.5f);
    }

    /** Guided backpropagation of the example times [[0, 4], [28, 32.5]] between the centres of its places. */
    @Test
    void atTheExampleInterpolated() {
        float[] guided = {0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1};
        float[] map = Bilinear.resize(new float[] {0, 4, 28, 32.5f}, 2, 2, 4, 4);
        float[] expected = new float[16];
        for (int i = 0; i < 16; i++) {
            expected[i] = guided[i] * map[i];
        }
        assertThat(values(explainer("", Resize.BILINEAR).explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(expected);
    }

    /** A layer that does not divide the image evenly, two channels, two images. */
    @Test
    void equalsAPlainComputation() {
        ConvolutionModel model = ConvolutionModel.random(8, 7, 5, 2, 4, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        Targets targets = Targets.contrast(3, new int[] {2, 0}, new int[] {1, 2});
        float[] coarse = values(new GradCam(new GradCam.Options("conv1", true)).explain(model, images, targets));
        FloatNdArray guided =
                new GuidedBackprop().explain(model, images, targets).values();
        Attribution squares = explainer("conv1", Resize.NEAREST).explain(model, images, targets);
        Attribution smooth = explainer("conv1", Resize.BILINEAR).explain(model, images, targets);
        for (int n = 0; n < 2; n++) {
            float[] map = Arrays.copyOfRange(coarse, n * 15, (n + 1) * 15);
            float[] interpolated = Bilinear.resize(map, 5, 3, 7, 5);
            for (int i = 0; i < 70; i++) {
                int y = i / 10;
                int x = i / 2 % 5;
                float fine = guided.getFloat(n, y, x, i % 2);
                assertThat(squares.values().getFloat(n, y, x, i % 2))
                        .isCloseTo(fine * map[y * 5 / 7 * 3 + x * 3 / 5], within(1e-6f));
                assertThat(smooth.values().getFloat(n, y, x, i % 2))
                        .isCloseTo(fine * interpolated[i / 2], within(1e-6f));
            }
        }
    }

    /** Where Grad-CAM is empty so is the product, and the diagnostics of the former say why. */
    @Test
    void diagnosticsAreGradCams() {
        Targets against = Targets.of(FloatArrays.of(new float[] {-1, 0, 0, 0}, 1, 4));
        Attribution map = explainer("conv1", Resize.BILINEAR).explain(CONVOLUTION, rising(), against);
        assertThat(values(map)).containsOnly(0);
        assertThat(map.diagnostics().get("signed minimum")).containsExactly(-22.5f);
        assertThat(map.diagnostics().get("signed maximum")).containsExactly(-11.25f);
    }

    private static GuidedGradCam explainer(String layer, Resize resize) {
        return new GuidedGradCam(new GuidedGradCam.Options(layer, resize));
    }
}

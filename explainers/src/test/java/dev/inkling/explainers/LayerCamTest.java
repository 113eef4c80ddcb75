package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers.LayerGradients;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class LayerCamTest {

    /** Activations [0, 4, 31, 40] and [0, 0, 6, 15]; of the second channel only the first place has a gradient above zero. */
    @Test
    void atTheExample() {
        assertThat(values(explainer("relu1").explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(0, 4, 31, 40);
    }

    @Test
    void keepsWhatIsAboveZero() {
        Targets second = Targets.of(FloatArrays.of(new float[] {-1, 0, 0, 0}, 1, 4));
        Attribution map = explainer("conv1").explain(CONVOLUTION, Examples.ones(), second);
        assertThat(values(map)).containsOnly(0);
        // At ones both filters are below their biases: no gradient comes back.
        assertThat(map.diagnostics().get("signed maximum")).containsExactly(0);
        Attribution rising = explainer("conv1").explain(CONVOLUTION, rising(), second);
        // Only the second channel, [6, 15], has a gradient above zero: 1 at its last two places.
        assertThat(values(rising)).containsExactly(0, 0, 6, 15);
    }

    /** The gradient is cut, not its product: logits −3 and 2, both asked for, are −1 together and not 2. */
    @Test
    void activationsBelowZeroCountAgainst() {
        ConvolutionModel model = new ConvolutionModel(
                1, 1, new float[][][][] {{{{1}}}}, new float[1], new float[][] {{0, 0}}, new float[] {-3, 2});
        Targets both = Targets.of(FloatArrays.of(new float[] {1, 1}, 1, 2));
        Attribution map = explainer("dense1").explain(model, FloatArrays.of(new float[1], 1, 1, 1, 1), both);
        assertThat(values(map)).containsExactly(0);
        assertThat(map.diagnostics().get("signed minimum")).containsExactly(-1);
    }

    /** Rows, columns and channels of the layer all differ; two images. */
    @Test
    void equalsAPlainComputation() {
        ConvolutionModel model = ConvolutionModel.random(8, 7, 5, 2, 4, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        Targets targets = Targets.contrast(3, new int[] {2, 0}, new int[] {1, 2});
        LayerGradients layer = model.gradients("relu1", images, targets);
        Attribution map = explainer("").explain(model, images, targets);
        assertThat(map.values().shape().asArray()).containsExactly(2, 5, 3, 1);
        for (int n = 0; n < 2; n++) {
            for (int y = 0; y < 5; y++) {
                for (int x = 0; x < 3; x++) {
                    double expected = 0;
                    for (int c = 0; c < 4; c++) {
                        expected += Math.max(0.0, layer.gradients().getFloat(n, y, x, c))
                                * layer.activations().getFloat(n, y, x, c);
                    }
                    assertThat((double) map.values().getFloat(n, y, x, 0))
                            .isCloseTo(Math.max(0, expected), within(1e-5));
                }
            }
        }
    }

    private static LayerCam explainer(String layer) {
        return new LayerCam(new LayerCam.Options(layer));
    }
}

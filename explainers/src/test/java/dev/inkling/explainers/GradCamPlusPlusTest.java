package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Layers.LayerGradients;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class GradCamPlusPlusTest {

    /**
     * Activations [0, 4, 31, 40] and [0, 0, 6, 15] with gradients [1, 1, 1, 1] and [1, −1, −1, −1]: α is 1 / (2 + 75) at four
     * places of the first channel, 1 / (2 + 21) at one of the second.
     */
    @Test
    void atTheExample() {
        double first = 4 / 77.0;
        double second = 1 / 23.0;
        assertThat(values(explainer("relu1").explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(
                        0, (float) (4 * first), (float) (31 * first + 6 * second), (float) (40 * first + 15 * second));
    }

    /** Before the ReLU activations are negative too; where the map is, it is cut, and says so. */
    @Test
    void keepsWhatIsAboveZero() {
        Attribution map = explainer("conv1").explain(CONVOLUTION, rising(), FIRST_OF_FOUR);
        // Activations [−5, 4, 31, 40], gradients [0, 1, 1, 1]; the second channel's gradients are not above zero.
        double weight = 3 / 72.0;
        assertThat(values(map)).containsExactly(0, (float) (4 * weight), (float) (31 * weight), (float) (40 * weight));
        assertThat(map.diagnostics().get("signed minimum")).containsExactly((float) (-5 * weight));
        assertThat(map.diagnostics().get("signed maximum")).containsExactly((float) (40 * weight));
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
                        double sum = 0;
                        double weight = 0;
                        for (int i = 0; i < 15; i++) {
                            sum += layer.activations().getFloat(n, i / 3, i % 3, c);
                        }
                        for (int i = 0; i < 15; i++) {
                            double g = layer.gradients().getFloat(n, i / 3, i % 3, c);
                            double alpha = g == 0 ? 0 : g * g / (2 * g * g + sum * g * g * g);
                            weight += alpha * Math.max(0, g);
                        }
                        expected += weight * layer.activations().getFloat(n, y, x, c);
                    }
                    assertThat((double) map.values().getFloat(n, y, x, 0))
                            .isCloseTo(Math.max(0, expected), within(1e-5));
                }
            }
        }
    }

    private static GradCamPlusPlus explainer(String layer) {
        return new GradCamPlusPlus(new GradCamPlusPlus.Options(layer));
    }
}

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

class XGradCamTest {

    /** Activations [−5, 4, 31, 40] and [−30, −21, 6, 15], gradients [0, 1, 1, 1] and [0, 0, −1, −1]: 75 / 70 and −21 / −30. */
    @Test
    void beforeTheReluOfTheExample() {
        double first = 75 / 70.0;
        double second = 0.7;
        assertThat(values(explainer("conv1", false).explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(
                        (float) (-5 * first - 30 * second),
                        (float) (4 * first - 21 * second),
                        (float) (31 * first + 6 * second),
                        (float) (40 * first + 15 * second));
    }

    @Test
    void afterTheReluOfTheExample() {
        assertThat(values(explainer("relu1", true).explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(0, 4, 25, 25);
    }

    /** At ones no place gets past its ReLU: the sums are zero, the weights too, and not 0 / 0. */
    @Test
    void aDeadLayerGivesZeros() {
        assertThat(values(explainer("relu1", false).explain(CONVOLUTION, Examples.ones(), FIRST_OF_FOUR)))
                .containsOnly(0);
    }

    /** What the axiom of conservation asks for: the sum of gradient times activation, HiResCAM's. */
    @Test
    void addsUpToWhatHiResCamAddsUpTo() {
        ConvolutionModel model = ConvolutionModel.random(3, 6, 7, 1, 5, 3);
        FloatNdArray images = Examples.random(model.signature(), 1);
        Targets target = Targets.classes(3, 1);
        assertThat(sum(values(explainer("", false).explain(model, images, target))))
                .isCloseTo(
                        sum(values(new HiResCam(new HiResCam.Options("", false)).explain(model, images, target))),
                        within(1e-5));
    }

    /** Rows, columns and channels of the layer all differ; two images. */
    @Test
    void equalsAPlainComputation() {
        ConvolutionModel model = ConvolutionModel.random(8, 7, 5, 2, 4, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        Targets targets = Targets.contrast(3, new int[] {2, 0}, new int[] {1, 2});
        LayerGradients layer = model.gradients("relu1", images, targets);
        Attribution map = explainer("", false).explain(model, images, targets);
        assertThat(map.values().shape().asArray()).containsExactly(2, 5, 3, 1);
        for (int n = 0; n < 2; n++) {
            for (int y = 0; y < 5; y++) {
                for (int x = 0; x < 3; x++) {
                    double expected = 0;
                    for (int c = 0; c < 4; c++) {
                        double products = 0;
                        double sum = 0;
                        for (int i = 0; i < 15; i++) {
                            double activation = layer.activations().getFloat(n, i / 3, i % 3, c);
                            products += layer.gradients().getFloat(n, i / 3, i % 3, c) * activation;
                            sum += activation;
                        }
                        double weight = sum == 0 ? 0 : products / sum;
                        expected += weight * layer.activations().getFloat(n, y, x, c);
                    }
                    assertThat((double) map.values().getFloat(n, y, x, 0)).isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    private static XGradCam explainer(String layer, boolean relu) {
        return new XGradCam(new XGradCam.Options(layer, relu));
    }
}

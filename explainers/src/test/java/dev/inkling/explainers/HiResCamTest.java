package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.DENSE;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers.LayerGradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class HiResCamTest {

    /** Activations [0, 4, 31, 40] and [0, 0, 6, 15] with gradients [1, 1, 1, 1] and [1, −1, −1, −1]. */
    @Test
    void atTheExampleItAddsUpToTheScore() {
        float[] map = values(explainer("relu1", false).explain(CONVOLUTION, rising(), FIRST_OF_FOUR));
        assertThat(map).containsExactly(0, 4, 25, 25);
        assertThat(map[0] + map[1] + map[2] + map[3]).isEqualTo(54);
    }

    /** Gradient times activation of dense units: 0, 400, 0 before, and 90, 101, 101, 101 after the next layer. */
    @Test
    void atDenseLayersItIsTheSumOverUnits() {
        assertThat(values(explainer("dense1", false).explain(DENSE, Examples.three(0, 100, 0), FIRST_OF_TWO)))
                .containsExactly(400);
        assertThat(values(explainer("relu2", false).explain(DENSE, Examples.three(0, 100, 0), FIRST_OF_TWO)))
                .containsExactly(90 + 3 * 101);
    }

    @Test
    void reluKeepsWhatSpeaksForTheTarget() {
        Targets against = Targets.of(FloatArrays.of(new float[] {-1, 0, 0, 0}, 1, 4));
        Attribution map = explainer("relu1", true).explain(CONVOLUTION, rising(), against);
        assertThat(values(map)).containsOnly(0);
        assertThat(map.diagnostics().get("signed minimum")).containsExactly(-25);
        assertThat(map.diagnostics().get("signed maximum")).containsExactly(0);
        assertThat(values(explainer("relu1", false).explain(CONVOLUTION, rising(), against)))
                .containsExactly(0, -4, -25, -25);
    }

    /** A mean over places and a linear layer: every place of a channel has one gradient. */
    @Test
    void isGradCamWhereAMeanOverPlacesFollows() {
        float[][] dense = new float[15 * 4][];
        for (int i = 0; i < dense.length; i++) {
            dense[i] = new float[] {0.1f * (i % 4), 0.3f - 0.2f * (i % 4)};
        }
        float[][][][] kernel = new float[3][3][1][];
        for (int i = 0; i < 9; i++) {
            kernel[i / 3][i % 3][0] = new float[] {0.1f * i, 0.5f - 0.1f * i, 0.3f, -0.2f};
        }
        Model model = new ConvolutionModel(7, 5, kernel, new float[4], dense, new float[2]);
        FloatNdArray images = Examples.random(model.signature(), 2);
        Targets targets = Targets.classes(2, 0, 1);
        assertThat(values(explainer("", false).explain(model, images, targets)))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(values(new GradCam(new GradCam.Options("", false)).explain(model, images, targets)));
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
                        expected += (double) layer.gradients().getFloat(n, y, x, c)
                                * layer.activations().getFloat(n, y, x, c);
                    }
                    assertThat((double) map.values().getFloat(n, y, x, 0)).isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    private static HiResCam explainer(String layer, boolean relu) {
        return new HiResCam(new HiResCam.Options(layer, relu));
    }
}

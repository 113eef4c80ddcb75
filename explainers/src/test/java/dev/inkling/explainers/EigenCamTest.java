package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class EigenCamTest {

    /** Two channels: the larger eigenvalue of [[a, b], [b, d]] in closed form. */
    @Test
    void atTheExample() {
        double[] first = {-18.75, -14.75, 12.25, 21.25};
        double[] second = {-5.25, -5.25, 0.75, 9.75};
        double a = 0;
        double b = 0;
        double d = 0;
        for (int i = 0; i < 4; i++) {
            a += first[i] * first[i];
            b += first[i] * second[i];
            d += second[i] * second[i];
        }
        double eigenvalue = (a + d) / 2 + Math.sqrt((a - d) * (a - d) / 4 + b * b);
        double length = Math.hypot(b, eigenvalue - a);
        float[] map = values(eigenCam("relu1", false).explain(CONVOLUTION, rising(), FIRST_OF_FOUR));
        for (int i = 0; i < 4; i++) {
            assertThat((double) map[i]).isCloseTo((first[i] * b + second[i] * (eigenvalue - a)) / length, within(1e-5));
        }
    }

    @Test
    void reluKeepsPlacesAboveTheMean() {
        float[] signed = values(eigenCam("relu1", false).explain(CONVOLUTION, rising(), FIRST_OF_FOUR));
        Attribution map = eigenCam("relu1", true).explain(CONVOLUTION, rising(), FIRST_OF_FOUR);
        assertThat(values(map)).containsExactly(0, 0, signed[2], signed[3]);
        assertThat(map.diagnostics().get("signed minimum")).containsExactly(signed[0]);
    }

    /** More places than channels, and more channels than places; each against an explicit decomposition. */
    @Test
    void equalsAnExplicitEigenDecomposition() {
        for (int[] size : new int[][] {{7, 5, 4}, {4, 5, 9}}) {
            int height = size[0] - 2;
            int width = size[1] - 2;
            ConvolutionModel model = ConvolutionModel.random(8, size[0], size[1], 2, size[2], 3);
            FloatNdArray images = Examples.random(model.signature(), 2);
            Attribution map = eigenCam("", false).explain(model, images, Targets.classes(3, 0, 1));
            FloatNdArray activations = model.activations("relu1", images);
            for (int n = 0; n < 2; n++) {
                double[][] centred = new double[height * width][size[2]];
                for (int c = 0; c < size[2]; c++) {
                    double mean = 0;
                    for (int i = 0; i < centred.length; i++) {
                        centred[i][c] = activations.getFloat(n, i / width, i % width, c);
                        mean += centred[i][c] / centred.length;
                    }
                    for (double[] place : centred) {
                        place[c] -= mean;
                    }
                }
                double[] direction = PrincipalEigenvectorTest.firstByJacobi(centred);
                double sum = 0;
                for (double component : direction) {
                    sum += component;
                }
                for (int i = 0; i < centred.length; i++) {
                    double expected = 0;
                    for (int c = 0; c < size[2]; c++) {
                        expected += Math.signum(sum) * direction[c] * centred[i][c];
                    }
                    assertThat((double) map.values().getFloat(n, i / width, i % width, 0))
                            .isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    /** Activations turned around have the same direction, so the map turns around: its sign is not chance. */
    @Test
    void theSignFollowsTheActivations() {
        FloatNdArray activations = CONVOLUTION.activations("relu1", rising());
        float[] turned = FloatArrays.flat(activations);
        for (int i = 0; i < turned.length; i++) {
            turned[i] = -turned[i];
        }
        float[] map = values(eigenCam("", false).explain(withLayer(activations), rising(), FIRST_OF_FOUR));
        float[] other = values(
                eigenCam("", false).explain(withLayer(FloatArrays.of(turned, 1, 2, 2, 2)), rising(), FIRST_OF_FOUR));
        for (int i = 0; i < 4; i++) {
            assertThat(other[i]).isCloseTo(-map[i], within(1e-5f));
        }
        assertThat(map[3]).isPositive();
    }

    /** Where one channel goes up as the other goes down, the first of the places that stand out most decides. */
    @Test
    void channelsThatCancelEachOther() {
        float[] opposed = {1, -1, 2, -2, 3, -3, 4, -4};
        float root = (float) Math.sqrt(2);
        assertThat(values(eigenCam("", false)
                        .explain(withLayer(FloatArrays.of(opposed, 1, 2, 2, 2)), rising(), FIRST_OF_FOUR)))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(1.5f * root, 0.5f * root, -0.5f * root, -1.5f * root);
    }

    @Test
    void aLayerThatIsTheSameEverywhereGivesZeros() {
        assertThat(values(eigenCam("relu1", false).explain(CONVOLUTION, Examples.ones(), FIRST_OF_FOUR)))
                .containsOnly(0);
    }

    /** Also where 49 times a value, divided by 49, is another value, so that a mean is not what all are. */
    @Test
    void roundingIsNoDifference() {
        ConvolutionModel model = ConvolutionModel.random(8, 9, 9, 1, 60, 3);
        float[] pixels = new float[81];
        Arrays.fill(pixels, 0.3f);
        assertThat(values(
                        eigenCam("", false).explain(model, FloatArrays.of(pixels, 1, 9, 9, 1), Targets.classes(3, 0))))
                .hasSize(49)
                .containsOnly(0);
    }

    private static Model withLayer(FloatNdArray activations) {
        Layers layers = mock(Layers.class, CALLS_REAL_METHODS);
        doReturn(activations).when(layers).activations(any(), any());
        Model model = mock(Model.class);
        when(model.signature()).thenReturn(CONVOLUTION.signature());
        when(model.require(Layers.class)).thenReturn(layers);
        return model;
    }

    private static EigenCam eigenCam(String layer, boolean relu) {
        return new EigenCam(new EigenCam.Options(layer, relu));
    }
}

package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.DENSE;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.ArgumentMatchers.same;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Layers.LayerGradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import dev.inkling.tck.BlackBox;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class GradCamTest {

    @Test
    void beforeTheReluOfTheExample() {
        assertThat(values(gradCam("conv1", false).explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(11.25f, 13.5f, 20.25f, 22.5f);
    }

    /** Each of the example's filters alone: [−3.75, 3, 23.25, 30] and [15, 10.5, −3, −7.5] add up to the whole map. */
    @Test
    void eachChannelOfTheExample() {
        assertThat(values(gradCam("conv1", false).explain(filter(-50, 1), rising(), FIRST_OF_TWO)))
                .containsExactly(-3.75f, 3, 23.25f, 30);
        assertThat(values(gradCam("conv1", false).explain(filter(-75, -1), rising(), FIRST_OF_TWO)))
                .containsExactly(15, 10.5f, -3, -7.5f);
    }

    /** A 3×3 filter of ones; the first logit is the sum of its places, all but the first times a weight. */
    private static Model filter(float bias, float weight) {
        float[][][][] ones = new float[3][3][1][];
        for (float[][][] row : ones) {
            for (float[][] place : row) {
                place[0] = new float[] {1};
            }
        }
        float[][] dense = {{1, 0}, {weight, 0}, {weight, 0}, {weight, 0}};
        return new ConvolutionModel(4, 4, ones, new float[] {bias}, dense, new float[2]);
    }

    @Test
    void beforeTheReluOfTheExampleWithOnesAdded() {
        float[] sum = FloatArrays.flat(rising());
        for (int i = 0; i < sum.length; i++) {
            sum[i]++;
        }
        assertThat(values(gradCam("conv1", false).explain(CONVOLUTION, Examples.image(sum), FIRST_OF_FOUR)))
                .containsExactly(14.5f, 19, 32.5f, 37);
    }

    @Test
    void afterTheReluOfTheExample() {
        assertThat(values(gradCam("relu1", true).explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(0, 4, 28, 32.5f);
    }

    @Test
    void theDefaultIsTheLastConvolutionAfterItsRelu() {
        assertThat(values(gradCam("", true).explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(0, 4, 28, 32.5f);
    }

    /** At the convolution's input: the mean gradient is 9/16; one pixel is negative, and the ReLU drops it. */
    @Test
    void withRespectToTheInputOfTheConvolution() {
        float[] pixels = FloatArrays.flat(rising());
        pixels[5] = -4;
        Model model = atTheImage(CONVOLUTION);
        float[] signed = values(gradCam("image", false).explain(model, Examples.image(pixels), FIRST_OF_FOUR));
        float[] positive = values(gradCam("image", true).explain(model, Examples.image(pixels), FIRST_OF_FOUR));
        for (int i = 0; i < 16; i++) {
            assertThat(signed[i]).isEqualTo(0.5625f * pixels[i]);
            assertThat(positive[i]).isEqualTo(Math.max(0, 0.5625f * pixels[i]));
        }
    }

    @Test
    void atADenseLayerItIsGradientTimesActivationSummedOverUnits() {
        Attribution map = gradCam("dense1", true).explain(DENSE, Examples.three(0, 100, 0), FIRST_OF_TWO);
        assertThat(values(map)).containsExactly(400);
        assertThat(map.values().shape().asArray()).containsExactly(1, 1, 1, 1);
    }

    /** Rows, columns and channels of the layer all differ; two images. */
    @Test
    void equalsAPlainComputation() {
        ConvolutionModel model = ConvolutionModel.random(8, 7, 5, 2, 4, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        Targets targets = Targets.contrast(3, new int[] {2, 0}, new int[] {1, 2});
        LayerGradients layer = model.gradients("conv1", images, targets);
        Attribution map = gradCam("conv1", false).explain(model, images, targets);
        assertThat(map.values().shape().asArray()).containsExactly(2, 5, 3, 1);
        for (int n = 0; n < 2; n++) {
            for (int y = 0; y < 5; y++) {
                for (int x = 0; x < 3; x++) {
                    double expected = 0;
                    for (int c = 0; c < 4; c++) {
                        double mean = 0;
                        for (int i = 0; i < 5; i++) {
                            for (int j = 0; j < 3; j++) {
                                mean += layer.gradients().getFloat(n, i, j, c) / 15.0;
                            }
                        }
                        expected += mean * layer.activations().getFloat(n, y, x, c);
                    }
                    assertThat((double) map.values().getFloat(n, y, x, 0)).isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    /** Turned around, every place of the example speaks against the target: the map is empty, and says why. */
    @Test
    void diagnosticsHoldTheRangeBeforeTheRelu() {
        Targets against = Targets.of(FloatArrays.of(new float[] {-1, 0, 0, 0}, 1, 4));
        Attribution map = gradCam("conv1", true).explain(CONVOLUTION, rising(), against);
        assertThat(values(map)).containsOnly(0);
        assertThat(map.diagnostics().keySet()).containsExactly("signed minimum", "signed maximum");
        assertThat(map.diagnostics().get("signed minimum")).containsExactly(-22.5f);
        assertThat(map.diagnostics().get("signed maximum")).containsExactly(-11.25f);
    }

    @Test
    void theContractFollowsTheOption() {
        assertThat(gradCam("", true)
                        .explain(CONVOLUTION, rising(), FIRST_OF_FOUR)
                        .contract()
                        .sign())
                .isEqualTo(Sign.POSITIVE);
        assertThat(gradCam("", false)
                        .explain(CONVOLUTION, rising(), FIRST_OF_FOUR)
                        .contract()
                        .sign())
                .isEqualTo(Sign.SIGNED);
    }

    @Test
    void asksForTheLastConvolutionOnceAndForNothingElse() {
        FloatNdArray image = rising();
        Layers layers = mock(Layers.class, CALLS_REAL_METHODS);
        doReturn(CONVOLUTION.gradients("relu1", image, FIRST_OF_FOUR))
                .when(layers)
                .gradients("relu1", image, FIRST_OF_FOUR);
        Model model = mock(Model.class);
        when(model.signature()).thenReturn(CONVOLUTION.signature());
        when(model.require(Layers.class)).thenReturn(layers);
        gradCam("", true).explain(model, image, FIRST_OF_FOUR);
        verify(layers).visit(eq("relu1"), same(image), same(FIRST_OF_FOUR), any(), any());
        verify(layers).gradients("relu1", image, FIRST_OF_FOUR);
        verifyNoMoreInteractions(layers);
        verify(model, never()).require(Gradients.class);
        verify(model, never()).scores(any());
    }

    @Test
    void anUnknownLayerAndAModelWithoutConvolutionsAreRefused() {
        assertThatThrownBy(() -> gradCam("conv2", true).explain(CONVOLUTION, rising(), FIRST_OF_FOUR))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("model 'convolution' has no layer 'conv2'; its layers: conv1, relu1, dense1, relu2");
        LinearModel linear = LinearModel.random(1, 4, 4, 1, 4);
        assertThatThrownBy(() -> gradCam("", true).explain(linear, rising(), FIRST_OF_FOUR))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("model 'linear' shows no convolution layer; name a layer");
        assertThatThrownBy(() -> gradCam("", true).explain(new BlackBox(CONVOLUTION), rising(), FIRST_OF_FOUR))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("model 'convolution' does not offer Layers, which this explainer needs");
    }

    /** The model with its image as a layer. */
    private static Model atTheImage(ConvolutionModel model) {
        ModelSignature.Layer layer = new ModelSignature.Layer("image", ModelSignature.Layer.Kind.CONVOLUTION, 4, 4, 1);
        ModelSignature signature = model.signature();
        Layers layers = mock(Layers.class, CALLS_REAL_METHODS);
        doAnswer(call -> {
                    FloatNdArray image = call.getArgument(1);
                    return new LayerGradients(image, model.gradients(image, call.getArgument(2, Targets.class)));
                })
                .when(layers)
                .gradients(any(), any(), any());
        Model wrapped = mock(Model.class);
        when(wrapped.signature())
                .thenReturn(new ModelSignature(
                        signature.name(), 4, 4, 1, signature.range(), signature.labels(), List.of(layer)));
        when(wrapped.require(Layers.class)).thenReturn(layers);
        return wrapped;
    }

    private static GradCam gradCam(String layer, boolean relu) {
        return new GradCam(new GradCam.Options(layer, relu));
    }
}

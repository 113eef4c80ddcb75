package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Targets;
import org.junit.jupiter.api.Test;

/** Several layers in one map, seen through Grad-CAM. */
class LayerMapsTest {

    /** [11.25, 13.5, 20.25, 22.5] and [0, 4, 28, 32.5], each by its largest, and their mean. */
    @Test
    void layersCountAlikeWhateverTheirScale() {
        Attribution map = gradCam("conv1+relu1", true).explain(CONVOLUTION, rising(), FIRST_OF_FOUR);
        assertThat(values(map))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(
                        11.25f / 22.5f / 2, (13.5f / 22.5f + 4 / 32.5f) / 2, (20.25f / 22.5f + 28 / 32.5f) / 2, 1);
        assertThat(map.contract().unit()).isEqualTo("share of each layer's largest value");
        assertThat(map.diagnostics().get("signed minimum")).containsExactly(0);
        assertThat(map.diagnostics().get("signed maximum")).containsExactly(32.5f);
    }

    /** The four logits, one place, spread over the convolution's four. */
    @Test
    void coarseLayersAreBroughtToTheFinest() {
        Attribution map = gradCam("dense1+relu1", true).explain(CONVOLUTION, rising(), FIRST_OF_FOUR);
        assertThat(map.values().shape().asArray()).containsExactly(1, 2, 2, 1);
        assertThat(values(map))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(0.5f, (1 + 4 / 32.5f) / 2, (1 + 28 / 32.5f) / 2, 1);
    }

    /** With the sign kept, the largest magnitude is the measure, and zero stays zero. */
    @Test
    void signedMapsKeepTheirSign() {
        Targets against = Targets.of(FloatArrays.of(new float[] {-1, 0, 0, 0}, 1, 4));
        assertThat(values(gradCam("conv1+relu1", false).explain(CONVOLUTION, rising(), against)))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(
                        -11.25f / 22.5f / 2, -(13.5f / 22.5f + 4 / 32.5f) / 2, -(20.25f / 22.5f + 28 / 32.5f) / 2, -1);
    }

    @Test
    void emptyMapsStayEmpty() {
        Targets against = Targets.of(FloatArrays.of(new float[] {-1, 0, 0, 0}, 1, 4));
        Attribution map = gradCam("conv1+relu1", true).explain(CONVOLUTION, rising(), against);
        assertThat(values(map)).containsOnly(0);
        assertThat(map.diagnostics().get("signed minimum")).containsExactly(-32.5f);
        assertThat(map.diagnostics().get("signed maximum")).containsExactly(0);
    }

    @Test
    void layersThatDoNotExistOrAreNamedTwiceAreRefused() {
        assertThatThrownBy(() -> gradCam("relu1+conv7", true).explain(CONVOLUTION, rising(), FIRST_OF_FOUR))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("model 'convolution' has no layer 'conv7'; its layers: conv1, relu1, dense1, relu2");
        assertThatThrownBy(() -> gradCam("relu1+relu1", true).explain(CONVOLUTION, rising(), FIRST_OF_FOUR))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("layer 'relu1' is named twice in 'relu1+relu1'; name each layer to fuse once");
    }

    private static GradCam gradCam(String layers, boolean relu) {
        return new GradCam(new GradCam.Options(layers, relu));
    }
}

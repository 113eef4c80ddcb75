package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.Targets;
import dev.inkling.tck.AttentionModel;
import dev.inkling.tck.BlackBox;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class AttentionTest {

    /** Each pixel is a place, and a pixel of 1 counts four times as much as one of 0. */
    private static final AttentionModel MODEL =
            new AttentionModel(2, 3, new float[][][] {{{(float) Math.log(4)}}}, new float[][] {
                {1, 0}, {2, 0}, {3, 0}, {4, 1}, {5, 1}, {6, 1}
            });

    private static final Targets TWO = Targets.classes(2, 0, 1);

    private static final Layer FIRST = new Layer("first", Kind.ATTENTION, 1, 2, 1);
    private static final Layer SECOND = new Layer("second", Kind.ATTENTION, 2, 1, 1);
    private static final Layer CONVOLUTION = new Layer("conv", Kind.CONVOLUTION, 2, 3, 4);

    private static FloatNdArray images(float... pixels) {
        return FloatArrays.of(pixels, pixels.length / 6, 2, 3, 1);
    }

    /** 4^x: (4, 1, 1, 2, 1, 1) of 10, and six times the same. */
    @Test
    void mapsAreTheWeightsOfThePlaces() {
        Attribution maps = attention("").explain(MODEL, images(1, 0, 0, 0.5f, 0, 0, 1, 1, 1, 1, 1, 1), TWO);
        assertThat(maps.values().shape().asArray()).containsExactly(2, 2, 3, 1);
        float sixth = 1 / 6f;
        assertThat(values(maps))
                .containsExactly(
                        new float[] {0.4f, 0.1f, 0.1f, 0.2f, 0.1f, 0.1f, sixth, sixth, sixth, sixth, sixth, sixth},
                        within(1e-6f));
        assertThat(values(maps))
                .isEqualTo(values(
                        attention("attention").explain(MODEL, images(1, 0, 0, 0.5f, 0, 0, 1, 1, 1, 1, 1, 1), TWO)));
    }

    /** 1 / (0.16 + 0.04 + 4 · 0.01), and of a uniform map the number of places. */
    @Test
    void effectivePlacesSayHowNarrowItIs() {
        Attribution maps = attention("").explain(MODEL, images(1, 0, 0, 0.5f, 0, 0, 1, 1, 1, 1, 1, 1), TWO);
        assertThat(maps.diagnostics().get("effective places"))
                .containsExactly(new float[] {100 / 24f, 6}, within(1e-5f));
    }

    @Test
    void asksForOneLayersOutputAndForNothingElse() {
        FloatNdArray images = images(1, 2, 3, 4, 5, 6);
        Layers layers = mock(Layers.class);
        when(layers.activations("second", images)).thenReturn(FloatArrays.of(new float[] {0.75f, 0.25f}, 1, 2, 1, 1));
        Model model = model(layers, FIRST, CONVOLUTION, SECOND);
        assertThat(values(attention("second").explain(model, images, Targets.classes(2, 1))))
                .containsExactly(0.75f, 0.25f);
        verify(layers).activations("second", images);
        verifyNoMoreInteractions(layers);
        verify(model, never()).scores(any());
    }

    @Test
    void aModelWithoutAttentionIsRefused() {
        assertRefused("", "model 'made up' has no attention layer; train one with '--attention'", CONVOLUTION);
        assertRefused("conv", "model 'made up' has no attention layer; train one with '--attention'", CONVOLUTION);
        assertRefused("", "model 'made up' has no attention layer; train one with '--attention'");
    }

    @Test
    void oneOfSeveralMustBeNamed() {
        assertRefused(
                "", "model 'made up' has 2 attention layers; name one: first, second", FIRST, CONVOLUTION, SECOND);
    }

    @Test
    void anotherLayerIsRefused() {
        assertRefused(
                "conv", "layer 'conv' of model 'made up' is no attention layer; expected first", FIRST, CONVOLUTION);
        assertRefused("third", "model 'made up' has no layer 'third'; its layers: first", FIRST);
    }

    @Test
    void aBlackBoxIsRefused() {
        assertThatThrownBy(() ->
                        attention("").explain(new BlackBox(MODEL), images(1, 2, 3, 4, 5, 6), Targets.classes(2, 0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("model 'attention' does not offer Layers, which this explainer needs");
    }

    private static void assertRefused(String layer, String message, Layer... shown) {
        assertThatThrownBy(() -> attention(layer)
                        .explain(model(mock(Layers.class), shown), images(1, 2, 3, 4, 5, 6), Targets.classes(2, 0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }

    private static Model model(Layers layers, Layer... shown) {
        Model model = mock(Model.class);
        when(model.signature())
                .thenReturn(new ModelSignature(
                        "made up", 2, 3, 1, ModelSignature.ValueRange.UNIT, List.of("a", "b"), List.of(shown)));
        when(model.require(Layers.class)).thenReturn(layers);
        return model;
    }

    private static Attention attention(String layer) {
        return new Attention(new Attention.Options(layer));
    }
}

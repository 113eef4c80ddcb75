package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.DENSE;
import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.three;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.verify;

import dev.inkling.spi.Baseline;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.Options;
import dev.inkling.spi.Segments;
import dev.inkling.spi.Targets;
import dev.inkling.tck.BlackBox;
import dev.inkling.tck.ConvolutionModel;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;
import org.tensorflow.ndarray.FloatNdArray;

class FeatureAblationTest {

    @Test
    void pixelsOfTheDenseExample() {
        assertThat(values(ablation(new Segments.Pixels(), 0).explain(DENSE, three(20, 50, 30), FIRST_OF_TWO)))
                .containsExactly(80, 200, 120);
    }

    @Test
    void aMaskOnTheDenseExample() {
        assertThat(values(ablation(Segments.mask(0, 0, 1), 0).explain(DENSE, three(20, 50, 30), FIRST_OF_TWO)))
                .containsExactly(280, 280, 120);
        assertThat(values(ablation(Segments.mask(0, 0, 1), 4).explain(DENSE, three(20, 50, 30), FIRST_OF_TWO)))
                .containsExactly(248, 248, 104);
    }

    /** Segments, baselines and values of one image must not be taken from, or written to, another. */
    @Test
    void eachImageHasItsOwnSegments() {
        ConvolutionModel model = ConvolutionModel.random(4, 7, 5, 1, 3, 3);
        float[] pixels = FloatArrays.flat(Examples.random(model.signature(), 2));
        Arrays.fill(pixels, 35, 50, 0);
        FeatureAblation ablation = new FeatureAblation(
                Options.parse(FeatureAblation.Options.class, Map.of("segments", "strokes", "baseline", "blur:1")));
        float[] both = values(ablation.explain(model, FloatArrays.of(pixels, 2, 7, 5, 1), Targets.classes(3, 0, 1)));
        for (int n = 0; n < 2; n++) {
            FloatNdArray image = FloatArrays.of(Arrays.copyOfRange(pixels, n * 35, n * 35 + 35), 1, 7, 5, 1);
            assertThat(values(ablation.explain(model, image, Targets.classes(3, n))))
                    .containsExactly(Arrays.copyOfRange(both, n * 35, n * 35 + 35));
        }
    }

    @Test
    void segmentsThatEqualTheBaselineAreNotRun() {
        Model model = spy(new BlackBox(DENSE));
        assertThat(values(ablation(new Segments.Pixels(), 5).explain(model, three(5, 50, 5), FIRST_OF_TWO)))
                .containsExactly(0, 4 * 45, 0);
        verify(model).scores(argThat(batch -> batch.shape().get(0) == 1 + 1));
        assertThat(values(ablation(new Segments.Pixels(), 5).explain(model, three(5, 5, 5), FIRST_OF_TWO)))
                .containsExactly(0, 0, 0);
        verify(model).scores(ArgumentMatchers.any());
    }

    @Test
    void eachOptionChangesTheAnswer() {
        ConvolutionModel model = ConvolutionModel.random(4, 7, 5, 1, 3, 3);
        FloatNdArray image = Examples.random(model.signature(), 1);
        Targets target = Targets.classes(3, 1);
        float[] plain = values(ablation(Segments.valueOf("grid:2"), 0).explain(model, image, target));
        assertThat(values(ablation(Segments.valueOf("grid:3"), 0).explain(model, image, target)))
                .isNotEqualTo(plain);
        assertThat(values(ablation(Segments.valueOf("grid:2"), 0.5).explain(model, image, target)))
                .isNotEqualTo(plain);
    }

    @Test
    void aMaskOfAnotherSizeIsRefused() {
        assertThatThrownBy(() -> ablation(Segments.mask(0, 1), 0).explain(DENSE, three(1, 2, 3), FIRST_OF_TWO))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("the mask has 2 labels, expected one for each of the 1×3 pixels of model 'dense'");
    }

    @Test
    void unknownSegmentsAreRefused() {
        assertThatThrownBy(() -> Options.parse(FeatureAblation.Options.class, Map.of("segments", "slic")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("option 'segments': expected segments such as pixels, grid:7");
    }

    private static FeatureAblation ablation(Segments segments, double baseline) {
        return new FeatureAblation(new FeatureAblation.Options(segments, new Baseline.Constant(baseline)));
    }
}

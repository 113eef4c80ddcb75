package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.DENSE;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.ones;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static dev.inkling.explainers.Examples.withAdded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.tck.BlackBox;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.ArgumentMatchers;
import org.tensorflow.ndarray.FloatNdArray;

class OcclusionTest {

    @Test
    void theWholeOfEitherInputOfTheExample() {
        assertThat(values(occlusion("4", "4", 0).explain(withAdded(ones()), rising(), FIRST_OF_FOUR)))
                .hasSize(16)
                .containsOnly(67);
        assertThat(values(occlusion("4", "4", 0).explain(withAdded(rising()), ones(), FIRST_OF_FOUR)))
                .hasSize(16)
                .containsOnly(13);
    }

    @Test
    void overlappingWindowsAreAveraged() {
        assertThat(values(occlusion("2x3", "2x1", 0).explain(withAdded(ones()), rising(), FIRST_OF_FOUR)))
                .containsExactly(17, 17, 17, 17, 17, 17, 17, 17, 64, 65.5f, 65.5f, 67, 64, 65.5f, 65.5f, 67);
    }

    @Test
    void windowsOfOneRow() {
        assertThat(values(occlusion("1x2", "1x2", 0).explain(withAdded(rising()), ones(), FIRST_OF_FOUR)))
                .containsExactly(3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 0, 80, 200, 120", // pixel by pixel
        "1x2, 1x2, 0, 280, 280, 120", // the last window is cropped at the border
        "1x2, 1x2, 10, 200, 200, 80",
        "1x2, 1, 10, 200, 220, 240"
    })
    void windowsOnTheDenseExample(
            String window, String stride, double baseline, float first, float second, float third) {
        assertThat(values(occlusion(window, stride, baseline).explain(DENSE, Examples.three(20, 50, 30), FIRST_OF_TWO)))
                .containsExactly(first, second, third);
    }

    @Test
    void aWindowLargerThanTheImageCoversAllOfIt() {
        assertThat(values(occlusion("4", "2", 0).explain(DENSE, Examples.three(20, 50, 30), FIRST_OF_TWO)))
                .containsExactly(390, 390, 390);
    }

    /** For a linear model a window costs Σ w (x − baseline) over its pixels and channels: all by hand, windows by window. */
    @ParameterizedTest
    @CsvSource({"3x2, 2x1", "2x3, 2x3", "4x4, 3x4", "1, 1", "5, 2", "7x1, 4x1"})
    void equalsAPlainComputation(String window, String stride) {
        int height = 7;
        int width = 5;
        LinearModel model = LinearModel.random(4, height, width, 2, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        Targets targets = Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0});
        Attribution map = occlusion(window, stride, 0.3).explain(model, images, targets);
        assertThat(map.values().shape().asArray()).containsExactly(2, height, width, 1);
        FloatNdArray weights = model.gradients(images, targets);
        Extent size = Extent.valueOf(window);
        Extent step = Extent.valueOf(stride);
        for (int n = 0; n < 2; n++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double sum = 0;
                    int windows = 0;
                    for (int top = 0; top == 0 || top - step.rows() + size.rows() < height; top += step.rows()) {
                        for (int left = 0;
                                left == 0 || left - step.columns() + size.columns() < width;
                                left += step.columns()) {
                            if (y >= top && y < top + size.rows() && x >= left && x < left + size.columns()) {
                                windows++;
                                for (int i = top; i < Math.min(height, top + size.rows()); i++) {
                                    for (int j = left; j < Math.min(width, left + size.columns()); j++) {
                                        for (int c = 0; c < 2; c++) {
                                            sum += weights.getFloat(n, i, j, c) * (images.getFloat(n, i, j, c) - 0.3);
                                        }
                                    }
                                }
                            }
                        }
                    }
                    assertThat((double) map.values().getFloat(n, y, x, 0)).isCloseTo(sum / windows, within(2e-5));
                }
            }
        }
    }

    @Test
    void eachOptionChangesTheAnswer() {
        ConvolutionModel model = ConvolutionModel.random(4, 7, 5, 1, 3, 3);
        FloatNdArray image = Examples.random(model.signature(), 1);
        Targets target = Targets.classes(3, 1);
        float[] plain = values(occlusion("3", "2", 0).explain(model, image, target));
        assertThat(values(occlusion("2", "2", 0).explain(model, image, target))).isNotEqualTo(plain);
        assertThat(values(occlusion("3x2", "2", 0).explain(model, image, target)))
                .isNotEqualTo(plain);
        assertThat(values(occlusion("3", "1", 0).explain(model, image, target))).isNotEqualTo(plain);
        assertThat(values(occlusion("3", "2", 0.5).explain(model, image, target)))
                .isNotEqualTo(plain);
    }

    /** On black paper most windows change nothing: their cost is 0 without asking the model, which here would say otherwise. */
    @Test
    void windowsThatChangeNothingAreNotRun() {
        Model model = spy(new BlackBox(Examples.CONVOLUTION));
        float[] dot = new float[16];
        dot[5] = 7;
        occlusion("2", "1", 0).explain(model, Examples.image(dot), FIRST_OF_FOUR);
        verify(model).scores(argThat(batch -> batch.shape().get(0) == 1 + 4));
        verify(model, times(1)).scores(ArgumentMatchers.any());
        float[] white = new float[16];
        Arrays.fill(white, 7);
        Attribution covered = occlusion("2", "1", 7).explain(model, Examples.image(white), FIRST_OF_FOUR);
        assertThat(values(covered)).hasSize(16).containsOnly(0);
        verify(model, times(1)).scores(ArgumentMatchers.any());
    }

    @Test
    void theMapOfALinearModelSumsToTheDifferenceFromTheBaseline() {
        LinearModel model = LinearModel.random(4, 7, 5, 2, 3);
        FloatNdArray image = Examples.random(model.signature(), 1);
        Targets target = Targets.classes(3, 1);
        double difference = target.scores(model.scores(image))[0]
                - target.scores(model.scores(FloatArrays.of(new float[70], 1, 7, 5, 2)))[0];
        double sum = 0;
        for (float value : values(occlusion("1", "1", 0).explain(model, image, target))) {
            sum += value;
        }
        assertThat(sum).isCloseTo(difference, within(1e-5));
    }

    @Test
    void gapsBetweenWindowsAreRefused() {
        assertThatThrownBy(() -> occlusion("2x3", "3x1", 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("stride 3x1 is larger than window 2x3, so some pixels would never be covered; choose a"
                        + " stride of at most the window");
        assertThatThrownBy(() -> occlusion("3x2", "3", 0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Options.parse(Occlusion.Options.class, Map.of("window", "1")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("stride 2 is larger than window 1,");
    }

    private static Occlusion occlusion(String window, String stride, double baseline) {
        return new Occlusion(
                new Occlusion.Options(Extent.valueOf(window), Extent.valueOf(stride), new Baseline.Constant(baseline)));
    }
}

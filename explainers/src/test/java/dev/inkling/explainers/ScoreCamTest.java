package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.explainers.ScoreCam.Weights;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class ScoreCamTest {

    private static final FloatNdArray SQUARE = FloatArrays.of(new float[] {1, 2, 3, 4}, 1, 2, 2, 1);
    private static final Targets FIRST = Targets.classes(2, 0);

    /** Pixel by pixel three filters, x, relu(4 − x) and 7 whatever x; the first logit is Σx + 5, the second its opposite. */
    private static Model square() {
        float[][] dense = new float[12][];
        for (int i = 0; i < dense.length; i++) {
            dense[i] = i % 3 == 0 ? new float[] {1, -1} : new float[2];
        }
        return new ConvolutionModel(
                2, 2, new float[][][][] {{{{1, -1, 0}}}}, new float[] {0, 4, 7}, dense, new float[] {5, -5});
    }

    /** Masks 0, 1/3, 2/3, 1 and the reverse let 20/3 and 10/3 of the score through; a constant channel shows nothing. */
    @Test
    void weightsAreIncreasesOfTheScore() {
        assertThat(values(scoreCam(Weights.INCREASE, true).explain(square(), SQUARE, FIRST)))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(20 / 3f + 10, 40 / 3f + 20 / 3f, 20 + 10 / 3f, 80 / 3f);
    }

    @Test
    void softmaxOverChannels() {
        double first = Math.exp(20 / 3.0);
        double second = Math.exp(10 / 3.0);
        double sum = first + second + 1;
        float[] expected = new float[4];
        for (int i = 0; i < 4; i++) {
            expected[i] = (float) ((first * (i + 1) + second * (3 - i) + 7) / sum);
        }
        assertThat(values(scoreCam(Weights.SOFTMAX, true).explain(square(), SQUARE, FIRST)))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(expected);
    }

    @Test
    void reluCutsWhatSpeaksAgainstTheTarget() {
        Targets second = Targets.classes(2, 1);
        Attribution map = scoreCam(Weights.INCREASE, true).explain(square(), SQUARE, second);
        assertThat(values(map)).containsOnly(0);
        assertThat(map.diagnostics().get("signed maximum")[0]).isCloseTo(-20 / 3f - 10, within(1e-5f));
        assertThat(values(scoreCam(Weights.INCREASE, false).explain(square(), SQUARE, second)))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(-20 / 3f - 10, -40 / 3f - 20 / 3f, -20 - 10 / 3f, -80 / 3f);
    }

    /** Rows, columns and channels of layer and image all differ, so masks are interpolated; two images. */
    @Test
    void equalsAPlainComputation() {
        ConvolutionModel model = ConvolutionModel.random(8, 7, 5, 2, 4, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        Targets targets = Targets.contrast(3, new int[] {2, 0}, new int[] {1, 2});
        Attribution map = scoreCam(Weights.INCREASE, false).explain(model, images, targets);
        FloatNdArray activations = model.activations("relu1", images);
        for (int n = 0; n < 2; n++) {
            Targets target = targets.rows(n, n + 1);
            double nothing = target.scores(model.scores(FloatArrays.of(new float[70], 1, 7, 5, 2)))[0];
            double[] expected = new double[15];
            for (int c = 0; c < 4; c++) {
                float[] channel = new float[15];
                for (int i = 0; i < 15; i++) {
                    channel[i] = activations.getFloat(n, i / 3, i % 3, c);
                }
                float[] mask = Bilinear.resize(channel, 5, 3, 7, 5);
                float[] sorted = mask.clone();
                Arrays.sort(sorted);
                float[] masked = new float[70];
                for (int i = 0; i < 70 && sorted[0] < sorted[34]; i++) {
                    masked[i] = images.getFloat(n, i / 10, i / 2 % 5, i % 2)
                            * (mask[i / 2] - sorted[0])
                            / (sorted[34] - sorted[0]);
                }
                double gain = target.scores(model.scores(FloatArrays.of(masked, 1, 7, 5, 2)))[0] - nothing;
                for (int i = 0; i < 15; i++) {
                    expected[i] += gain * channel[i];
                }
            }
            for (int i = 0; i < 15; i++) {
                assertThat((double) map.values().getFloat(n, i / 3, i % 3, 0)).isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    /** 600 channels: one forward pass for nothing, then batches of at most 128, and the same numbers as one at a time. */
    @Test
    void memoryDoesNotGrowWithTheChannels() {
        float[][][][] kernel = {{{new float[600]}}};
        float[][] dense = new float[2400][2];
        float[] bias = new float[600];
        for (int i = 0; i < 600; i++) {
            kernel[0][0][0][i] = i % 7 - 3;
            bias[i] = i % 5;
        }
        for (int i = 0; i < dense.length; i++) {
            dense[i][0] = 0.01f * (i % 11);
        }
        Model model = new ConvolutionModel(2, 2, kernel, bias, dense, new float[2]);
        List<Long> batches = new ArrayList<>();
        Attribution map = scoreCam(Weights.INCREASE, true).explain(new Counting(model, batches), SQUARE, FIRST);
        long constant = 0;
        for (int i = 0; i < 600; i++) {
            // A filter of weight 0 is constant, and so is one that is not above 0 at any of 1, 2, 3, 4.
            boolean dead = true;
            for (int x = 1; x <= 4; x++) {
                dead &= (i % 7 - 3) * x + i % 5 <= 0;
            }
            constant += i % 7 == 3 || dead ? 1 : 0;
        }
        assertThat(batches).allMatch(batch -> batch <= BatchSize.COPIES).hasSize(4);
        assertThat(batches.stream().mapToLong(Long::longValue).sum()).isEqualTo(1 + 600 - constant);

        double[] expected = new double[4];
        FloatNdArray activations = ((ConvolutionModel) model).activations("relu1", SQUARE);
        float nothing = FIRST.scores(model.scores(FloatArrays.of(new float[4], 1, 2, 2, 1)))[0];
        for (int c = 0; c < 600; c++) {
            float least = Float.MAX_VALUE;
            float largest = 0;
            for (int i = 0; i < 4; i++) {
                least = Math.min(least, activations.getFloat(0, i / 2, i % 2, c));
                largest = Math.max(largest, activations.getFloat(0, i / 2, i % 2, c));
            }
            float[] masked = new float[4];
            for (int i = 0; i < 4 && largest > least; i++) {
                masked[i] = (i + 1) * (activations.getFloat(0, i / 2, i % 2, c) - least) / (largest - least);
            }
            float gain = FIRST.scores(model.scores(FloatArrays.of(masked, 1, 2, 2, 1)))[0] - nothing;
            for (int i = 0; i < 4; i++) {
                expected[i] += gain * activations.getFloat(0, i / 2, i % 2, c);
            }
        }
        for (int i = 0; i < 4; i++) {
            assertThat((double) values(map)[i]).isCloseTo(Math.max(0, expected[i]), within(1e-6 * expected[i]));
        }
    }

    /** Writes down how many images each call of scores brings. */
    private record Counting(Model model, List<Long> batches) implements Model {
        @Override
        public ModelSignature signature() {
            return model.signature();
        }

        @Override
        public FloatNdArray scores(FloatNdArray images) {
            batches.add(images.shape().get(0));
            return model.scores(images);
        }

        @Override
        public <T> Optional<T> capability(Class<T> type) {
            return model.capability(type);
        }
    }

    private static ScoreCam scoreCam(Weights weights, boolean relu) {
        return new ScoreCam(new ScoreCam.Options("", weights, relu));
    }
}

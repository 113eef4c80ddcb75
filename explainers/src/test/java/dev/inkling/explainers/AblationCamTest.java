package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class AblationCamTest {

    /**
     * Activations [0, 4, 31, 40] and [0, 0, 6, 15]. Without the first channel the score is relu(−21) = 0 instead of 54, without
     * the second 75.
     */
    @Test
    void atTheExample() {
        assertThat(values(ablationCam("relu1", false).explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(0, 4 * 54, 31 * 54 - 6 * 21, 40 * 54 - 15 * 21);
    }

    /** A score below zero: what is lost without a channel still speaks for the target, which dividing by the score would turn round. */
    @Test
    void aScoreBelowZeroDoesNotTurnTheMapRound() {
        Model model = new ConvolutionModel(
                1, 1, new float[][][][] {{{{1}}}}, new float[1], new float[][] {{2, 0}}, new float[] {-100, 0});
        FloatNdArray image = FloatArrays.of(new float[] {3}, 1, 1, 1, 1);
        assertThat(values(ablationCam("", true).explain(model, image, Targets.classes(2, 0))))
                .containsExactly(6 * 3);
    }

    @Test
    void reluCutsWhatSpeaksAgainstTheTarget() {
        Targets against = Targets.of(FloatArrays.of(new float[] {-1, 0, 0, 0}, 1, 4));
        Attribution map = ablationCam("relu1", true).explain(CONVOLUTION, rising(), against);
        assertThat(values(map)).containsOnly(0);
        assertThat(map.diagnostics().get("signed minimum")).containsExactly(-(40 * 54 - 15 * 21));
    }

    /** Every channel is 0 everywhere already: nothing to ask the model for. */
    @Test
    void aDeadLayerGivesZeros() {
        assertThat(values(ablationCam("relu1", false).explain(CONVOLUTION, Examples.ones(), FIRST_OF_FOUR)))
                .containsOnly(0);
    }

    /** Rows, columns and channels of the layer all differ; two images. */
    @Test
    void equalsAPlainComputation() {
        ConvolutionModel model = ConvolutionModel.random(8, 7, 5, 2, 4, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        Targets targets = Targets.contrast(3, new int[] {2, 0}, new int[] {1, 2});
        Attribution map = ablationCam("", false).explain(model, images, targets);
        float[] whole = targets.scores(model.scores(images));
        for (int n = 0; n < 2; n++) {
            double[] expected = new double[15];
            for (int c = 0; c < 4; c++) {
                FloatNdArray activations = model.activations("relu1", images);
                for (int i = 0; i < 15; i++) {
                    activations.setFloat(0, n, i / 3, i % 3, c);
                }
                double loss = whole[n] - targets.scores(model.scoresFrom("relu1", activations))[n];
                for (int i = 0; i < 15; i++) {
                    expected[i] += loss * model.activations("relu1", images).getFloat(n, i / 3, i % 3, c);
                }
            }
            for (int i = 0; i < 15; i++) {
                assertThat((double) map.values().getFloat(n, i / 3, i % 3, 0)).isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    /** 600 channels in batches of at most 128, the whole first in each; a linear model, so a channel costs what its places add. */
    @Test
    void memoryDoesNotGrowWithTheChannels() {
        float[][][][] kernel = {{{new float[600]}}};
        float[][] dense = new float[2400][2];
        for (int i = 0; i < 600; i++) {
            kernel[0][0][0][i] = 1 + i % 3;
        }
        for (int i = 0; i < dense.length; i++) {
            dense[i][0] = 0.01f * (i % 11);
        }
        ConvolutionModel model = new ConvolutionModel(2, 2, kernel, new float[600], dense, new float[2]);
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 3, 4}, 1, 2, 2, 1);
        List<Long> batches = new ArrayList<>();
        float[] map = values(ablationCam("", true).explain(new Counting(model, batches), image, Targets.classes(2, 0)));
        assertThat(batches).containsExactly(128L, 128L, 128L, 128L, 93L);
        double[] expected = new double[4];
        for (int c = 0; c < 600; c++) {
            double loss = 0;
            for (int i = 0; i < 4; i++) {
                loss += dense[i * 600 + c][0] * (i + 1) * (1 + c % 3);
            }
            for (int i = 0; i < 4; i++) {
                expected[i] += loss * (i + 1) * (1 + c % 3);
            }
        }
        for (int i = 0; i < 4; i++) {
            assertThat((double) map[i]).isCloseTo(expected[i], within(1e-4 * expected[i]));
        }
    }

    /** The second of three: what is 0 already costs nothing to leave out. */
    @Test
    void aChannelThatIsZeroIsNotLeftOut() {
        float[][] dense = new float[12][2];
        for (float[] weights : dense) {
            weights[0] = 1;
        }
        ConvolutionModel model =
                new ConvolutionModel(2, 2, new float[][][][] {{{{1, 0, 2}}}}, new float[3], dense, new float[2]);
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 3, 4}, 1, 2, 2, 1);
        List<Long> batches = new ArrayList<>();
        float[] map = values(ablationCam("", true).explain(new Counting(model, batches), image, Targets.classes(2, 0)));
        assertThat(batches).containsExactly(3L);
        // Losses of 10, 0 and 20.
        assertThat(map).containsExactly(50, 100, 150, 200);
    }

    /** Writes down how many activations each call of scoresFrom brings. */
    private record Counting(ConvolutionModel model, List<Long> batches) implements Model, Layers {
        @Override
        public ModelSignature signature() {
            return model.signature();
        }

        @Override
        public FloatNdArray scores(FloatNdArray images) {
            return model.scores(images);
        }

        @Override
        public <T> Optional<T> capability(Class<T> type) {
            return type == Layers.class ? Optional.of(type.cast(this)) : Optional.empty();
        }

        @Override
        public FloatNdArray activations(String layer, FloatNdArray images) {
            return model.activations(layer, images);
        }

        @Override
        public LayerGradients gradients(String layer, FloatNdArray images, Targets targets) {
            throw new AssertionError("no gradients are needed");
        }

        @Override
        public FloatNdArray scoresFrom(String layer, FloatNdArray activations) {
            batches.add(activations.shape().get(0));
            return model.scoresFrom(layer, activations);
        }
    }

    private static AblationCam ablationCam(String layer, boolean relu) {
        return new AblationCam(new AblationCam.Options(layer, relu));
    }
}

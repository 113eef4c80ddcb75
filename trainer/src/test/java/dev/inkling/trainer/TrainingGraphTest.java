package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.model.Architecture;
import dev.inkling.model.Design;
import dev.inkling.model.Precision;
import dev.inkling.model.SavedModelWriter;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.FloatNdArray;

class TrainingGraphTest {

    private static final Architecture SMALL =
            new Architecture(8, 8, 1, 3, new Design(List.of(4, 6), 2, false, false, 10, 0));
    private static final Architecture DROPPING =
            new Architecture(8, 8, 1, 3, new Design(List.of(4, 6), 2, false, false, 10, 0.5));
    private static final int BATCH = 32;

    private final Dataset data = Patterns.bars(BATCH, 1);
    private final float[] pixels = new float[BATCH * 64];
    private final int[] labels = new int[BATCH];

    TrainingGraphTest() {
        int[] indices = new int[BATCH];
        for (int n = 0; n < BATCH; n++) {
            indices[n] = n;
            labels[n] = data.label(n);
        }
        data.copyImages(indices, 0, BATCH, pixels);
    }

    static Stream<Architecture> architectures() {
        return Stream.of(
                DROPPING,
                new Architecture(8, 8, 1, 3, new Design(List.of(4, 4, 6), 2, true, false, 10, 0.5)),
                new Architecture(8, 8, 1, 3, new Design(List.of(4, 6), 2, false, true, 10, 0.5)),
                new Architecture(8, 8, 1, 3, new Design(List.of(4, 6), 1, true, true, 10, 0)));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void exportedModelHasTheTrainingGraphsLogits(Architecture architecture, @TempDir Path folder) throws Exception {
        try (TrainingGraph graph = new TrainingGraph(architecture, Recipes.plain(1, 1))) {
            for (int step = 1; step <= 30; step++) {
                graph.step(pixels, labels, BATCH, 0.01, 1, step);
            }
            ModelCard.Training training =
                    new ModelCard.Training("bars", "", 1, 1, 1, 1, 30, Map.of(), null, "", "", "");
            SavedModelWriter.write(
                    folder,
                    architecture,
                    graph.weights(),
                    new SavedModelWriter.About("bars", data.labels(), training, new ModelCard.Accuracy(null, null)));
            try (TensorFlowModel model = TensorFlowModel.load(folder)) {
                FloatNdArray images = FloatArrays.of(pixels, BATCH, 8, 8, 1);
                float[] exported = FloatArrays.flat(model.scores(images));
                assertThat(exported).containsExactly(graph.logits(pixels, BATCH), within(1e-4f));
                assertThat(exported[0]).isNotCloseTo(exported[3], within(1e-3f));
                if (architecture.design().attention()) {
                    float[] map = FloatArrays.flat(model.require(Layers.class)
                            .activations("attention", images)
                            .get(0));
                    assertThat(Arrays.equals(map, filled(map.length, map[0])))
                            .as("attention stayed uniform")
                            .isFalse();
                }
            }
        }
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void equalSeedsGiveEqualWeights(Architecture architecture) {
        Map<String, float[]> first = afterTenSteps(architecture);
        Map<String, float[]> second = afterTenSteps(architecture);
        assertThat(first.keySet()).isEqualTo(second.keySet());
        first.forEach((name, values) -> assertThat(second.get(name)).as(name).isEqualTo(values));
    }

    private Map<String, float[]> afterTenSteps(Architecture architecture) {
        try (TrainingGraph graph = new TrainingGraph(architecture, Recipes.plain(1, 3))) {
            for (int step = 1; step <= 10; step++) {
                graph.step(pixels, labels, BATCH, 0.01, 3, step);
            }
            return graph.weights();
        }
    }

    /** Attention is uniform at first, and its arrays take nothing from the seed's other draws. */
    @Test
    void attentionBeginsAsTheMean() {
        Architecture attentive = new Architecture(8, 8, 1, 3, new Design(List.of(4, 6), 2, false, true, 10, 0));
        try (TrainingGraph averaging = new TrainingGraph(SMALL, Recipes.plain(1, 11));
                TrainingGraph attending = new TrainingGraph(attentive, Recipes.plain(1, 11))) {
            assertThat(attending.logits(pixels, BATCH)).containsExactly(averaging.logits(pixels, BATCH), within(1e-5f));
        }
    }

    /** Each array of the architecture, and with each γ a running mean and variance. */
    @ParameterizedTest
    @MethodSource("architectures")
    void variablesAreTheArchitecturesParameters(Architecture architecture) {
        Map<String, Integer> expected = new TreeMap<>();
        for (Architecture.Parameter parameter : architecture.parameters()) {
            expected.put(parameter.name(), (int) parameter.size());
            if (parameter.name().endsWith("/gamma")) {
                expected.put(parameter.name().replace("gamma", "mean"), (int) parameter.size());
                expected.put(parameter.name().replace("gamma", "variance"), (int) parameter.size());
            }
        }
        try (TrainingGraph graph = new TrainingGraph(architecture, Recipes.plain(1, 1))) {
            Map<String, Integer> found = new TreeMap<>();
            graph.weights().forEach((name, values) -> found.put(name, values.length));
            assertThat(found).isEqualTo(expected);
        }
    }

    /** Adam's first step moves every weight by the learning rate against its gradient's sign; the average follows by 9/11. */
    @Test
    void firstStepIsAdamsOnTheMeanLoss() {
        try (TrainingGraph graph = new TrainingGraph(SMALL, Recipes.plain(1, 2))) {
            Map<String, float[]> before = graph.weights();
            graph.step(pixels, labels, BATCH, 0.01, 1, 1);
            Map<String, float[]> after = graph.weights();
            for (String name : List.of("logits/bias", "logits/kernel", "block1/conv1/gamma", "block2/conv2/beta")) {
                float[] from = before.get(name);
                float[] to = after.get(name);
                int moved = 0;
                for (int i = 0; i < from.length; i++) {
                    if (to[i] != from[i]) {
                        assertThat(Math.abs(to[i] - from[i])).as(name).isCloseTo(0.01f * 9 / 11, within(2e-4f));
                        moved++;
                    }
                }
                assertThat(moved).as(name).isGreaterThan(from.length / 2);
            }
        }
    }

    /** A bias under a normalisation has no gradient but rounding, of which Adam would make whole steps; everything else moves. */
    @ParameterizedTest
    @MethodSource("architectures")
    void whatTheLossDependsOnMovesAndNothingElse(Architecture architecture) {
        try (TrainingGraph graph = new TrainingGraph(architecture, Recipes.plain(1, 12))) {
            Map<String, float[]> before = graph.weights();
            graph.step(pixels, labels, BATCH, 0.01, 1, 1);
            graph.step(pixels, labels, BATCH, 0.01, 1, 2);
            graph.weights()
                    .forEach((name, after) -> assertThat(Arrays.equals(after, before.get(name)))
                            .as(name)
                            .isEqualTo(name.matches("block.*/bias")));
        }
    }

    /** The average after t steps is the recursion a += (1 − min(0.99, (1 + t) / (10 + t))) · (w − a), in plain arithmetic. */
    @Test
    void averageLagsBehindTheWeights() {
        try (TrainingGraph graph = new TrainingGraph(SMALL, Recipes.plain(1, 10))) {
            float[] average = graph.weights().get("logits/bias");
            double[] expected = new double[average.length];
            for (int step = 1; step <= 12; step++) {
                graph.step(pixels, labels, BATCH, 0.01, 1, step);
                float[] weight = graph.current("logits/bias");
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += (1 - (1.0 + step) / (10 + step)) * (weight[i] - expected[i]);
                }
            }
            average = graph.weights().get("logits/bias");
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) average[i]).isCloseTo(expected[i], within(1e-6));
                assertThat(average[i]).isNotEqualTo(graph.current("logits/bias")[i]);
            }
        }
    }

    @Test
    void stepGoesDownhill() {
        try (TrainingGraph graph = new TrainingGraph(SMALL, Recipes.plain(1, 3))) {
            TrainingGraph.Sums first = graph.step(pixels, labels, BATCH, 0.01, 1, 1);
            // Untrained, three classes: about ln 3 per image.
            assertThat(first.meanLoss()).isBetween(0.5, 3.0);
            TrainingGraph.Sums last = first;
            for (int step = 2; step <= 60; step++) {
                last = graph.step(pixels, labels, BATCH, 0.01, 1, step);
            }
            assertThat(last.meanLoss()).isLessThan(0.1 * first.meanLoss());
            assertThat(last.accuracy()).isEqualTo(1);
        }
    }

    /** After one step the running statistics are 0.9 of where they began plus 0.1 of the batch's; their average 9/11 of the way. */
    @Test
    void runningStatisticsFollowTheBatch() {
        try (TrainingGraph graph = new TrainingGraph(SMALL, Recipes.plain(1, 4))) {
            float[] kernel = graph.weights().get("block1/conv1/kernel");
            graph.step(pixels, labels, BATCH, 0.01, 1, 1);
            float[] mean = graph.weights().get("block1/conv1/mean");
            float[] variance = graph.weights().get("block1/conv1/variance");
            for (int c = 0; c < 4; c++) {
                double sum = 0;
                double squares = 0;
                for (int n = 0; n < BATCH; n++) {
                    for (int y = 0; y < 8; y++) {
                        for (int x = 0; x < 8; x++) {
                            double value = 0;
                            for (int k = 0; k < 9; k++) {
                                int row = y + k / 3 - 1;
                                int column = x + k % 3 - 1;
                                if (row >= 0 && row < 8 && column >= 0 && column < 8) {
                                    value += pixels[n * 64 + row * 8 + column] * kernel[k * 4 + c];
                                }
                            }
                            sum += value;
                            squares += value * value;
                        }
                    }
                }
                int count = BATCH * 64;
                double average = sum / count;
                double unbiased = (squares - count * average * average) / (count - 1);
                assertThat((double) mean[c]).isCloseTo(0.1 * average * 9 / 11, within(1e-5));
                assertThat((double) variance[c]).isCloseTo(1 + 0.1 * (unbiased - 1) * 9 / 11, within(1e-5));
            }
        }
    }

    @Test
    void evaluationChangesNothingAndDropoutOnlyTraining() {
        try (TrainingGraph graph = new TrainingGraph(DROPPING, Recipes.plain(1, 5))) {
            float[] before = graph.logits(pixels, BATCH);
            TrainingGraph.Sums once = graph.evaluate(pixels, labels, BATCH);
            assertThat(graph.evaluate(pixels, labels, BATCH)).isEqualTo(once);
            assertThat(graph.logits(pixels, BATCH)).isEqualTo(before);
        }
        // The same weights and batch, another step of the dropout's sequence: another loss.
        try (TrainingGraph one = new TrainingGraph(DROPPING, Recipes.plain(1, 5));
                TrainingGraph other = new TrainingGraph(DROPPING, Recipes.plain(1, 5));
                TrainingGraph same = new TrainingGraph(DROPPING, Recipes.plain(1, 5))) {
            double loss = one.step(pixels, labels, BATCH, 0.01, 1, 1).loss();
            assertThat(other.step(pixels, labels, BATCH, 0.01, 1, 2).loss()).isNotCloseTo(loss, within(1e-4));
            assertThat(same.step(pixels, labels, BATCH, 0.01, 1, 1).loss()).isCloseTo(loss, within(1e-5));
        }
    }

    @Test
    void sumsOfAPartialBatchCoverItsImagesOnly() {
        try (TrainingGraph graph = new TrainingGraph(SMALL, Recipes.plain(1, 6))) {
            TrainingGraph.Sums all = graph.evaluate(pixels, labels, BATCH);
            TrainingGraph.Sums parts = TrainingGraph.Sums.NONE;
            for (int from = 0; from < BATCH; from += 20) {
                int count = Math.min(20, BATCH - from);
                float[] some = new float[BATCH * 64];
                System.arraycopy(pixels, from * 64, some, 0, count * 64);
                int[] own = new int[BATCH];
                System.arraycopy(labels, from, own, 0, count);
                parts = parts.plus(graph.evaluate(some, own, count));
            }
            assertThat(parts.images()).isEqualTo(BATCH);
            assertThat(parts.correct()).isEqualTo(all.correct());
            assertThat(parts.loss()).isCloseTo(all.loss(), within(1e-3));
        }
    }

    @Test
    void savedStateGoesOnAsIfNothingHadHappened(@TempDir Path folder) throws Exception {
        Path state = folder.resolve("state");
        double expected;
        try (TrainingGraph graph = new TrainingGraph(DROPPING, Recipes.plain(1, 7))) {
            for (int step = 1; step <= 5; step++) {
                graph.step(pixels, labels, BATCH, 0.01, 1, step);
            }
            graph.save(state);
            graph.step(pixels, labels, BATCH, 0.01, 1, 6);
            expected = graph.step(pixels, labels, BATCH, 0.01, 1, 7).loss();
        }
        // Other initial weights: all that matters comes from the file, Adam's moments and powers included.
        try (TrainingGraph graph = new TrainingGraph(DROPPING, Recipes.plain(1, 8))) {
            graph.restore(state);
            graph.step(pixels, labels, BATCH, 0.01, 1, 6);
            assertThat(graph.step(pixels, labels, BATCH, 0.01, 1, 7).loss()).isCloseTo(expected, within(1e-9));
        }
    }

    @Test
    void noTensorStaysOpen() {
        try (TrainingGraph graph = new TrainingGraph(SMALL, Recipes.plain(1, 9))) {
            graph.step(pixels, labels, BATCH, 0.01, 1, 1);
            graph.evaluate(pixels, labels, BATCH);
            graph.weights();
            long before = Pointer.totalCount();
            for (int step = 2; step < 20; step++) {
                graph.step(pixels, labels, BATCH, 0.01, 1, step);
                graph.evaluate(pixels, labels, BATCH);
                graph.weights();
            }
            assertThat(Pointer.totalCount()).isEqualTo(before);
        }
    }

    /** −Σ q·log p with q = (1 − ε)·one-hot + ε/K, in plain arithmetic on the logits before the step; evaluation does not smooth. */
    @Test
    void smoothedLabelsSpreadTheTarget() {
        OptimizerSettings smoothing = new OptimizerSettings(0.003, Schedule.CONSTANT, 0, 0, 0.3, 0);
        try (TrainingGraph smoothed = new TrainingGraph(SMALL, Recipes.with(smoothing, 11));
                TrainingGraph plain = new TrainingGraph(SMALL, Recipes.plain(1, 11))) {
            double hard = plain.step(pixels, labels, BATCH, 0.01, 1, 1).loss();
            double soft = smoothed.step(pixels, labels, BATCH, 0.01, 1, 1).loss();
            // The same weights and batch for every class in turn: the mean over the classes is what ε spreads.
            double even = 0;
            for (int k = 0; k < 3; k++) {
                int[] all = new int[BATCH];
                Arrays.fill(all, k);
                try (TrainingGraph fresh = new TrainingGraph(SMALL, Recipes.plain(1, 11))) {
                    even += fresh.step(pixels, all, BATCH, 0.01, 1, 1).loss() / 3;
                }
            }
            assertThat(soft).isCloseTo(0.7 * hard + 0.3 * even, within(1e-3));
            assertThat(soft).isNotCloseTo(hard, within(0.1));

            TrainingGraph.Sums evaluated = smoothed.evaluate(pixels, labels, BATCH);
            assertThat(evaluated.loss()).isCloseTo(crossEntropy(smoothed.logits(pixels, BATCH)), within(1e-3));
        }
    }

    private double crossEntropy(float[] logits) {
        double loss = 0;
        for (int n = 0; n < BATCH; n++) {
            double sum = 0;
            for (int k = 0; k < 3; k++) {
                sum += Math.exp(logits[n * 3 + k]);
            }
            loss += Math.log(sum) - logits[n * 3 + labels[n]];
        }
        return loss;
    }

    @Test
    void anAverageThatForgetsAtOnceIsTheWeights() {
        OptimizerSettings none = new OptimizerSettings(0.003, Schedule.CONSTANT, 0, 0, 0, 0);
        try (TrainingGraph graph = new TrainingGraph(SMALL, Recipes.with(none, 12))) {
            for (int step = 1; step <= 3; step++) {
                graph.step(pixels, labels, BATCH, 0.01, 1, step);
                assertThat(graph.weights().get("logits/kernel")).isEqualTo(graph.current("logits/kernel"));
            }
        }
    }

    @Test
    void bfloat16IsCloseAndKeepsItsWeightsInFloat32() {
        TrainSettings plain = Recipes.plain(1, 13);
        TrainSettings half = new TrainSettings(
                1, 32, 0.2, plain.optimizer(), plain.augmentation(), plain.design(), Precision.BFLOAT16, false, 13);
        // Large enough for TensorFlow to find the rewrite worth while.
        Architecture large = new Architecture(8, 8, 1, 3, new Design(List.of(32, 64), 2, false, false, 64, 0));
        try (TrainingGraph full = new TrainingGraph(large, plain);
                TrainingGraph rewritten = new TrainingGraph(large, half)) {
            double exact = full.step(pixels, labels, BATCH, 0.001, 1, 1).meanLoss();
            double rounded = rewritten.step(pixels, labels, BATCH, 0.001, 1, 1).meanLoss();
            assertThat(rounded).isCloseTo(exact, within(0.03)).isNotEqualTo(exact);
            // A float32 weight holds more digits than a bfloat16 can.
            float[] weights = rewritten.current("block2/conv2/kernel");
            int fine = 0;
            for (float weight : weights) {
                fine += (Float.floatToIntBits(weight) & 0xFFFF) != 0 ? 1 : 0;
            }
            assertThat(fine).isGreaterThan(weights.length * 9 / 10);
        }
    }
}

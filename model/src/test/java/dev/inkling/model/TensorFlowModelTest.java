package dev.inkling.model;

import static dev.inkling.spi.Formula.Input.ACTIVATION;
import static dev.inkling.spi.Formula.Input.CONTRIBUTION;
import static dev.inkling.spi.Formula.Input.GRADIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.model.saved.ModelChoices;
import dev.inkling.model.saved.ModelGraph;
import dev.inkling.spi.Biases;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Model;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import dev.inkling.tck.PlainModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.FloatNdArray;

class TensorFlowModelTest {

    private static final Architecture SMALL = ModelFixtures.SMALL;
    private static final int IMAGE = 8 * 12 * 2;

    @TempDir
    static Path folder;

    static Map<String, float[]> weights;
    static TensorFlowModel model;

    @BeforeAll
    static void load() {
        weights = RandomWeights.of(SMALL, 7);
        ModelFixtures.write(folder.resolve("small"), SMALL, weights);
        model = TensorFlowModel.load(folder.resolve("small"));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static FloatNdArray images(float[] pixels) {
        return FloatArrays.of(pixels, pixels.length / IMAGE, 8, 12, 2);
    }

    @Test
    void probabilitiesAreTheSoftmaxOfTheScores() {
        float[] pixels = RandomWeights.images(SMALL, 2, 2);
        float[] logits = FloatArrays.flat(model.scores(images(pixels)));
        float[] probabilities = FloatArrays.flat(model.probabilities(images(pixels)));
        for (int n = 0; n < 2; n++) {
            double sum = 0;
            for (int k = 0; k < 3; k++) {
                sum += Math.exp(logits[n * 3 + k]);
            }
            for (int k = 0; k < 3; k++) {
                assertThat((double) probabilities[n * 3 + k])
                        .isCloseTo(Math.exp(logits[n * 3 + k]) / sum, within(1e-6));
            }
        }
    }

    @Test
    void gradientsOfTheReferenceNetworkEqualThoseOfPlainArithmetic() {
        Architecture reference = new Architecture(28, 28, 1, 10, Design.REFERENCE);
        Map<String, float[]> referenceWeights = RandomWeights.of(reference, 3);
        ModelFixtures.write(folder.resolve("reference"), reference, referenceWeights);
        PlainModel network = PlainNetwork.of(reference, referenceWeights, false);
        FloatNdArray image = FloatArrays.of(RandomWeights.images(reference, 1, 4), 1, 28, 28, 1);
        Targets target = Targets.contrast(10, new int[] {4}, new int[] {9});
        try (TensorFlowModel loaded = TensorFlowModel.load(folder.resolve("reference"))) {
            assertThat(ModelFixtures.relativeError(
                            FloatArrays.flat(loaded.require(Gradients.class).gradients(image, target)),
                            ModelFixtures.doubles(FloatArrays.flat(network.gradients(image, target)))))
                    .isLessThan(1e-4);
        }
    }

    @Test
    void scoresFromALayerContinueItsActivations() {
        float[] pixels = RandomWeights.images(SMALL, 3, 6);
        Layers layers = model.require(Layers.class);
        float[] expected = FloatArrays.flat(model.scores(images(pixels)));
        for (var layer : model.signature().layers()) {
            FloatNdArray activations = layers.activations(layer.name(), images(pixels));
            assertThat(activations.shape().asArray())
                    .containsExactly(3, layer.height(), layer.width(), layer.channels());
            assertThat(FloatArrays.flat(layers.scoresFrom(layer.name(), activations)))
                    .as(layer.name())
                    .containsExactly(expected, within(1e-5f));
        }
        // and are not those of the image that was fed before
        FloatNdArray zeros = FloatArrays.of(new float[3 * 7], 3, 1, 1, 7);
        assertThat(FloatArrays.flat(layers.scoresFrom("dense", zeros)))
                .startsWith(weights.get("logits/bias"), within(1e-6f));
    }

    @Test
    void layerGradientsPredictTheEffectOfASmallChange() {
        float[] pixels = RandomWeights.images(SMALL, 1, 8);
        Layers layers = model.require(Layers.class);
        Targets target = Targets.classes(3, 1);
        Layers.LayerGradients found = layers.gradients("block3/conv2", images(pixels), target);
        float[] activations = FloatArrays.flat(found.activations());
        float[] gradients = FloatArrays.flat(found.gradients());
        assertThat(activations)
                .containsExactly(FloatArrays.flat(layers.activations("block3/conv2", images(pixels))), within(1e-6f));
        // From the last convolution on, the network is linear but for one ReLU, so a step of 1e-2 is exact to rounding.
        for (int i : new int[] {0, 5, 17, 35}) {
            float[] moved = activations.clone();
            moved[i] += 1e-2f;
            float[] both = FloatArrays.flat(
                    layers.scoresFrom("block3/conv2", FloatArrays.of(concat(moved, activations), 2, 2, 3, 6)));
            assertThat((both[1] - both[4]) / 1e-2f).isCloseTo(gradients[i], within(2e-4f));
        }
    }

    @Test
    void layerGradientsGoBackNoFurtherThanTheLayer() {
        ModelFixtures.write(folder.resolve("fresh"), SMALL, weights);
        try (TensorFlowModel fresh = TensorFlowModel.load(folder.resolve("fresh"))) {
            FloatNdArray image = images(RandomWeights.images(SMALL, 1, 9));
            fresh.require(Layers.class).gradients("block3/conv2", image, Targets.classes(3, 0));
            assertThat(fresh.operations("Conv2D")).isEqualTo(6);
            fresh.require(Layers.class).gradients("block3/conv1", image, Targets.classes(3, 0));
            assertThat(fresh.operations("Conv2D")).isEqualTo(6 + 1);
            fresh.require(Gradients.class).gradients(image, Targets.classes(3, 0));
            assertThat(fresh.operations("Conv2D")).isEqualTo(6 + 1 + 6);
            assertThat(fresh.operations("Conv2DBackpropInput")).isZero();
        }
    }

    @Test
    void backwardPassesAreBuiltOnceAndKept() {
        FloatNdArray image = images(RandomWeights.images(SMALL, 1, 9));
        Callable<Void> everything = () -> {
            for (int target = 0; target < 3; target++) {
                Targets targets = Targets.classes(3, target);
                model.require(Gradients.class).gradients(image, targets);
                model.require(Layers.class).gradients("block2/conv1", image, targets);
                model.require(Propagation.class).propagate(image, targets, new Rule.Guided());
            }
            return null;
        };
        run(everything);
        int before = model.operations(null);
        run(everything);
        assertThat(model.operations(null)).isEqualTo(before);
    }

    @Test
    void largeBatchesAreChunkedWithoutAChangeOfTheNumbers() {
        int count = 300;
        float[] pixels = RandomWeights.images(SMALL, count, 10);
        int[] classes = new int[count];
        Arrays.setAll(classes, n -> n % 3);
        float[] whole =
                FloatArrays.flat(model.require(Gradients.class).gradients(images(pixels), Targets.classes(3, classes)));
        float[] scores = FloatArrays.flat(model.scores(images(pixels)));
        assertThat(whole).hasSize(count * IMAGE);
        for (int n : new int[] {0, 1, 127, 128, 200, 255, 256, 299}) {
            FloatNdArray alone = images(Arrays.copyOfRange(pixels, n * IMAGE, (n + 1) * IMAGE));
            assertThat(Arrays.copyOfRange(scores, n * 3, n * 3 + 3))
                    .containsExactly(FloatArrays.flat(model.scores(alone)), within(1e-5f));
            assertThat(Arrays.copyOfRange(whole, n * IMAGE, (n + 1) * IMAGE))
                    .containsExactly(
                            FloatArrays.flat(
                                    model.require(Gradients.class).gradients(alone, Targets.classes(3, n % 3))),
                            within(1e-5f));
        }
    }

    /** Parts are computed side by side and come back in order, whatever their number; each fetched tensor does. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 50, 300})
    void imagesOfABatchGetTheNumbersOfLonelyOnes(int count) {
        float[] pixels = RandomWeights.images(SMALL, count, 15);
        int[] classes = new int[count];
        Arrays.setAll(classes, n -> n % 3);
        float[] scores = FloatArrays.flat(model.scores(images(pixels)));
        Layers.LayerGradients found =
                model.require(Layers.class).gradients("block1/conv1", images(pixels), Targets.classes(3, classes));
        for (int n = 0; n < count; n++) {
            FloatNdArray image = images(Arrays.copyOfRange(pixels, n * IMAGE, (n + 1) * IMAGE));
            Layers.LayerGradients alone =
                    model.require(Layers.class).gradients("block1/conv1", image, Targets.classes(3, n % 3));
            assertRow(n, scores, model.scores(image));
            assertRow(n, FloatArrays.flat(found.activations()), alone.activations());
            assertRow(n, FloatArrays.flat(found.gradients()), alone.gradients());
        }
    }

    /** The same bits, each image once. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 300})
    void layersAreShownImageByImage(int count) {
        FloatNdArray images = images(RandomWeights.images(SMALL, count, 15));
        int[] classes = new int[count];
        Arrays.setAll(classes, n -> n % 3);
        Targets targets = Targets.classes(3, classes);
        Layers layers = model.require(Layers.class);
        float[][] activations = new float[count][];
        float[][] gradients = new float[count][];
        AtomicInteger visits = new AtomicInteger();
        layers.visit("block1/conv1", images, targets, List.of(ACTIVATION, GRADIENT), (image, shown) -> {
            activations[image] = shown.get(0).clone();
            gradients[image] = shown.get(1).clone();
            visits.incrementAndGet();
        });
        Layers.LayerGradients whole = layers.gradients("block1/conv1", images, targets);
        assertThat(concat(activations)).isEqualTo(FloatArrays.flat(whole.activations()));
        assertThat(concat(gradients)).isEqualTo(FloatArrays.flat(whole.gradients()));

        layers.visit("dense", images, targets, List.of(ACTIVATION), (image, shown) -> {
            activations[image] = shown.get(0).clone();
            visits.incrementAndGet();
        });
        assertThat(concat(activations)).isEqualTo(FloatArrays.flat(layers.activations("dense", images)));
        assertThat(visits).hasValue(2 * count);
    }

    @Test
    void whatDoesNotFitIsNotShown() {
        Layers layers = model.require(Layers.class);
        FloatNdArray images = images(RandomWeights.images(SMALL, 2, 15));
        Layers.Visitor visitor = (image, values) -> fail("image %d is shown", image);
        Targets targets = Targets.classes(3, 0, 1);
        assertThatThrownBy(() -> layers.visit("block9/conv1", images, targets, List.of(ACTIVATION), visitor))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("model 'test' has no layer 'block9/conv1'");
        assertThatThrownBy(() ->
                        layers.visit("block1/conv1", images, Targets.classes(3, 0), List.of(GRADIENT.relu()), visitor))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("targets are (1, 3), expected (2, 3)");
        assertThatThrownBy(() -> layers.visit(
                        "block1/conv1", images, targets, List.of(ACTIVATION, CONTRIBUTION.relu()), visitor))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("a formula reads CONTRIBUTION; expected only ");
        Biases.Visitor ofBiases = (image, operation, shape, values) -> fail("image %d is shown", image);
        assertThatThrownBy(() -> model.require(Biases.class).visit(images, targets, List.of(GRADIENT), ofBiases))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("a formula reads GRADIENT; expected only [CONTRIBUTION]");
    }

    private static void assertRow(int n, float[] found, FloatNdArray alone) {
        float[] expected = FloatArrays.flat(alone);
        assertThat(ModelFixtures.relativeError(
                        Arrays.copyOfRange(found, n * expected.length, (n + 1) * expected.length),
                        ModelFixtures.doubles(expected)))
                .as("image %d", n)
                .isLessThan(1e-6);
    }

    @Test
    void equalBatchesGiveEqualBits() {
        float[] pixels = RandomWeights.images(SMALL, 37, 16);
        float[] first = FloatArrays.flat(model.scores(images(pixels)));
        for (int i = 0; i < 10; i++) {
            assertThat(FloatArrays.flat(model.scores(images(pixels)))).isEqualTo(first);
        }
    }

    /** How a model of this architecture computes a single image. */
    private GraphSession.Width widthOfOne(Architecture architecture) {
        Path another = folder.resolve("another" + architecture.height());
        ModelFixtures.write(another, architecture, RandomWeights.of(architecture, 19));
        try (BatchSession session = new BatchSession(ModelGraph.read(another, ModelChoices.NONE), Execution.DEFAULT)) {
            return session.width(1);
        }
    }

    @Test
    void allProcessorsShareAnImageThatCostsMuch() {
        Architecture large = new Architecture(64, 64, 3, 2, new Design(List.of(64), 2, false, false, 4, 0));
        ModelFixtures.write(folder.resolve("large"), large, RandomWeights.of(large, 17));
        try (TensorFlowModel costly = TensorFlowModel.load(folder.resolve("large"))) {
            assertThat(costly.floatingPointOperations().orElseThrow()).isGreaterThan(100_000_000);
            assertThat(widthOfOne(large)).isEqualTo(GraphSession.Width.WIDE);
            float[] pixels = RandomWeights.images(large, 5, 18);
            float[] scores = FloatArrays.flat(costly.scores(FloatArrays.of(pixels, 5, 64, 64, 3)));
            int image = 64 * 64 * 3;
            for (int n = 0; n < 5; n++) {
                float[] one = Arrays.copyOfRange(pixels, n * image, (n + 1) * image);
                assertRow(n, scores, costly.scores(FloatArrays.of(one, 1, 64, 64, 3)));
            }
        }
        assertThat(widthOfOne(SMALL))
                .isEqualTo(
                        SessionThreads.own() && Runtime.getRuntime().availableProcessors() > 1
                                ? GraphSession.Width.NARROW
                                : GraphSession.Width.WIDE);
    }

    @Test
    void timeInTensorFlowIsPartOfTheTime() {
        long inside = model.nanosInTensorFlow();
        long began = System.nanoTime();
        model.scores(images(RandomWeights.images(SMALL, 300, 19)));
        assertThat(model.nanosInTensorFlow() - inside).isBetween(1L, System.nanoTime() - began);
    }

    @Test
    void concurrentCallsGetTheNumbersOfLonelyOnes() throws Exception {
        ModelFixtures.write(folder.resolve("shared"), SMALL, weights);
        try (TensorFlowModel shared = TensorFlowModel.load(folder.resolve("shared"))) {
            ExecutorService pool = Executors.newFixedThreadPool(8);
            List<Future<float[]>> found = new ArrayList<>();
            // Every pass is built while others run: the graph grows under load.
            for (int i = 0; i < 64; i++) {
                int call = i;
                found.add(pool.submit(() -> call(shared, call)));
            }
            for (int i = 0; i < 64; i++) {
                assertThat(found.get(i).get()).as("call %d", i).containsExactly(call(model, i), within(1e-6f));
            }
            pool.shutdown();
        }
    }

    private static float[] call(Model on, int call) {
        FloatNdArray images = images(RandomWeights.images(SMALL, 3, 100 + call));
        Targets targets = Targets.classes(3, call % 3, (call + 1) % 3, 0);
        return FloatArrays.flat(
                switch (call % 6) {
                    case 0 -> on.scores(images);
                    case 1 -> on.require(Gradients.class).gradients(images, targets);
                    case 2 ->
                        on.require(Layers.class)
                                .gradients("block" + (1 + call % 3) + "/conv1", images, targets)
                                .gradients();
                    case 3 ->
                        on.require(Propagation.class)
                                .propagate(images, targets, new Rule.Guided())
                                .values();
                    case 4 ->
                        on.require(Propagation.class)
                                .propagate(images, targets, new Rule.Deconvnet())
                                .values();
                    default ->
                        on.require(Propagation.class)
                                .propagate(images, targets, new Rule.Lrp(new LrpRule.Epsilon(0.1)))
                                .values();
                });
    }

    @Test
    void noTensorStaysOpenAndNoResultLivesInNativeMemory() {
        FloatNdArray images = images(RandomWeights.images(SMALL, 200, 11));
        Targets targets = Targets.predicted(model.scores(images));
        Callable<FloatNdArray> work = () -> {
            model.require(Layers.class).gradients("block1/conv1", images, targets);
            return model.require(Gradients.class).gradients(images, targets);
        };
        FloatNdArray first = run(work);
        float[] copy = FloatArrays.flat(first);
        run(work);
        long before = Pointer.totalCount();
        for (int i = 0; i < 20; i++) {
            run(work);
        }
        assertThat(Pointer.totalCount()).isEqualTo(before);
        model.require(Gradients.class).gradients(images(RandomWeights.images(SMALL, 200, 12)), targets);
        assertThat(FloatArrays.flat(first)).isEqualTo(copy);
    }

    @Test
    void inputsAreLeftAlone() {
        float[] pixels = RandomWeights.images(SMALL, 2, 13);
        float[] copy = pixels.clone();
        model.require(Propagation.class).propagate(images(pixels), Targets.classes(3, 0, 1), new Rule.Guided());
        assertThat(pixels).isEqualTo(copy);
    }

    @Test
    void wrongInputIsRefusedWithWhatWasExpected() {
        assertThatThrownBy(() -> model.scores(FloatArrays.of(new float[27 * 28], 1, 27, 28, 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("image is 27×28×1, model 'test' expects 8×12×2");
        float[] pixels = RandomWeights.images(SMALL, 2, 14);
        assertThatThrownBy(() -> model.require(Gradients.class).gradients(images(pixels), Targets.classes(3, 0)))
                .hasMessage("targets are (1, 3), expected (2, 3): a row per image, a weight per class of model 'test'");
        assertThatThrownBy(() -> model.require(Layers.class).activations("block9/conv1", images(pixels)))
                .hasMessage(
                        "model 'test' has no layer 'block9/conv1'; its layers: block1/conv1, block1/conv2, block1/pool,"
                                + " block2/conv1, block2/conv2, block2/pool, block3/conv1, block3/conv2, pool, dense, logits");
        assertThatThrownBy(
                        () -> model.require(Layers.class).scoresFrom("dense", FloatArrays.of(new float[6], 1, 1, 1, 6)))
                .hasMessage("activations have shape [1, 1, 1, 6], layer 'dense' has [-1, 1, 1, 7]");
        pixels[IMAGE + (3 * 12 + 5) * 2 + 1] = Float.NaN;
        assertThatThrownBy(() -> model.scores(images(pixels)))
                .hasMessage("image 1 holds NaN at row 3, column 5; expected finite numbers");
    }

    @Test
    void offersExactlyItsCapabilities() {
        assertThat(model.capability(TensorFlowModel.class)).containsSame(model);
        assertThat(model.capability(Runnable.class)).isEmpty();
    }

    @Test
    void sameWeightsGiveTheSameFile() throws Exception {
        ModelFixtures.write(folder.resolve("again"), SMALL, weights);
        assertThat(Files.mismatch(folder.resolve("again/saved_model.pb"), folder.resolve("small/saved_model.pb")))
                .isEqualTo(-1);
        assertThat(model.sha256()).hasSize(64);
        try (var files = Files.list(folder.resolve("again"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("saved_model.pb", "assets.extra");
        }
    }

    private static <T> T run(Callable<T> work) {
        try {
            return work.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static float maximum(float[] values) {
        float maximum = 0;
        for (float value : values) {
            maximum = Math.max(maximum, Math.abs(value));
        }
        return maximum;
    }

    private static float[] concat(float[]... parts) {
        float[] whole = new float[0];
        for (float[] part : parts) {
            int at = whole.length;
            whole = Arrays.copyOf(whole, at + part.length);
            System.arraycopy(part, 0, whole, at, part.length);
        }
        return whole;
    }
}

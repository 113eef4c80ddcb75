package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import dev.inkling.model.saved.ModelCard;
import dev.inkling.model.saved.ModelChoices;
import dev.inkling.model.saved.ModelFolder;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.Targets;
import dev.inkling.tck.PlainModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

/** Every option of a design and their combinations, exported and loaded again, against {@link PlainNetwork}. */
class NetworkTest {

    private static final String ARCHITECTURES = "dev.inkling.model.ModelFixtures#architectures";

    @TempDir
    Path folder;

    private TensorFlowModel load(Architecture architecture, Map<String, float[]> weights) {
        ModelFixtures.write(folder.resolve("model"), architecture, weights);
        return TensorFlowModel.load(folder.resolve("model"));
    }

    private static FloatNdArray images(Architecture architecture, float[] pixels) {
        int size = architecture.height() * architecture.width() * architecture.channels();
        return FloatArrays.of(
                pixels, pixels.length / size, architecture.height(), architecture.width(), architecture.channels());
    }

    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void everyLayerIsThatOfTheUnfoldedNetwork(Architecture architecture) {
        Map<String, float[]> weights = RandomWeights.of(architecture, 21);
        PlainModel plain = PlainNetwork.of(architecture, weights, false);
        FloatNdArray images = images(architecture, RandomWeights.images(architecture, 3, 22));
        try (TensorFlowModel model = load(architecture, weights)) {
            assertThat(FloatArrays.flat(model.scores(images)))
                    .containsExactly(FloatArrays.flat(plain.scores(images)), within(1e-5f));
            Layers layers = model.require(Layers.class);
            for (Layer layer : model.signature().layers()) {
                assertThat(FloatArrays.flat(layers.activations(layer.name(), images)))
                        .as(layer.name())
                        .containsExactly(FloatArrays.flat(plain.activations(layer.name(), images)), within(1e-5f));
            }
        }
    }

    /** The plain network's own are checked by finite differences where it is. */
    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void gradientsOfTheImageAndOfEveryLayerEqualThoseOfPlainArithmetic(Architecture architecture) {
        Map<String, float[]> weights = RandomWeights.of(architecture, 23);
        PlainModel plain = PlainNetwork.of(architecture, weights, true);
        FloatNdArray image = images(architecture, RandomWeights.images(architecture, 1, 24));
        Targets target = Targets.contrast(architecture.classes(), new int[] {1}, new int[] {0});
        try (TensorFlowModel model = load(architecture, weights)) {
            assertClose(
                    "image", model.require(Gradients.class).gradients(image, target), plain.gradients(image, target));
            for (Layer layer : model.signature().layers()) {
                assertClose(
                        layer.name(),
                        model.require(Layers.class)
                                .gradients(layer.name(), image, target)
                                .gradients(),
                        plain.gradients(layer.name(), image, target).gradients());
            }
        }
    }

    /**
     * TensorFlow adds a residual block's input within a convolution, whose kernel keeps in a field what one run adds. Images of the usual size,
     * since with small ones runs hardly meet there.
     */
    @Test
    void runsSideBySideDoNotDisturbEachOther() {
        Architecture architecture =
                new Architecture(28, 28, 1, 10, new Design(List.of(8, 16, 16), 1, true, true, 32, 0));
        Map<String, float[]> weights = RandomWeights.of(architecture, 25);
        FloatNdArray images = images(architecture, RandomWeights.images(architecture, 40, 26));
        float[] expected =
                FloatArrays.flat(PlainNetwork.of(architecture, weights, false).scores(images));
        try (TensorFlowModel model = load(architecture, weights)) {
            IntStream.range(0, 300)
                    .parallel()
                    .forEach(run -> assertThat(FloatArrays.flat(model.scores(images)))
                            .containsExactly(expected, within(1e-5f)));
        }
    }

    private static void assertClose(String what, FloatNdArray found, FloatNdArray expected) {
        double[] values = ModelFixtures.doubles(FloatArrays.flat(expected));
        assertThat(Arrays.stream(values).anyMatch(value -> value != 0))
                .as("%s matters", what)
                .isTrue();
        assertThat(ModelFixtures.relativeError(FloatArrays.flat(found), values))
                .as(what)
                .isLessThan(1e-4);
    }

    /**
     * A black image makes every window of the first pooling a tie of the same bias: the gradient goes to each window's first place
     * in row-major order, and to no other.
     */
    @Test
    void aTieInPoolingGoesToTheFirstPlace() {
        Architecture architecture = new Architecture(4, 6, 1, 3, new Design(List.of(4, 5), 1, false, false, 12, 0));
        Map<String, float[]> weights = RandomWeights.of(architecture, 31);
        Arrays.fill(weights.get("block1/conv1/bias"), 0);
        Arrays.fill(weights.get("block1/conv1/mean"), 0);
        Arrays.fill(weights.get("block1/conv1/beta"), 0.5f);
        try (TensorFlowModel model = load(architecture, weights)) {
            float[] found = FloatArrays.flat(model.require(Layers.class)
                    .gradients("block1/conv1", images(architecture, new float[24]), Targets.classes(3, 1))
                    .gradients());
            int first = 0;
            for (int i = 0; i < found.length; i++) {
                int pixel = i / 4;
                if (pixel / 6 % 2 == 0 && pixel % 6 % 2 == 0) {
                    first += found[i] != 0 ? 1 : 0;
                } else {
                    assertThat(found[i]).as("value %d", i).isZero();
                }
            }
            assertThat(first).isGreaterThan(12);
        }
    }

    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void scoresFollowFromALayerUnlessTheImageHasAWayAroundIt(Architecture architecture) {
        float[] pixels = RandomWeights.images(architecture, 2, 28);
        boolean residual = architecture.design().residual();
        Set<String> bypassed = new TreeSet<>();
        try (TensorFlowModel model = load(architecture, RandomWeights.of(architecture, 27))) {
            float[] expected = FloatArrays.flat(model.scores(images(architecture, pixels)));
            Layers layers = model.require(Layers.class);
            for (Layer layer : model.signature().layers()) {
                FloatNdArray activations = layers.activations(layer.name(), images(architecture, pixels));
                if (layer.kind() == Kind.ATTENTION || residual && layer.name().matches(".*/(conv\\d|shortcut)")) {
                    bypassed.add(layer.name());
                    assertThatThrownBy(() -> layers.scoresFrom(layer.name(), activations))
                            .isInstanceOf(InvalidInputException.class)
                            .hasMessageStartingWith("the scores of model 'test' do not follow from layer '"
                                    + layer.name() + "' alone, for the image has a way around it;")
                            .hasMessageEndingWith(", pool, dense, logits");
                    assertThatThrownBy(() -> layers.visit(
                                    layer.name(),
                                    images(architecture, pixels),
                                    Targets.classes(architecture.classes(), 0, 0),
                                    List.of(Formula.Input.SCORE_DROP),
                                    (image, values) -> {}))
                            .isInstanceOf(InvalidInputException.class)
                            .hasMessageEndingWith(", pool, dense, logits");
                } else {
                    assertThat(FloatArrays.flat(layers.scoresFrom(layer.name(), activations)))
                            .as(layer.name())
                            .containsExactly(expected, within(1e-5f));
                }
            }
        }
        assertThat(bypassed.isEmpty())
                .isEqualTo(!residual && !architecture.design().attention());
    }

    /** Against copies in which the channel is 0, as the interface's own implementation makes them; five images in two parts. */
    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void aScoreDropsByWhatAChannelBrings(Architecture architecture) {
        FloatNdArray images = images(architecture, RandomWeights.images(architecture, 5, 31));
        int classes = architecture.classes();
        Targets targets = Targets.classes(classes, 0, 1, 0, 1, classes - 1);
        Formula gradients = Formula.Input.GRADIENT.sumOverPlaces();
        List<Formula> formulas = List.of(
                Formula.Input.SCORE_DROP,
                Formula.Input.ACTIVATION,
                Formula.Input.SCORE_DROP.times(Formula.Input.ACTIVATION).sumOverChannels(),
                gradients.minus(Formula.Input.SCORE_DROP));
        try (TensorFlowModel model = load(architecture, RandomWeights.of(architecture, 32))) {
            Layers layers = model.require(Layers.class);
            Layers plain = mock(Layers.class, CALLS_REAL_METHODS);
            doAnswer(call -> layers.scoresFrom(call.getArgument(0), call.getArgument(1)))
                    .when(plain)
                    .scoresFrom(any(), any());
            doAnswer(call -> layers.gradients(call.getArgument(0), call.getArgument(1), call.getArgument(2)))
                    .when(plain)
                    .gradients(any(), any(), any());
            boolean residual = architecture.design().residual();
            for (Layer layer : model.signature().layers()) {
                if (layer.kind() == Kind.ATTENTION || residual && layer.name().matches(".*/(conv\\d|shortcut)")) {
                    continue;
                }
                List<List<float[]>> expected = visited(plain, layer, images, targets, formulas);
                List<List<float[]>> found = visited(layers, layer, images, targets, formulas);
                for (int n = 0; n < 5; n++) {
                    for (int i = 0; i < formulas.size(); i++) {
                        assertThat(found.get(n).get(i))
                                .as("%s, image %d, formula %d", layer.name(), n, i)
                                .containsExactly(expected.get(n).get(i), within(1e-4f));
                    }
                }
            }
        }
    }

    /** With the least memory that an image can do with, channels are left out a few at a time. */
    @Test
    void aScoreDropsByTheSameWhateverTheMemory() {
        Architecture architecture = new Architecture(8, 8, 1, 3, new Design(List.of(4, 40), 1, false, false, 8, 0));
        FloatNdArray images = images(architecture, RandomWeights.images(architecture, 3, 33));
        Targets targets = Targets.classes(3, 0, 1, 2);
        List<Formula> formulas = List.of(Formula.Input.SCORE_DROP);
        try (TensorFlowModel model = load(architecture, RandomWeights.of(architecture, 34));
                TensorFlowModel poor = withLeastMemory()) {
            for (Layer layer : model.signature().layers()) {
                List<List<float[]>> expected = visited(model.require(Layers.class), layer, images, targets, formulas);
                List<List<float[]>> found = visited(poor.require(Layers.class), layer, images, targets, formulas);
                for (int n = 0; n < 3; n++) {
                    assertThat(found.get(n).get(0))
                            .as("%s, image %d", layer.name(), n)
                            .containsExactly(expected.get(n).get(0), within(1e-5f));
                }
            }
        }
    }

    private TensorFlowModel withLeastMemory() {
        for (long bytes = 1024; ; bytes += 1024) {
            try {
                return TensorFlowModel.load(
                        folder.resolve("model"),
                        ModelChoices.NONE,
                        new Execution(Precision.FLOAT32, OptionalLong.of(bytes)));
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining("--max-memory grants");
            }
        }
    }

    private static List<List<float[]>> visited(
            Layers layers, Layer layer, FloatNdArray images, Targets targets, List<Formula> formulas) {
        Map<Integer, List<float[]>> byImage = new ConcurrentSkipListMap<>();
        layers.visit(
                layer.name(),
                images,
                targets,
                formulas,
                (image, values) ->
                        byImage.put(image, values.stream().map(float[]::clone).toList()));
        return List.copyOf(byImage.values());
    }

    @Test
    void attentionIsAWeightForEachPlace() {
        Architecture architecture = new Architecture(9, 7, 3, 2, new Design(List.of(4, 5), 2, false, true, 6, 0));
        Map<String, float[]> weights = RandomWeights.of(architecture, 29);
        try (TensorFlowModel model = load(architecture, weights)) {
            assertThat(model.signature().requireLayers(Kind.ATTENTION))
                    .containsExactly(new Layer("attention", Kind.ATTENTION, 4, 3, 1));
            FloatNdArray images = images(architecture, RandomWeights.images(architecture, 5, 30));
            FloatNdArray maps = model.require(Layers.class).activations("attention", images);
            for (int n = 0; n < 5; n++) {
                float[] map = FloatArrays.flat(maps.get(n));
                double sum = 0;
                for (float weight : map) {
                    assertThat(weight).isPositive();
                    sum += weight;
                }
                assertThat(sum).isCloseTo(1, within(1e-6));
                assertThat(map[0]).isNotCloseTo(map[1], within(1e-5f));
            }
        }
        // Without a preference, attention is the mean.
        Arrays.fill(weights.get("attention/kernel"), 0);
        float[] pixels = RandomWeights.images(architecture, 2, 31);
        float[] attended;
        try (TensorFlowModel model = load(architecture, weights)) {
            attended = FloatArrays.flat(model.scores(images(architecture, pixels)));
        }
        Architecture averaging = new Architecture(9, 7, 3, 2, new Design(List.of(4, 5), 2, false, false, 6, 0));
        ModelFixtures.write(folder.resolve("averaging"), averaging, weights);
        try (TensorFlowModel model = TensorFlowModel.load(folder.resolve("averaging"))) {
            assertThat(FloatArrays.flat(model.scores(images(averaging, pixels))))
                    .containsExactly(attended, within(1e-5f));
        }
    }

    /** What others find in the exported graph: rules of propagation go by the names and types of its operations. */
    @Test
    void exportedGraphKeepsTheNamesOfItsParts() throws IOException {
        Architecture architecture = new Architecture(9, 7, 3, 2, new Design(List.of(4, 4), 1, true, true, 6, 0));
        ModelCard card = ModelFixtures.write(folder, architecture, RandomWeights.of(architecture, 1));
        GraphDef graph = SavedModel.parseFrom(Files.readAllBytes(folder.resolve(ModelFolder.GRAPH_FILE)))
                .getMetaGraphs(0)
                .getGraphDef();
        Map<String, String> types =
                graph.getNodeList().stream().collect(Collectors.toMap(NodeDef::getName, NodeDef::getOp));
        assertThat(types)
                .containsEntry("block1/shortcut/Conv2d", "Conv2D")
                .containsEntry("block1/shortcut/kernel", "Const")
                .containsEntry("block1/shortcut/bias", "Const")
                .containsEntry("block1/shortcut/BiasAdd", "BiasAdd")
                .containsEntry("block1/sum/Add", "Add")
                .containsEntry("block1/sum/Relu", "Relu")
                .containsEntry("block2/sum/Add", "Add")
                .containsEntry("attention/kernel", "Const")
                .containsEntry("attention/bias", "Const")
                .containsEntry("attention/Conv2d", "Conv2D")
                .containsEntry("attention/BiasAdd", "BiasAdd")
                .containsEntry("attention/scores", "Reshape")
                .containsEntry("attention/Softmax", "Softmax")
                .containsEntry("attention/map", "Reshape")
                .containsEntry("pool/Mul", "Mul")
                .containsEntry("pool/Sum", "Sum")
                .doesNotContainKeys("block1/conv1/Relu", "block2/shortcut/Conv2d", "pool/Mean");
        assertThat(node(graph, "block2/sum/Add").getInputList())
                .containsExactly("block2/conv1/BiasAdd", "block1/pool/MaxPool");
        assertThat(node(graph, "pool/Mul").getInputList()).containsExactly("block2/sum/Relu", "attention/map");
        assertThat(card.layers())
                .extracting(layer -> layer.name() + " " + layer.kind() + " " + layer.tensor())
                .containsExactly(
                        "block1/conv1 CONVOLUTION block1/conv1/BiasAdd:0",
                        "block1/shortcut CONVOLUTION block1/shortcut/BiasAdd:0",
                        "block1/sum CONVOLUTION block1/sum/Relu:0",
                        "block1/pool POOLING block1/pool/MaxPool:0",
                        "block2/conv1 CONVOLUTION block2/conv1/BiasAdd:0",
                        "block2/sum CONVOLUTION block2/sum/Relu:0",
                        "attention ATTENTION attention/map:0",
                        "pool POOLING pool/Sum:0",
                        "dense DENSE dense/Relu:0",
                        "logits DENSE logits/BiasAdd:0");
        assertThat(card.signature().lastConvolution().name()).isEqualTo("block2/sum");
    }

    private static NodeDef node(GraphDef graph, String name) {
        return graph.getNodeList().stream()
                .filter(node -> node.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}

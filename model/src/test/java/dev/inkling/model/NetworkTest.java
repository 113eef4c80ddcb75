package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Every option of a design and their combinations, exported and loaded again, against {@link PlainNetwork}. */
class NetworkTest {

    private static final String ARCHITECTURES = "dev.inkling.model.ModelFixtures#architectures";

    /** The least that rounds to a difference of logits in double precision. */
    private static final double STEP = 1e-6;

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

    private static double[] image(float[] pixels, int index, int count) {
        int size = pixels.length / count;
        return ModelFixtures.doubles(Arrays.copyOfRange(pixels, index * size, (index + 1) * size));
    }

    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void everyLayerIsThatOfTheUnfoldedNetwork(Architecture architecture) {
        Map<String, float[]> weights = RandomWeights.of(architecture, 21);
        PlainNetwork plain = new PlainNetwork(architecture, weights, false);
        float[] pixels = RandomWeights.images(architecture, 3, 22);
        try (TensorFlowModel model = load(architecture, weights)) {
            float[] logits = FloatArrays.flat(model.scores(images(architecture, pixels)));
            Layers layers = model.require(Layers.class);
            for (int n = 0; n < 3; n++) {
                double[] image = image(pixels, n, 3);
                double[] expected = plain.logits(image);
                for (int k = 0; k < expected.length; k++) {
                    assertThat((double) logits[n * expected.length + k]).isCloseTo(expected[k], within(1e-5));
                }
                Map<String, double[]> outputs = plain.layers(image);
                assertThat(model.signature().layers())
                        .extracting(Layer::name)
                        .containsExactlyInAnyOrderElementsOf(outputs.keySet());
                for (Layer layer : model.signature().layers()) {
                    float[] found = FloatArrays.flat(layers.activations(layer.name(), images(architecture, pixels))
                            .get(n));
                    assertThat(ModelFixtures.doubles(found))
                            .as(layer.name())
                            .containsExactly(outputs.get(layer.name()), within(1e-5));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void gradientsOfTheImageAndOfEveryLayerAreFiniteDifferences(Architecture architecture) {
        Map<String, float[]> weights = RandomWeights.of(architecture, 23);
        PlainNetwork plain = new PlainNetwork(architecture, weights, true);
        float[] pixels = RandomWeights.images(architecture, 1, 24);
        double[] image = image(pixels, 0, 1);
        Targets target = Targets.contrast(architecture.classes(), new int[] {1}, new int[] {0});
        try (TensorFlowModel model = load(architecture, weights)) {
            float[] found =
                    FloatArrays.flat(model.require(Gradients.class).gradients(images(architecture, pixels), target));
            assertDifferences("image", found, (i, by) -> {
                double[] moved = image.clone();
                moved[i] += by;
                return contrast(plain.logits(moved));
            });
            for (Layer layer : model.signature().layers()) {
                found = FloatArrays.flat(model.require(Layers.class)
                        .gradients(layer.name(), images(architecture, pixels), target)
                        .gradients());
                assertThat(found).as(layer.name()).hasSize(layer.height() * layer.width() * layer.channels());
                assertDifferences(layer.name(), found, (i, by) -> contrast(plain.logits(image, layer.name(), i, by)));
            }
        }
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

    private interface Disturbed {
        double score(int index, double by);
    }

    /** Compares some values where the score has a derivative: not where those of a pooling window are equal, such as zero. */
    private static void assertDifferences(String what, float[] found, Disturbed disturbed) {
        float[] compared = new float[found.length];
        double[] expected = new double[found.length];
        int stride = 1 + found.length / 50;
        int smooth = 0;
        for (int i = 0; i < found.length; i += stride) {
            double here = disturbed.score(i, 0);
            double above = (disturbed.score(i, STEP) - here) / STEP;
            double below = (here - disturbed.score(i, -STEP)) / STEP;
            if (Math.abs(above - below) < 1e-6) {
                expected[i] = (above + below) / 2;
                compared[i] = found[i];
                smooth++;
            }
        }
        assertThat(smooth).as("%s, %d values", what, found.length).isGreaterThan(found.length / stride / 3);
        assertClose(what, compared, expected);
    }

    private static double contrast(double[] logits) {
        return logits[1] - logits[0];
    }

    private static void assertClose(String what, float[] found, double[] expected) {
        assertThat(Arrays.stream(expected).anyMatch(value -> value != 0))
                .as("%s matters", what)
                .isTrue();
        assertThat(ModelFixtures.relativeError(found, expected)).as(what).isLessThan(1e-4);
    }

    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void modifiedBackwardPassesEqualTheirSecondImplementation(Architecture architecture) {
        Map<String, float[]> weights = RandomWeights.of(architecture, 25);
        PlainNetwork plain = new PlainNetwork(architecture, weights, true);
        float[] pixels = RandomWeights.images(architecture, 4, 26);
        float[] rows = new float[4 * architecture.classes()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = 1 - 0.75f * (i % 3);
        }
        Targets targets = Targets.of(FloatArrays.of(rows, 4, architecture.classes()));
        try (TensorFlowModel model = load(architecture, weights)) {
            Map<Rule, PlainNetwork.Backward> modes = Map.of(
                    new Rule.Guided(), PlainNetwork.Backward.GUIDED,
                    new Rule.Deconvnet(), PlainNetwork.Backward.DECONVNET);
            modes.forEach((rule, mode) -> {
                float[] found = FloatArrays.flat(
                        model.require(Propagation.class).propagate(images(architecture, pixels), targets, rule));
                double[] expected = IntStream.range(0, 4)
                        .mapToObj(n -> plain.backward(image(pixels, n, 4), image(rows, n, 4), mode, 0))
                        .flatMapToDouble(Arrays::stream)
                        .toArray();
                assertClose(rule.toString(), found, expected);
            });
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
    void exportedGraphKeepsTheNamesOfItsParts() {
        Architecture architecture = new Architecture(9, 7, 3, 2, new Design(List.of(4, 4), 1, true, true, 6, 0));
        ModelFixtures.write(folder, architecture, RandomWeights.of(architecture, 1));
        ModelFolder read = ModelFolder.read(folder);
        GraphDef graph = read.metaGraph().getGraphDef();
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
        assertThat(read.card().orElseThrow().layers())
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
        assertThat(read.card().orElseThrow().signature().lastConvolution().name())
                .isEqualTo("block2/sum");
    }

    private static NodeDef node(GraphDef graph, String name) {
        return graph.getNodeList().stream()
                .filter(node -> node.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void relevanceIsRefusedWhereItHasNoRule() {
        assertLrpRefused(true, false, "LRP has no rule for operation 'block2/sum/Add' of type Add");
        assertLrpRefused(false, true, "LRP has no rule for operation 'pool/Sum' of type Sum");
    }

    private void assertLrpRefused(boolean residual, boolean attention, String message) {
        Architecture architecture =
                new Architecture(9, 7, 3, 2, new Design(List.of(4, 5), 1, residual, attention, 6, 0));
        try (TensorFlowModel model = load(architecture, RandomWeights.of(architecture, 1))) {
            FloatNdArray image = images(architecture, RandomWeights.images(architecture, 1, 2));
            assertThatThrownBy(() -> model.require(Propagation.class)
                            .propagate(image, Targets.classes(2, 0), new Rule.LrpEpsilon(0.1)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage(message);
        }
    }
}

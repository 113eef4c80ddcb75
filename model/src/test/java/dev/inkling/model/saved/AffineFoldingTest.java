package dev.inkling.model.saved;

import static dev.inkling.model.saved.ForeignFixture.node;
import static dev.inkling.model.saved.ForeignFixture.placeholder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.model.ModelFixtures;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;
import org.tensorflow.types.TFloat32;

class AffineFoldingTest {

    private static final DataType FLOAT = DataType.DT_FLOAT;

    private static final float[] PIXELS = ForeignFixture.random(2 * 5 * 5 * 3, 8);

    /** A convolution of an image (2, 5, 5, 3) with 6 channels, or a dense layer of as many units, and what is to follow. */
    private static FlatGraph graph(String type) {
        FlatGraph graph = new FlatGraph(
                FunctionDefLibrary.getDefaultInstance(),
                VersionDef.newBuilder().setProducer(1882).build());
        graph.put(placeholder("image", FLOAT, -1, 5, 5, 3));
        boolean dense = type.equals("MatMul");
        if (dense) {
            graph.put(node(
                    "rows/shape",
                    "Const",
                    List.of(),
                    "dtype",
                    DataType.DT_INT32,
                    "value",
                    ForeignFixture.ints(-1, 75)));
            graph.put(node("rows", "Reshape", List.of("image", "rows/shape"), "T", FLOAT));
            graph.put(constant("kernel", 1, 75, 6));
            graph.put(node("sum", type, List.of("rows", "kernel"), "T", FLOAT));
        } else {
            graph.put(type.equals("Conv2D") ? constant("kernel", 1, 3, 3, 3, 6) : constant("kernel", 1, 3, 3, 3, 2));
            graph.put(node(
                    "sum",
                    type,
                    List.of("image", "kernel"),
                    "T",
                    FLOAT,
                    "strides",
                    List.of(1L, 2L, 2L, 1L),
                    "padding",
                    "SAME"));
        }
        return graph;
    }

    /** Numbers from a seed; those of seed 0 are positive, as variances are. */
    private static NodeDef constant(String name, long seed, long... shape) {
        float[] values = ForeignFixture.random((int) Shape.of(shape).size(), seed);
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = seed == 0 ? 0.3 + Math.abs(values[i]) : values[i];
        }
        return Constant.node(name, doubles, shape);
    }

    private static float[] run(FlatGraph graph, String fetch) {
        try (Graph tensorflow = new Graph()) {
            tensorflow.importGraphDef(graph.toGraphDef());
            try (Session session = new Session(tensorflow);
                    TFloat32 image = TFloat32.tensorOf(Shape.of(2, 5, 5, 3), DataBuffers.of(PIXELS));
                    var result =
                            session.runner().feed("image", image).fetch(fetch).run()) {
                TFloat32 output = (TFloat32) result.get(0);
                float[] values = new float[(int) output.size()];
                output.copyTo(DataBuffers.of(values));
                return values;
            }
        }
    }

    private static List<String> types(FlatGraph graph, String output) {
        graph.prune(output);
        return graph.inOrder().stream()
                .map(NodeDef::getOp)
                .filter(type -> !Set.of("Const", "Placeholder", "Reshape").contains(type))
                .toList();
    }

    private static void assertSameNumbers(float[] found, float[] expected) {
        assertThat(ModelFixtures.relativeError(found, ModelFixtures.doubles(expected)))
                .isLessThan(1e-6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Conv2D", "DepthwiseConv2dNative", "MatMul"})
    void everyAffineStepGoesIntoTheKernel(String type) {
        FlatGraph graph = graph(type);
        graph.put(constant("bias", 2, 6));
        graph.put(node("biased", "BiasAdd", List.of("sum", "bias"), "T", FLOAT));
        graph.put(constant("scale", 3, 6));
        graph.put(node("scaled", "Mul", List.of("scale", "biased"), "T", FLOAT));
        graph.put(constant("offset", 4, 1, 6));
        graph.put(node("moved", "AddV2", List.of("scaled", "offset"), "T", FLOAT));
        graph.put(constant("mean", 5, 6));
        graph.put(node("centred", "Sub", List.of("moved", "mean"), "T", FLOAT));
        graph.put(constant("deviation", 0, 6));
        graph.put(node("divided", "RealDiv", List.of("centred", "deviation"), "T", FLOAT));
        graph.put(constant("top", 6, 1));
        graph.put(node("turned", "Sub", List.of("top", "divided"), "T", FLOAT));
        graph.put(node("end", "Relu", List.of("turned"), "T", FLOAT));
        float[] before = run(graph, "end");

        new AffineFolding(graph, Set.of("end")).fold();

        assertThat(types(graph, "end")).containsExactly(type, "BiasAdd", "Relu");
        assertThat(graph.inputNode(graph.node("end"), 0).getName()).isEqualTo("turned");
        assertSameNumbers(run(graph, "end"), before);
    }

    private static void normalise(FlatGraph graph, boolean training, String input) {
        graph.put(constant("gamma", 2, 6));
        graph.put(constant("beta", 3, 6));
        graph.put(constant("mu", 4, 6));
        graph.put(constant("sigma", 0, 6));
        graph.put(node(
                        "normed",
                        "FusedBatchNormV3",
                        List.of(input, "gamma", "beta", "mu", "sigma"),
                        "T",
                        FLOAT,
                        "U",
                        FLOAT,
                        "is_training",
                        training)
                .toBuilder()
                .putAttr("epsilon", AttrValue.newBuilder().setF(0.01f).build())
                .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Conv2D", "DepthwiseConv2dNative"})
    void batchNormalisationGoesIntoTheKernel(String type) {
        FlatGraph graph = graph(type);
        normalise(graph, false, "sum");
        float[] before = run(graph, "normed");
        new AffineFolding(graph, Set.of("normed")).fold();
        assertThat(types(graph, "normed")).containsExactly(type, "BiasAdd");
        assertSameNumbers(run(graph, "normed"), before);
    }

    private static void assertUntouched(String output, Consumer<FlatGraph> change, String... kept) {
        FlatGraph graph = graph("Conv2D");
        change.accept(graph);
        List<NodeDef> before = List.copyOf(graph.nodes());
        new AffineFolding(graph, Set.of(kept)).fold();
        graph.prune(output);
        assertThat(graph.nodes()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void whatIsNotAffineOrSeenByOthersStays() {
        assertUntouched("normed", graph -> normalise(graph, true, "sum"));
        // A map of numbers, one for each place.
        assertUntouched("moved", graph -> {
            graph.put(constant("map", 2, 3, 3, 1));
            graph.put(node("moved", "Mul", List.of("sum", "map"), "T", FLOAT));
        });
        assertUntouched("both", graph -> {
            graph.put(constant("scale", 2, 6));
            graph.put(node("scaled", "Mul", List.of("sum", "scale"), "T", FLOAT));
            graph.put(node("both", "AddV2", List.of("sum", "scaled"), "T", FLOAT));
        });
        assertUntouched("squared", graph -> graph.put(node("squared", "Mul", List.of("sum", "sum"), "T", FLOAT)));
        assertUntouched("inverse", graph -> {
            graph.put(constant("scale", 2, 6));
            graph.put(node("inverse", "RealDiv", List.of("scale", "sum"), "T", FLOAT));
        });
        assertUntouched(
                "scaled",
                graph -> {
                    graph.put(constant("scale", 2, 6));
                    graph.put(node("scaled", "Mul", List.of("sum", "scale"), "T", FLOAT));
                },
                "sum");
    }
}

package dev.inkling.model.saved;

import static dev.inkling.model.saved.ForeignFixture.call;
import static dev.inkling.model.saved.ForeignFixture.function;
import static dev.inkling.model.saved.ForeignFixture.node;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

class FunctionInlinerTest {

    private static final DataType FLOAT = DataType.DT_FLOAT;

    private static final NodeDef IMAGE = ForeignFixture.placeholder("image", FLOAT, 2, 3);

    private static List<String> lines(FlatGraph graph) {
        return graph.nodes().stream()
                .map(node -> node.getName() + " = " + node.getOp() + node.getInputList())
                .toList();
    }

    @Test
    void aFunctionThatIsCalledTwiceIsThereTwice() {
        GraphDef.Builder graph = GraphDef.newBuilder()
                .addNode(IMAGE)
                .addNode(call("net/StatefulPartitionedCall", "layer", List.of("image"), FLOAT))
                .addNode(call("net/named", "layer", List.of("net/StatefulPartitionedCall"), FLOAT))
                .addNode(call("net/PartitionedCall_1", "layer", List.of("net/named"), FLOAT))
                .addNode(node("unneeded", "Relu", List.of("image"), "T", FLOAT));
        graph.getLibraryBuilder()
                .addFunction(function(
                        "layer",
                        List.of("image"),
                        FLOAT,
                        "Relu:activations:0",
                        node("Relu", "Relu", List.of("image"), "T", FLOAT)));

        FunctionInliner.Inlined inlined = FunctionInliner.inline(graph.build(), List.of("net/PartitionedCall_1"));

        assertThat(lines(inlined.graph()))
                .containsExactlyInAnyOrder(
                        "image = Placeholder[]",
                        "net/Relu = Relu[image]",
                        "net/named/Relu = Relu[net/Relu]",
                        "net/Relu_1 = Relu[net/named/Relu]");
        assertThat(inlined.place().apply(TensorName.parse("net/PartitionedCall_1:0")))
                .isEqualTo(new TensorName("net/Relu_1", 0));
    }

    @Test
    void outputsHaveTheirPlaceAmongAllOfAnOperation() {
        GraphDef.Builder graph = GraphDef.newBuilder()
                .addNode(IMAGE)
                .addNode(call("PartitionedCall", "best", List.of("image"), DataType.DT_INT32, FLOAT, FLOAT));
        graph.getLibraryBuilder()
                .addFunction(function(
                                "best",
                                List.of("image"),
                                DataType.DT_INT32,
                                "top:indices:0",
                                node(
                                        "two",
                                        "Const",
                                        List.of(),
                                        "dtype",
                                        DataType.DT_INT32,
                                        "value",
                                        ForeignFixture.ints(2)),
                                node("top", "TopKV2", List.of("image", "two:output:0"), "T", FLOAT),
                                node("parts", "Unpack", List.of("image"), "T", FLOAT, "num", 2L))
                        .toBuilder()
                        .putRet("second", "parts:output:1")
                        .putRet("same", "image"));
        for (String name : List.of("second", "same")) {
            graph.getLibraryBuilder()
                    .getFunctionBuilder(0)
                    .getSignatureBuilder()
                    .addOutputArgBuilder()
                    .setName(name)
                    .setType(FLOAT);
        }

        FunctionInliner.Inlined inlined = FunctionInliner.inline(graph.build(), List.of("PartitionedCall"));

        assertThat(List.of(0, 1, 2))
                .extracting(i -> inlined.place().apply(new TensorName("PartitionedCall", i)))
                .containsExactly(new TensorName("top", 1), new TensorName("parts", 1), new TensorName("image", 0));
    }
}

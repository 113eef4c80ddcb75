package dev.inkling.model.saved;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorShapeProto;

/** The list of types that have a gradient, held against TensorFlow, for every type whose attributes need no thought. */
class NetworkOperationsTest {

    private static final AttrValue ANY_SHAPE = AttrValue.newBuilder()
            .setShape(TensorShapeProto.newBuilder().setUnknownRank(true))
            .build();

    static Stream<OpDef> differentiable() {
        return TensorFlow.registeredOpList().getOpList().stream()
                .filter(type -> NetworkOperations.differentiable(type.getName()))
                .filter(type -> type.getAttrList().stream()
                        .allMatch(attribute -> attribute.hasDefaultValue()
                                || attribute.getType().equals("type")
                                || attribute.getType().equals("shape")))
                .filter(type -> type.getInputArg(0).getNumberAttr().isEmpty() && takesFloats(type))
                // Their shapes have to be known.
                .filter(type ->
                        !type.getName().endsWith("SpaceND") && !type.getName().endsWith("BatchND"));
    }

    private static boolean takesFloats(OpDef type) {
        return type.getAttrList().stream()
                .filter(attribute ->
                        attribute.getName().equals(type.getInputArg(0).getTypeAttr()))
                .anyMatch(attribute -> !attribute.hasAllowedValues()
                        || attribute.getAllowedValues().getList().getTypeList().contains(DataType.DT_FLOAT));
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void hasAGradient(OpDef type) {
        NodeDef.Builder node = NodeDef.newBuilder().setName("op").setOp(type.getName());
        for (OpDef.AttrDef attribute : type.getAttrList()) {
            if (attribute.getType().equals("type")) {
                boolean real = attribute.getName().equals(type.getInputArg(0).getTypeAttr())
                        || attribute.getName().equals("DstT");
                DataType chosen = real || !attribute.hasDefaultValue()
                        ? DataType.DT_FLOAT
                        : attribute.getDefaultValue().getType();
                boolean whole = !real
                        && attribute.hasAllowedValues()
                        && !attribute.getAllowedValues().getList().getTypeList().contains(DataType.DT_FLOAT);
                node.putAttr(attribute.getName(), GraphSimplifier.type(whole ? DataType.DT_INT32 : chosen));
            }
        }
        GraphDef.Builder graph = GraphDef.newBuilder();
        List<DataType> inputs = OperationTypes.inputTypes(node.build());
        for (int i = 0; i < inputs.size(); i++) {
            graph.addNode(NodeDef.newBuilder()
                    .setName("in" + i)
                    .setOp("Placeholder")
                    .putAttr("dtype", GraphSimplifier.type(inputs.get(i)))
                    .putAttr("shape", ANY_SHAPE));
            node.addInput("in" + i);
        }
        try (Graph tensorflow = new Graph()) {
            tensorflow.importGraphDef(graph.addNode(node).build());
            Output<?>[] gradients = tensorflow.addGradients(
                    "gradient",
                    new Output<?>[] {tensorflow.outputOrThrow("op:0")},
                    new Output<?>[] {tensorflow.outputOrThrow("in0:0")},
                    null);
            assertThat(gradients).hasSize(1);
        }
    }

    @Test
    void mostTypesAreTried() {
        assertThat(differentiable().count()).isGreaterThan(70);
    }

    @Test
    void nothingOutsideTheMachineIsOnTheList() {
        List<String> dangerous = List.of(
                "ReadFile",
                "WriteFile",
                "MatchingFiles",
                "SaveV2",
                "RestoreV2",
                "PyFunc",
                "EagerPyFunc",
                "PrintV2",
                "TFRecordReaderV2",
                "HashTableV2",
                "InitializeTableFromTextFileV2",
                "ImmutableConst",
                "DebugIdentity",
                "_Send",
                "_Recv",
                "CollectiveReduce",
                "RpcCall",
                "DataServiceDatasetV2");
        for (String type : dangerous) {
            FlatGraph graph = FlatGraph.of(GraphDef.newBuilder()
                    .addNode(NodeDef.newBuilder().setName("x").setOp(type))
                    .build());
            assertThatThrownBy(() -> NetworkOperations.require(graph, "m"))
                    .hasMessageContaining("holds operation 'x' of type " + type);
        }
    }
}

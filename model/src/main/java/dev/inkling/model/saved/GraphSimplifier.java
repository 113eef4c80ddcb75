package dev.inkling.model.saved;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.RawTensor;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Says the same in operations that have gradients and rules: what only passes a tensor on is left out, old and rare types of operation become
 * those that TensorFlow can differentiate, and what does not depend on the image is computed once.
 */
final class GraphSimplifier {

    /**
     * What passes its inputs on, one for one. An {@code IdentityN} may carry a gradient that Python code defined (Keras does so for swish, to
     * save memory); the gradient here is that of what is computed.
     */
    private static final Set<String> PASSING = Set.of(
            "Identity",
            "IdentityN",
            "Snapshot",
            "EnsureShape",
            "PreventGradient",
            "CheckNumerics",
            "PlaceholderWithDefault");

    private static final Set<DataType> NUMBERS = Set.of(
            DataType.DT_FLOAT,
            DataType.DT_HALF,
            DataType.DT_BFLOAT16,
            DataType.DT_DOUBLE,
            DataType.DT_INT32,
            DataType.DT_INT64,
            DataType.DT_BOOL);

    private final FlatGraph graph;

    GraphSimplifier(FlatGraph graph) {
        this.graph = graph;
    }

    /** Leaves out what only passes tensors on. */
    void passOn() {
        Map<TensorName, TensorName> instead = new HashMap<>();
        for (NodeDef node : graph.nodes()) {
            boolean same = node.getOp().equals("Cast")
                    && OperationTypes.attribute(node, "SrcT").getType()
                            == OperationTypes.attribute(node, "DstT").getType();
            if (PASSING.contains(node.getOp()) || same) {
                for (int i = 0; i < (node.getOp().equals("EnsureShape") ? 1 : node.getInputCount()); i++) {
                    instead.put(new TensorName(node.getName(), i), FlatGraph.input(node, i));
                }
            }
        }
        graph.redirect(instead);
    }

    /** Where a tensor comes from, behind what only passes it on. */
    TensorName origin(TensorName tensor) {
        TensorName origin = tensor;
        while (PASSING.contains(graph.producer(origin).getOp())) {
            origin = FlatGraph.input(graph.producer(origin), origin.index());
        }
        return origin;
    }

    /** Writes types of operation that have no gradient as others that have one. */
    void modernise() {
        for (NodeDef node : List.copyOf(graph.nodes())) {
            switch (node.getOp()) {
                case "BiasAddV1" -> graph.put(node.toBuilder().setOp("BiasAdd").build());
                case "FusedBatchNorm", "FusedBatchNormV2" ->
                    graph.put(node.toBuilder()
                            .setOp("FusedBatchNormV3")
                            .putAttr("U", type(DataType.DT_FLOAT))
                            .build());
                case "Concat" -> {
                    // The axis comes first there.
                    List<String> inputs = new ArrayList<>(node.getInputList().subList(1, node.getInputCount()));
                    inputs.add(node.getInput(0));
                    graph.put(node.toBuilder()
                            .setOp("ConcatV2")
                            .clearInput()
                            .addAllInput(inputs)
                            .putAttr("Tidx", type(DataType.DT_INT32))
                            .build());
                }
                case "Erfc" -> {
                    // 1 − erf(x); Keras's gelu is made of it.
                    AttrValue type = node.getAttrOrThrow("T");
                    String erf = graph.freeName(node.getName() + "/Erf");
                    graph.put(node.toBuilder().setName(erf).setOp("Erf").build());
                    String one = graph.freeName(node.getName() + "/one");
                    graph.put(cast(one, type.getType()));
                    graph.put(NodeDef.newBuilder()
                            .setName(node.getName())
                            .setOp("Sub")
                            .addInput(one)
                            .addInput(erf)
                            .putAttr("T", type)
                            .build());
                }
                default -> {
                    // Everything else is as it is.
                }
            }
        }
    }

    /** The number 1 as a constant of some type, by way of float32. */
    private NodeDef cast(String name, DataType type) {
        String one = graph.freeName(name + "/float");
        graph.put(SavedVariables.constant(
                one,
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_FLOAT)
                        .setTensorShape(TensorShapeProto.getDefaultInstance())
                        .addFloatVal(1)
                        .build()));
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Cast")
                .addInput(one)
                .putAttr("SrcT", type(DataType.DT_FLOAT))
                .putAttr("DstT", type(type))
                .build();
    }

    static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }

    /** Computes what does not depend on this node, where something that does reads it, and puts the values in its place. */
    void fold(String image) {
        Set<String> varying = graph.descendants(image);
        for (NodeDef node : graph.nodes()) {
            // Noise is not the same twice, and a part of a loop is nothing without the loop.
            if (NetworkOperations.controlFlow(node.getOp())
                    || OperationTypes.of(node).getIsStateful()) {
                varying.addAll(graph.descendants(node.getName()));
            }
        }
        List<TensorName> read = graph.nodes().stream()
                .filter(node -> varying.contains(node.getName()))
                .flatMap(node -> FlatGraph.inputs(node).stream())
                .filter(input -> !varying.contains(input.node()))
                .filter(input -> !graph.producer(input).getOp().equals("Const"))
                .filter(input -> NUMBERS.contains(
                        OperationTypes.outputTypes(graph.producer(input)).get(input.index())))
                .distinct()
                .toList();
        if (read.isEmpty()) {
            return;
        }
        List<TensorProto> values = compute(read);
        Map<TensorName, TensorName> instead = new HashMap<>();
        for (int i = 0; i < read.size(); i++) {
            String name = graph.freeName(read.get(i).node() + "/value");
            graph.put(SavedVariables.constant(name, values.get(i)));
            instead.put(read.get(i), new TensorName(name, 0));
        }
        graph.redirect(instead);
    }

    private List<TensorProto> compute(List<TensorName> tensors) {
        FlatGraph needed = FlatGraph.of(graph.toGraphDef());
        needed.prune(tensors.stream().map(TensorName::node).toArray(String[]::new));
        try (Graph constants = new Graph()) {
            constants.importGraphDef(needed.toGraphDef());
            try (Session session = new Session(constants)) {
                Session.Runner runner = session.runner();
                for (TensorName tensor : tensors) {
                    Output<?> output = constants.outputOrThrow(tensor.toString());
                    runner.fetch(output);
                }
                try (Result result = runner.run()) {
                    return IntStream.range(0, tensors.size())
                            .mapToObj(i -> proto(result.get(i).asRawTensor(), needed, tensors.get(i)))
                            .toList();
                }
            }
        }
    }

    private static TensorProto proto(RawTensor tensor, FlatGraph graph, TensorName name) {
        byte[] bytes = new byte[Math.toIntExact(tensor.numBytes())];
        tensor.data().read(bytes);
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : tensor.shape().asArray()) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return TensorProto.newBuilder()
                .setDtype(OperationTypes.outputTypes(graph.producer(name)).get(name.index()))
                .setTensorShape(shape)
                .setTensorContent(ByteString.copyFrom(bytes))
                .build();
    }
}

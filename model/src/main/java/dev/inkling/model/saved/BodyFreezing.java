package dev.inkling.model.saved;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Lets loops and branches take the values of variables where they took handles: their bodies are written anew for the types that now come in,
 * and read no variable any more.
 */
final class BodyFreezing {

    private static final Set<String> CONDITIONAL = Set.of("If", "StatelessIf", "Case", "StatelessCase");
    private static final Set<String> LOOPS = Set.of("While", "StatelessWhile");
    private static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

    private final FlatGraph graph;

    /** Names of the bodies that were written, by the original's name and the types of its inputs. */
    private final Map<List<Object>, String> written = new HashMap<>();

    BodyFreezing(FlatGraph graph) {
        this.graph = graph;
    }

    /** Writes anew what needs it. */
    void freeze() {
        for (NodeDef node : List.copyOf(graph.nodes())) {
            List<DataType> types = FlatGraph.inputs(node).stream()
                    .map(input ->
                            OperationTypes.outputTypes(graph.producer(input)).get(input.index()))
                    .toList();
            graph.put(retyped(node, types));
        }
    }

    /** The attribute with the types of what is passed on to bodies, or empty where there are none. */
    private static String typesAttribute(NodeDef node) {
        if (LOOPS.contains(node.getOp())) {
            return "T";
        }
        return CONDITIONAL.contains(node.getOp()) || CALLS.contains(node.getOp()) ? "Tin" : "";
    }

    /** The node for inputs of these types. */
    private NodeDef retyped(NodeDef node, List<DataType> inputs) {
        String attribute = typesAttribute(node);
        if (attribute.isEmpty()) {
            return node;
        }
        // What a branch is chosen by is not passed on.
        List<DataType> types = CONDITIONAL.contains(node.getOp()) ? inputs.subList(1, inputs.size()) : inputs;
        if (node.getAttrOrThrow(attribute).getList().getTypeList().equals(types)) {
            return node;
        }
        NodeDef.Builder retyped = node.toBuilder();
        retyped.putAttr(
                attribute,
                AttrValue.newBuilder()
                        .setList(AttrValue.ListValue.newBuilder().addAllType(types))
                        .build());
        node.getAttrMap().forEach((name, value) -> {
            if (value.hasFunc()) {
                retyped.putAttr(
                        name,
                        AttrValue.newBuilder()
                                .setFunc(retyped(value.getFunc(), types))
                                .build());
            } else if (value.getList().getFuncCount() > 0) {
                AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
                value.getList().getFuncList().forEach(function -> list.addFunc(retyped(function, types)));
                retyped.putAttr(name, AttrValue.newBuilder().setList(list).build());
            }
        });
        return retyped.build();
    }

    private NameAttrList retyped(NameAttrList function, List<DataType> types) {
        List<Object> key = List.of(function.getName(), types);
        String name = written.get(key);
        if (name == null) {
            name = function.getName() + "_frozen_" + written.size();
            written.put(key, name);
            graph.putFunction(body(graph.function(function.getName()), name, types));
        }
        return function.toBuilder().setName(name).build();
    }

    private FunctionDef body(FunctionDef function, String name, List<DataType> types) {
        FunctionDef.Builder body = function.toBuilder();
        body.getSignatureBuilder().setName(name);
        Map<String, DataType> values = new HashMap<>();
        for (int i = 0; i < types.size(); i++) {
            OpDef.ArgDef.Builder argument = body.getSignatureBuilder().getInputArgBuilder(i);
            if (argument.getType() != types.get(i)) {
                argument.setType(types.get(i)).clearHandleData();
                values.put(argument.getName(), types.get(i));
            }
        }
        Map<String, String> renamed = new HashMap<>();
        int known;
        do {
            known = values.size();
            for (NodeDef.Builder node : body.getNodeDefBuilderList()) {
                rewrite(node, values, renamed);
            }
        } while (values.size() > known);
        for (NodeDef.Builder node : body.getNodeDefBuilderList()) {
            for (int i = 0; i < node.getInputCount(); i++) {
                node.setInput(i, renamed.getOrDefault(node.getInput(i), node.getInput(i)));
            }
        }
        for (OpDef.ArgDef.Builder output : body.getSignatureBuilder().getOutputArgBuilderList()) {
            String returned = body.getRetOrThrow(output.getName());
            body.putRet(output.getName(), renamed.getOrDefault(returned, returned));
            if (values.containsKey(returned)) {
                output.setType(values.get(returned)).clearHandleData();
            }
        }
        return body.build();
    }

    /** Changes an operation that gets values in place of handles, and notes which of its outputs are values now. */
    private void rewrite(NodeDef.Builder node, Map<String, DataType> values, Map<String, String> renamed) {
        List<String> inputs = node.getInputList().stream()
                .filter(input -> !input.startsWith("^"))
                .toList();
        if (inputs.stream().noneMatch(values::containsKey)) {
            return;
        }
        DataType type = values.get(inputs.get(0));
        if (node.getOp().equals("ReadVariableOp")) {
            renamed.put(node.getName() + ":value:0", node.getName() + ":output:0");
            node.setOp("Identity").clearAttr().putAttr("T", GraphSimplifier.type(type));
        } else if (node.getOp().equals("Identity")
                && !node.getAttrOrThrow("T").getType().equals(type)) {
            node.putAttr("T", GraphSimplifier.type(type));
            values.put(node.getName() + ":output:0", type);
        } else if (!typesAttribute(node.build()).isEmpty()) {
            List<DataType> declared = new ArrayList<>(OperationTypes.inputTypes(node.build()));
            for (int i = 0; i < inputs.size(); i++) {
                declared.set(i, values.getOrDefault(inputs.get(i), declared.get(i)));
                if (LOOPS.contains(node.getOp()) && values.containsKey(inputs.get(i))) {
                    values.put(node.getName() + ":output:" + i, declared.get(i));
                }
            }
            NodeDef retyped = retyped(node.build(), declared);
            node.clear().mergeFrom(retyped);
        }
    }
}

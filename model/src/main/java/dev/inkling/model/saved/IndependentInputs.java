package dev.inkling.model.saved;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Puts an identity before each input of an operation that reads several computed tensors, such as a residual sum. TensorFlow
 * differentiates with respect to a tensor along every path, so where one summand depends on the other the first would be
 * given the second's share too; identities do not depend on each other.
 */
final class IndependentInputs {

    private IndependentInputs() {}

    static GraphDef of(GraphDef graph) {
        Map<String, NodeDef> nodes = new HashMap<>();
        graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
        GraphDef.Builder rewritten = graph.toBuilder().clearNode();
        for (NodeDef node : graph.getNodeList()) {
            List<String> inputs = node.getInputList();
            boolean several =
                    inputs.stream().filter(input -> computed(nodes, input)).count() > 1;
            // The parts of a loop know each other by their inputs; and nothing differentiates them.
            if (!several || NetworkOperations.controlFlow(node.getOp())) {
                rewritten.addNode(node);
                continue;
            }
            List<DataType> types = OperationTypes.inputTypes(node);
            NodeDef.Builder isolated = node.toBuilder();
            for (int i = 0; i < inputs.size(); i++) {
                if (computed(nodes, inputs.get(i))) {
                    String name = node.getName() + "/input" + i;
                    rewritten.addNode(NodeDef.newBuilder()
                            .setName(name)
                            .setOp("Identity")
                            .setDevice(node.getDevice())
                            .addInput(inputs.get(i))
                            .putAttr(
                                    "T",
                                    AttrValue.newBuilder().setType(types.get(i)).build()));
                    isolated.setInput(i, name);
                }
            }
            rewritten.addNode(isolated);
        }
        return rewritten.build();
    }

    /** Whether an input is a tensor (not a control dependency) that is not a constant. */
    private static boolean computed(Map<String, NodeDef> nodes, String input) {
        if (input.startsWith("^")) {
            return false;
        }
        NodeDef producer = nodes.get(input.split(":")[0]);
        return producer != null && !producer.getOp().equals("Const");
    }
}

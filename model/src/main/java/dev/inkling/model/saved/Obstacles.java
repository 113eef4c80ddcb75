package dev.inkling.model.saved;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * What stands in the way of a gradient.
 *
 * @param graph that they stand in
 * @param operations between image and logits that have none, in the order of the forward pass
 */
record Obstacles(FlatGraph graph, Set<String> operations) {

    /** Those of a graph. */
    static Obstacles in(FlatGraph graph, String image) {
        Set<String> obstacles = new LinkedHashSet<>();
        Set<String> reached = new HashSet<>(Set.of(image));
        for (NodeDef node : graph.inOrder()) {
            // TensorFlow's gradients crash on loops wherever they are.
            if (NetworkOperations.controlFlow(node.getOp())) {
                obstacles.add(node.getName());
            }
            boolean depends = FlatGraph.inputs(node).stream()
                    .anyMatch(input -> reached.contains(input.node()) && real(graph.producer(input), input.index()));
            if (depends) {
                reached.add(node.getName());
                if (real(node, 0) && !NetworkOperations.differentiable(node.getOp())) {
                    obstacles.add(node.getName());
                }
            }
        }
        return new Obstacles(graph, obstacles);
    }

    /** Whether an output holds real numbers, which alone have gradients. */
    private static boolean real(NodeDef node, int output) {
        List<DataType> types = OperationTypes.outputTypes(node);
        DataType type = output < types.size() ? types.get(output) : DataType.DT_INVALID;
        return type == DataType.DT_FLOAT
                || type == DataType.DT_HALF
                || type == DataType.DT_BFLOAT16
                || type == DataType.DT_DOUBLE
                || type == DataType.DT_VARIANT;
    }

    /** Operations to which no gradient comes back from the logits: the obstacles, and all before them. */
    Set<String> shadow() {
        return graph.ancestors(operations.toArray(String[]::new));
    }

    /** The one to tell of, as the beginning of a sentence. */
    Optional<String> reason() {
        // A loop takes its values from lists that have no gradient either, but it is the loop that people know.
        return operations.stream()
                .filter(name -> NetworkOperations.controlFlow(graph.node(name).getOp()))
                .findFirst()
                .or(() -> operations.stream().findFirst())
                .map(name ->
                        "operation '" + name + "' of type " + graph.node(name).getOp() + " has no gradient");
    }
}

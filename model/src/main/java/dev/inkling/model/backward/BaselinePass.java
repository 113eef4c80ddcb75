package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.graph.OperationKinds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/**
 * A second forward pass in the graph, for a baseline: a copy of all that leads from the image to the logits. A baseline that
 * all images share goes through it as a batch of one.
 */
final class BaselinePass {

    private static final String SCOPE = "explain/baseline";

    private final Graph graph;
    private final Output<?> image;

    private BaselinePass(Graph graph, Output<?> image) {
        this.graph = graph;
        this.image = image;
    }

    /** Adds the copy. */
    static BaselinePass add(Graph graph, Output<?> image, Output<?> logits) {
        Set<String> names = new HashSet<>();
        Deque<GraphOperation> next = new ArrayDeque<>(List.of((GraphOperation) logits.op()));
        while (!next.isEmpty()) {
            GraphOperation operation = next.pop();
            if (names.add(operation.name())) {
                for (int i = 0; i < operation.numInputs(); i++) {
                    next.push((GraphOperation) operation.input(i).op());
                }
                next.addAll(operation.controlInputs());
            }
        }
        GraphDef whole = graph.toGraphDef();
        GraphDef.Builder copy = whole.toBuilder().clearNode();
        whole.getNodeList().stream()
                .filter(node -> names.contains(node.getName()))
                .map(node -> OperationKinds.SUMS.contains(node.getOp()) ? kept(node, image) : node)
                .forEach(copy::addNode);
        graph.importGraphDef(copy.build(), SCOPE);
        return new BaselinePass(graph, image);
    }

    /**
     * A sum that runs after the image is there, as it does anyway. TensorFlow 2.18 would make one operation of a convolution, the sum
     * and the ReLU after it, forget that the sum is read by others too, and give up on the whole graph; it leaves alone what waits.
     */
    private static NodeDef kept(NodeDef sum, Output<?> image) {
        return sum.toBuilder().addInput("^" + image.op().name()).build();
    }

    /** Where the baseline is fed, (N, H, W, C) or (1, H, W, C). */
    Output<?> image() {
        return output(image);
    }

    /** What stands here for a tensor between the image and the logits. */
    Output<?> output(Output<?> tensor) {
        return graph.operationOrThrow(SCOPE + "/" + tensor.op().name()).output(tensor.index());
    }

    /** The same, as an operand. */
    Operand<TFloat32> of(Output<?> tensor) {
        return GraphPath.typed(output(tensor));
    }
}

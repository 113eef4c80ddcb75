package dev.inkling.model.saved;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.NodeDef;

/**
 * What Keras calls the layers that the operations of a graph belong to: {@code model_1/backbone_1/conv_1/convolution} belongs to
 * {@code backbone/conv}. Graphs that no Keras made keep the names of their operations.
 */
final class LayerNames {

    /** Scopes that Keras and TensorFlow open inside a layer. */
    private static final Set<String> INSIDE =
            Set.of("batchnorm", "separable_conv2d", "Gelu", "moments", "resize", "LeakyRelu", "swish");

    private static final Set<String> WEIGHTED = Set.of("Conv2D", "DepthwiseConv2dNative", "MatMul");

    private final boolean keras;

    /** The model that the layers are in: the first part of all names, or empty. */
    private final String root;

    /** What Keras 3 adds to each part of a name when it traces a model once more, such as {@code _1}, or empty. */
    private final String suffix;

    /**
     * Learns how names are made.
     *
     * @param graph with variables as constants of their own names
     * @param keras whether the layers are objects of their own in the SavedModel
     */
    LayerNames(FlatGraph graph, boolean keras) {
        this.keras = keras;
        List<NodeDef> weighted = graph.nodes().stream()
                .filter(node -> WEIGHTED.contains(node.getOp()))
                .toList();
        Set<String> roots =
                weighted.stream().map(node -> node.getName().split("/")[0]).collect(Collectors.toSet());
        boolean nested = weighted.stream().allMatch(node -> node.getName().split("/").length > 2);
        this.root = roots.size() == 1 && nested ? roots.iterator().next() + "/" : "";
        this.suffix = suffix(graph, weighted);
    }

    /** Kernels are called by the layer's true name, so what the scope of the operation has beyond it is the suffix. */
    private static String suffix(FlatGraph graph, List<NodeDef> weighted) {
        Map<String, Long> votes = new HashMap<>();
        for (NodeDef node : weighted) {
            String[] kernel = graph.inputNode(node, 1).getName().split("/");
            String[] scopes = node.getName().split("/");
            if (kernel.length < 2) {
                continue;
            }
            String layer = kernel[kernel.length - 2];
            Arrays.stream(scopes)
                    .filter(scope -> scope.startsWith(layer))
                    .map(scope -> scope.substring(layer.length()))
                    .filter(rest -> rest.matches("(_\\d+)?"))
                    .forEach(rest -> votes.merge(rest, 1L, Long::sum));
        }
        return votes.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey)
                .orElse("");
    }

    /** The layer of an operation, or the operation itself where it belongs to none. */
    String of(String operation) {
        if (!keras || !operation.startsWith(root)) {
            return operation;
        }
        String[] parts = operation.substring(root.length()).split("/");
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < parts.length - 1; i++) {
            boolean inside = suffix.isEmpty() ? INSIDE.contains(parts[i]) : !parts[i].endsWith(suffix);
            if (inside) {
                break;
            }
            name.append(name.isEmpty() ? "" : "/").append(parts[i], 0, parts[i].length() - suffix.length());
        }
        return name.isEmpty() ? operation : name.toString();
    }

    /** The operation that gives what a layer gives, or the operation of this name. */
    Optional<String> operation(String name, List<String> inOrder) {
        return inOrder.contains(name)
                ? Optional.of(name)
                : inOrder.stream()
                        .filter(operation -> of(operation).equals(name))
                        .reduce((first, second) -> second);
    }
}

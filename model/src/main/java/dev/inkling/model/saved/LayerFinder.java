package dev.inkling.model.saved;

import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * Finds the layers worth a look in a graph: convolutions, sums and concatenations of them, poolings and dense layers, each after the
 * normalisation and the activation function that follow it. What Keras calls the last of these is the layer's name: with
 * {@code conv → norm → relu} it is {@code relu}, whose output in Keras is the same tensor.
 */
final class LayerFinder {

    private static final Set<String> CONVOLUTIONS = Set.of("Conv2D", "DepthwiseConv2dNative", "Conv2DBackpropInput");
    private static final Set<String> JOINTS = Set.of("Add", "AddV2", "AddN", "ConcatV2");
    private static final Set<String> POOLINGS = Set.of("MaxPool", "MaxPoolV2", "AvgPool");
    private static final Set<String> REDUCTIONS = Set.of("Mean", "Max", "Sum");

    /** Number by number, with constants or with another function of the same numbers. */
    private static final Set<String> ELEMENTWISE = Set.of(
            "Abs",
            "Add",
            "AddV2",
            "BiasAdd",
            "ClipByValue",
            "Div",
            "Elu",
            "Erf",
            "Exp",
            "Expm1",
            "FusedBatchNormV3",
            "LeakyRelu",
            "Log",
            "Log1p",
            "Maximum",
            "Minimum",
            "Mul",
            "Neg",
            "Pow",
            "RealDiv",
            "Relu",
            "Relu6",
            "Rsqrt",
            "Selu",
            "Sigmoid",
            "Softplus",
            "Softsign",
            "Sqrt",
            "Square",
            "Sub",
            "Tanh");

    private static final Set<String> AFFINE =
            Set.of("Add", "AddV2", "BiasAdd", "Div", "FusedBatchNormV3", "Mul", "RealDiv", "Sub");

    private final FlatGraph graph;
    private final Map<String, Set<NodeDef>> readers;
    private final Set<String> computed;
    private final String logits;
    private final Function<String, Shape> shapes;

    /**
     * Over a graph in its final form.
     *
     * @param shapes of an operation's first output
     */
    LayerFinder(FlatGraph graph, String image, String logits, Function<String, Shape> shapes) {
        this.graph = graph;
        this.readers = graph.readers();
        this.computed = graph.descendants(image);
        this.logits = logits;
        this.shapes = shapes;
    }

    /** A layer and the operation whose first output it is. */
    record Found(Layer layer, String operation) {}

    /** All layers, in the order of the forward pass. */
    List<Found> find(LayerNames names) {
        Map<String, Found> byName = new LinkedHashMap<>();
        Set<String> taken = new HashSet<>();
        for (NodeDef node : graph.inOrder()) {
            Optional<Kind> kind = taken.contains(node.getName()) ? Optional.empty() : kind(node);
            if (kind.isEmpty()) {
                continue;
            }
            String end = end(node.getName(), taken);
            describe(names.of(end), end, kind.get()).ifPresent(found -> {
                Found before = byName.remove(found.layer().name());
                if (before != null) {
                    // A layer of several steps: its name is that of the last.
                    Layer inner = before.layer();
                    byName.put(
                            before.operation(),
                            new Found(
                                    new Layer(
                                            before.operation(),
                                            inner.kind(),
                                            inner.height(),
                                            inner.width(),
                                            inner.channels()),
                                    before.operation()));
                }
                byName.put(found.layer().name(), found);
            });
        }
        return new ArrayList<>(byName.values());
    }

    /** The layer that an operation's first output is, if it has the shape of one. */
    Optional<Found> describe(String name, String operation, Kind kind) {
        Shape shape = shapes.apply(operation);
        int rank = shape.numDimensions();
        for (int i = 1; i < rank; i++) {
            if (shape.get(i) < 1) {
                return Optional.empty();
            }
        }
        if (rank == 2) {
            Kind flat = kind == Kind.CONVOLUTION ? Kind.DENSE : kind;
            return Optional.of(new Found(new Layer(name, flat, 1, 1, (int) shape.get(1)), operation));
        }
        if (rank != 4) {
            return Optional.empty();
        }
        int height = (int) shape.get(1);
        int width = (int) shape.get(2);
        // A convolution over a single place is a dense layer: there is nothing to map.
        Kind seen = kind == Kind.CONVOLUTION && height * width == 1 ? Kind.DENSE : kind;
        return Optional.of(new Found(new Layer(name, seen, height, width, (int) shape.get(3)), operation));
    }

    private Optional<Kind> kind(NodeDef node) {
        String type = node.getOp();
        if (!computed.contains(node.getName())) {
            return Optional.empty();
        }
        int rank = shapes.apply(node.getName()).numDimensions();
        if (CONVOLUTIONS.contains(type)) {
            // A dilated convolution is one over parts of the image, which lie in the batch until they are put together
            // again.
            boolean inParts = graph.inputNode(node, 0).getOp().equals("SpaceToBatchND");
            return inParts ? Optional.empty() : Optional.of(Kind.CONVOLUTION);
        }
        if (type.equals("BatchToSpaceND")) {
            return Optional.of(Kind.CONVOLUTION);
        }
        if (JOINTS.contains(type) && rank == 4 && computedInputs(node) > 1) {
            return Optional.of(Kind.CONVOLUTION);
        }
        boolean reducesPlaces = REDUCTIONS.contains(type)
                && shapes.apply(FlatGraph.input(node, 0).node()).numDimensions() == 4
                && Constant.of(graph.inputNode(node, 1))
                        .filter(LayerFinder::places)
                        .isPresent();
        if (POOLINGS.contains(type) || reducesPlaces) {
            return Optional.of(Kind.POOLING);
        }
        return type.equals("MatMul") && rank == 2 ? Optional.of(Kind.DENSE) : Optional.empty();
    }

    private static boolean places(Constant axes) {
        return axes.values().length == 2 && axes.values()[0] + axes.values()[1] == 3;
    }

    private long computedInputs(NodeDef node) {
        return FlatGraph.inputs(node).stream()
                .filter(input -> computed.contains(input.node()))
                .count();
    }

    /** Behind the affine steps and the activation function that follow an operation; marks what lies between as taken. */
    private String end(String start, Set<String> taken) {
        String end = start;
        while (!end.equals(logits)) {
            Set<String> step = step(end);
            if (step.isEmpty()) {
                break;
            }
            taken.addAll(step);
            List<String> ordered = new ArrayList<>(step);
            end = ordered.get(ordered.size() - 1);
            if (step.size() > 1 || !AFFINE.contains(graph.node(end).getOp())) {
                break;
            }
        }
        return end;
    }

    /**
     * The operations of a function of one tensor, number by number, the last of which alone is read by others: {@code Relu}, or the
     * {@code Sigmoid} and the {@code Mul} of a swish. Empty where none follows.
     */
    private Set<String> step(String from) {
        Set<String> step = new LinkedHashSet<>();
        while (true) {
            Optional<NodeDef> next = next(from, step);
            if (next.isEmpty()) {
                return Set.of();
            }
            String last = next.get().getName();
            step.add(last);
            boolean only = readersInside(from, step)
                    && step.stream().filter(name -> !name.equals(last)).allMatch(name -> readersInside(name, step));
            if (only) {
                return step;
            }
            if (last.equals(logits)) {
                return Set.of();
            }
        }
    }

    private boolean readersInside(String name, Set<String> step) {
        return readers.getOrDefault(name, Set.of()).stream().allMatch(reader -> step.contains(reader.getName()));
    }

    /** An operation that reads nothing but constants, the tensor, and what the step has made of it so far. */
    private Optional<NodeDef> next(String from, Set<String> step) {
        Set<String> known = new LinkedHashSet<>(Set.of(from));
        known.addAll(step);
        return known.stream()
                .flatMap(name -> readers.getOrDefault(name, Set.of()).stream())
                .filter(reader -> !step.contains(reader.getName()) && ELEMENTWISE.contains(reader.getOp()))
                .filter(reader -> FlatGraph.inputs(reader).stream()
                        .allMatch(input ->
                                !computed.contains(input.node()) || known.contains(input.node()) && input.index() == 0))
                .findFirst();
    }
}

package dev.inkling.model.saved;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * Puts what follows a convolution or a dense layer and is affine in each channel (bias, batch normalisation, a scale) into its kernel and one
 * bias. Gradients are faster for it, and propagation of relevance is right: that is its canonical form.
 *
 * <p>The tensor at the end of such a chain keeps its name and its values.
 */
final class AffineFolding {

    private final FlatGraph graph;
    private final Set<String> kept;

    /**
     * Over a graph.
     *
     * @param kept nodes whose outputs stay as they are
     */
    AffineFolding(FlatGraph graph, Set<String> kept) {
        this.graph = graph;
        this.kept = kept;
    }

    /** An affine function of each channel: scale · x + offset. */
    private record Affine(double[] scale, double[] offset) {

        Affine then(Affine next) {
            double[] scales = new double[scale.length];
            double[] offsets = new double[scale.length];
            Arrays.setAll(scales, c -> scale[c] * next.scale[c]);
            Arrays.setAll(offsets, c -> offset[c] * next.scale[c] + next.offset[c]);
            return new Affine(scales, offsets);
        }
    }

    /** Folds wherever it can. */
    void fold() {
        Map<String, Set<NodeDef>> readers = graph.readers();
        for (NodeDef node : graph.inOrder()) {
            kernel(node).ifPresent(kernel -> fold(node, kernel, readers));
        }
    }

    /** The kernel of a node that is a sum of products with one. */
    private Optional<NodeDef> kernel(NodeDef node) {
        boolean fits = switch (node.getOp()) {
            case "Conv2D", "DepthwiseConv2dNative" -> channelsLast(node);
            case "MatMul" ->
                !OperationTypes.attribute(node, "transpose_b").getB()
                        && !OperationTypes.attribute(node, "transpose_a").getB();
            default -> false;
        };
        NodeDef kernel = fits ? graph.inputNode(node, 1) : null;
        return Constant.isFloat(kernel) ? Optional.of(kernel) : Optional.empty();
    }

    private static boolean channelsLast(NodeDef node) {
        return OperationTypes.attribute(node, "data_format")
                .getS()
                .toStringUtf8()
                .equals("NHWC");
    }

    private void fold(NodeDef sum, NodeDef kernel, Map<String, Set<NodeDef>> readers) {
        boolean depthwise = sum.getOp().equals("DepthwiseConv2dNative");
        long[] sides = Constant.shape(kernel);
        int channels = (int) (depthwise ? sides[2] * sides[3] : sides[sides.length - 1]);
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        Affine whole = new Affine(ones, new double[channels]);
        NodeDef last = sum;
        int steps = 0;
        while (!kept.contains(last.getName())) {
            Set<NodeDef> next = readers.getOrDefault(last.getName(), Set.of());
            if (next.size() != 1) {
                break;
            }
            NodeDef reader = next.iterator().next();
            Optional<Affine> affine = affine(reader, last, channels, sum.getOp().equals("MatMul") ? 2 : 4, readers);
            if (affine.isEmpty()) {
                break;
            }
            whole = whole.then(affine.get());
            last = reader;
            steps++;
        }
        if (steps == 0 || steps == 1 && last.getOp().equals("BiasAdd")) {
            return;
        }
        double[] scaled = Constant.of(kernel).orElseThrow().values();
        double[] scale = whole.scale();
        Arrays.setAll(scaled, i -> scaled[i] * scale[i % channels]);
        String scope = last.getName();
        String kernelName = graph.freeName(scope + "/kernel");
        graph.put(Constant.node(kernelName, scaled, sides));
        String biasName = graph.freeName(scope + "/bias");
        graph.put(Constant.node(biasName, whole.offset(), channels));
        NodeDef folded = sum.toBuilder()
                .setName(graph.freeName(scope + "/" + sum.getOp()))
                .setInput(1, kernelName)
                .build();
        graph.put(folded);
        graph.put(NodeDef.newBuilder()
                .setName(last.getName())
                .setOp("BiasAdd")
                .addInput(folded.getName())
                .addInput(biasName)
                .putAttr("T", sum.getAttrOrThrow("T"))
                .build());
    }

    /** What a node does to the channels of one of its inputs, if that is affine. */
    private Optional<Affine> affine(
            NodeDef node, NodeDef input, int channels, int rank, Map<String, Set<NodeDef>> readers) {
        if (node.getOp().startsWith("FusedBatchNormV3")) {
            return normalisation(node, input, readers);
        }
        if (node.getInputCount() != 2) {
            return Optional.empty();
        }
        boolean first = FlatGraph.input(node, 0).node().equals(input.getName());
        Optional<double[]> constant =
                Constant.of(graph.inputNode(node, first ? 1 : 0)).flatMap(found -> found.perChannel(channels, rank));
        if (constant.isEmpty()) {
            return Optional.empty();
        }
        double[] values = constant.get();
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        double[] changed = new double[channels];
        return switch (node.getOp()) {
            case "BiasAdd" -> first && channelsLast(node) ? Optional.of(new Affine(ones, values)) : Optional.empty();
            case "Add", "AddV2" -> Optional.of(new Affine(ones, values));
            case "Sub" -> {
                Arrays.setAll(changed, c -> first ? -values[c] : values[c]);
                Arrays.setAll(ones, c -> first ? 1 : -1);
                yield Optional.of(new Affine(ones, changed));
            }
            case "Mul" -> Optional.of(new Affine(values, changed));
            case "RealDiv", "Div" -> {
                Arrays.setAll(ones, c -> 1 / values[c]);
                yield first ? Optional.of(new Affine(ones, changed)) : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    /** γ (x − μ) / √(σ² + ε) + β, where the statistics are constants. */
    private Optional<Affine> normalisation(NodeDef node, NodeDef input, Map<String, Set<NodeDef>> readers) {
        boolean training = OperationTypes.attribute(node, "is_training").getB();
        boolean others = readers.getOrDefault(node.getName(), Set.of()).stream()
                .flatMap(reader -> FlatGraph.inputs(reader).stream())
                .anyMatch(read -> read.node().equals(node.getName()) && read.index() > 0);
        if (training || others || !channelsLast(node)) {
            return Optional.empty();
        }
        List<Constant> constants = List.of(1, 2, 3, 4).stream()
                .flatMap(i -> Constant.of(graph.inputNode(node, i)).stream())
                .toList();
        if (constants.size() < 4 || !FlatGraph.input(node, 0).node().equals(input.getName())) {
            return Optional.empty();
        }
        double epsilon = OperationTypes.attribute(node, "epsilon").getF();
        double[] scale = constants.get(0).values().clone();
        double[] offset = constants.get(1).values().clone();
        double[] mean = constants.get(2).values();
        double[] variance = constants.get(3).values();
        Arrays.setAll(scale, c -> scale[c] / Math.sqrt(variance[c] + epsilon));
        Arrays.setAll(offset, c -> offset[c] - mean[c] * scale[c]);
        return Optional.of(new Affine(scale, offset));
    }
}

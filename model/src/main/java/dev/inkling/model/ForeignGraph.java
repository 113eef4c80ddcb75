package dev.inkling.model;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.ModelSignature.ValueRange;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;

/**
 * Makes a SavedModel that Inkling did not write into a graph that it can explain: functions in their places, variables as constants, softmax
 * off, layers found. What the user does not say is found out, and told in one line.
 *
 * <p>Everything that can be wrong with the folder is found before an operation of it runs.
 */
final class ForeignGraph {

    /** What may stand between a softmax and the output that it is. */
    private static final Set<String> RESHAPING = Set.of("Reshape", "Squeeze", "Cast");

    private final ModelFolder folder;
    private final ModelChoices choices;
    private final String model;
    private final List<String> notes = new ArrayList<>();

    private FlatGraph graph;
    private TensorName logits;
    private String image;

    private ForeignGraph(ModelFolder folder, ModelChoices choices) {
        this.folder = folder;
        this.choices = choices;
        this.model = folder.name();
    }

    /**
     * Reads a SavedModel.
     *
     * @throws InvalidInputException if it is damaged, holds operations that are not trusted, or does not lead from images to scores in one
     *     way, and the user's choices do not say which
     */
    static ModelGraph read(ModelFolder folder, ModelChoices choices) {
        return new ForeignGraph(folder, choices).read();
    }

    /** A tensor of scores, the activation function that was taken off it, and the shape that the signature declares. */
    private record Scores(TensorName tensor, String activation, List<Long> declared) {}

    private ModelGraph read() {
        MetaGraphDef metaGraph = folder.metaGraph();
        ServingSignature signature = ServingSignature.find(model, metaGraph.getSignatureDefMap(), choices);
        notes.add("signature " + signature.name());
        TensorShapeProto shape = imageShape(signature);

        List<String> roots = new ArrayList<>();
        signature
                .scores()
                .values()
                .forEach(output -> roots.add(TensorName.parse(output.getName()).node()));
        roots.add(TensorName.parse(signature.image().getName()).node());
        choices.logits()
                .map(name -> TensorName.parse(name).node())
                .filter(name -> metaGraph.getGraphDef().getNodeList().stream()
                        .anyMatch(node -> node.getName().equals(name)))
                .ifPresent(roots::add);
        FunctionInliner.Inlined inlined = FunctionInliner.inline(metaGraph.getGraphDef(), roots);
        graph = inlined.graph();
        Set<String> changed = SavedVariables.changed(graph);
        GraphSimplifier simplifier = new GraphSimplifier(graph);
        Scores scores = scores(signature, inlined, simplifier);
        logits = scores.tensor();
        boolean bytes =
                feed(inlined.place().apply(TensorName.parse(signature.image().getName())), signature, shape);
        graph.prune(logits.node());
        requireImageAlone(signature);
        List<Path> files = freeze(metaGraph, changed);
        graph.prune(logits.node());
        if (!choices.trusted()) {
            NetworkOperations.require(graph, model);
        }

        simplifier.passOn();
        new BodyFreezing(graph).freeze();
        simplifier.modernise();
        graph.prune(logits.node());
        long parameters = graph.nodes().stream()
                .filter(node -> Constant.isFloat(node) && Constant.shape(node).length > 0)
                .mapToLong(node -> Arrays.stream(Constant.shape(node)).reduce(1, (a, b) -> a * b))
                .sum();
        LayerNames names = new LayerNames(graph, metaGraph.hasObjectGraphDef());
        Map<String, String> chosenLayers = chosenLayers(names);
        simplifier.fold(image);
        ValueRange range = range(bytes);
        Set<String> kept = new HashSet<>(chosenLayers.values());
        kept.add(logits.node());
        new AffineFolding(graph, kept).fold();
        graph.prune(logits.node());

        Graph tensorflow = new Graph();
        try {
            tensorflow.importGraphDef(IndependentInputs.of(graph.toGraphDef()));
            return describe(
                    tensorflow, signature, scores, range, names, chosenLayers, parameters, folder.sha256(files));
        } catch (RuntimeException e) {
            tensorflow.close();
            throw e;
        }
    }

    /** (N, H, W, C), all but N known. */
    private TensorShapeProto imageShape(ServingSignature signature) {
        List<Long> declared = signature.image().getTensorShape().getUnknownRank()
                ? List.of(-1L, -1L, -1L, -1L)
                : ServingSignature.shape(signature.image());
        List<Long> shape = new ArrayList<>(declared);
        if (choices.size().isPresent()) {
            ModelChoices.Size size = choices.size().get();
            List<Long> given = List.of(
                    declared.get(0),
                    (long) size.height(),
                    (long) size.width(),
                    size.channels().map(Long::valueOf).orElse(declared.get(3)));
            for (int i = 1; i < 4; i++) {
                if (declared.get(i) >= 0 && !declared.get(i).equals(given.get(i))) {
                    throw new InvalidInputException(
                            "model '%s' takes images of %d×%d×%d, --size says %d×%d×%d; leave it out",
                            model,
                            declared.get(1),
                            declared.get(2),
                            declared.get(3),
                            given.get(1),
                            given.get(2),
                            given.get(3));
                }
                shape.set(i, given.get(i));
            }
        }
        if (shape.get(1) < 1 || shape.get(2) < 1 || shape.get(3) < 1) {
            throw new InvalidInputException(
                    "model '%s' takes images of any size: input '%s' is %s; choose one by --size, such as %s",
                    model,
                    signature.input(),
                    ServingSignature.describe(signature.image()),
                    shape.get(3) < 1 ? "224x224x3" : "224");
        }
        if (shape.get(0) > 1) {
            throw new InvalidInputException(
                    "model '%s' takes exactly %d images at a time: input '%s' is %s; export it for any number",
                    model, shape.get(0), signature.input(), ServingSignature.describe(signature.image()));
        }
        TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
        shape.forEach(side -> proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(side)));
        return proto.build();
    }

    /** The logits: the user's choice, or what all outputs that could be scores come from. */
    private Scores scores(ServingSignature signature, FunctionInliner.Inlined inlined, GraphSimplifier simplifier) {
        Map<String, Scores> candidates = new LinkedHashMap<>();
        signature
                .scores()
                .forEach((name, info) -> candidates.put(
                        name,
                        withoutActivation(simplifier, inlined.place().apply(TensorName.parse(info.getName())), info)));
        if (choices.logits().isPresent()) {
            String name = choices.logits().get();
            if (candidates.containsKey(name)) {
                return candidates.get(name);
            }
            TensorName tensor = TensorName.parse(name);
            if (!graph.contains(tensor.node())) {
                throw new InvalidInputException(
                        "model '%s' has neither an output nor an operation '%s'; outputs: %s%s",
                        model, name, String.join(", ", candidates.keySet()), similar(tensor.node()));
            }
            return new Scores(simplifier.origin(tensor), "", List.of());
        }
        Map<TensorName, Scores> distinct = new LinkedHashMap<>();
        candidates.values().forEach(scores -> distinct.putIfAbsent(scores.tensor(), scores));
        if (distinct.size() > 1) {
            throw new InvalidInputException(
                    "signature '%s' of model '%s' has several outputs that could be the scores; choose one by --logits: %s",
                    signature.name(), model, ServingSignature.describeTensors(signature.scores()));
        }
        return distinct.values().iterator().next();
    }

    /** Operations whose name ends alike, for a message. */
    private String similar(String name) {
        List<String> similar = graph.nodes().stream()
                .map(NodeDef::getName)
                .filter(operation -> operation.endsWith("/" + name))
                .limit(5)
                .toList();
        return similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?";
    }

    private Scores withoutActivation(GraphSimplifier simplifier, TensorName output, TensorInfo declared) {
        TensorName scores = simplifier.origin(output);
        TensorName end = scores;
        while (RESHAPING.contains(graph.producer(end).getOp())) {
            end = simplifier.origin(FlatGraph.input(graph.producer(end), 0));
        }
        NodeDef last = graph.producer(end);
        return switch (last.getOp()) {
            case "Softmax", "LogSoftmax", "Sigmoid" ->
                new Scores(
                        simplifier.origin(FlatGraph.input(last, 0)),
                        last.getOp().toLowerCase(Locale.ROOT),
                        ServingSignature.shape(declared));
            default -> new Scores(scores, "", ServingSignature.shape(declared));
        };
    }

    /**
     * Puts a placeholder where the image goes in.
     *
     * @return whether the model takes whole numbers; its cast to floating point is left out then, for an integer has no gradient
     */
    private boolean feed(TensorName input, ServingSignature signature, TensorShapeProto shape) {
        image = graph.freeName("image");
        Map<TensorName, TensorName> instead = new HashMap<>();
        TensorName placeholder = new TensorName(image, 0);
        DataType type = signature.image().getDtype();
        if (type == DataType.DT_FLOAT) {
            instead.put(input, placeholder);
        } else {
            Set<NodeDef> readers = new HashSet<>(graph.readers().getOrDefault(input.node(), Set.of()));
            Deque<NodeDef> passing = new ArrayDeque<>(readers);
            while (!passing.isEmpty()) {
                NodeDef reader = passing.pop();
                if (reader.getOp().equals("Identity")) {
                    passing.addAll(graph.readers().getOrDefault(reader.getName(), Set.of()));
                } else if (reader.getOp().equals("Cast")
                        && OperationTypes.attribute(reader, "DstT").getType() == DataType.DT_FLOAT) {
                    instead.put(new TensorName(reader.getName(), 0), placeholder);
                } else {
                    throw new InvalidInputException(
                            "input '%s' of model '%s' is %s and read as such by operation '%s' of type %s; expected float32, or a"
                                    + " cast to it first",
                            signature.input(),
                            model,
                            ServingSignature.describe(signature.image()),
                            reader.getName(),
                            reader.getOp());
                }
            }
        }
        graph.put(NodeDef.newBuilder()
                .setName(image)
                .setOp("Placeholder")
                .putAttr("dtype", GraphSimplifier.type(DataType.DT_FLOAT))
                .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
                .build());
        graph.redirect(instead);
        logits = FlatGraph.end(logits, instead);
        return type != DataType.DT_FLOAT && type != DataType.DT_HALF;
    }

    private void requireImageAlone(ServingSignature signature) {
        if (!graph.contains(image)) {
            throw new InvalidInputException(
                    "the scores '%s' of model '%s' do not depend on input '%s'", logits, model, signature.input());
        }
        List<String> others = graph.nodes().stream()
                .filter(node ->
                        node.getOp().equals("Placeholder") && !node.getName().equals(image))
                .map(NodeDef::getName)
                .toList();
        if (!others.isEmpty()) {
            throw new InvalidInputException(
                    "the scores of model '%s' need more than the image: %s; export a signature that needs the image alone",
                    model, String.join(", ", others));
        }
    }

    private List<Path> freeze(MetaGraphDef metaGraph, Set<String> changed) {
        SavedVariables.in(graph).stream()
                .map(NodeDef::getName)
                .filter(changed::contains)
                .findFirst()
                .ifPresent(variable -> {
                    throw new InvalidInputException(
                            "model '%s' changes its variable '%s' while it computes, so its scores are not those of the saved values;"
                                    + " export it for inference",
                            model, variable);
                });
        return new SavedVariables(folder.path(), model, metaGraph).freeze(graph);
    }

    /** The operations of the layers that the user named, by those names. */
    private Map<String, String> chosenLayers(LayerNames names) {
        Set<String> path = graph.descendants(image);
        List<String> inOrder = graph.inOrder().stream()
                .map(NodeDef::getName)
                .filter(path::contains)
                .toList();
        Map<String, String> operations = new LinkedHashMap<>();
        for (String name : choices.layers()) {
            Optional<String> operation = names.operation(name, inOrder);
            operations.put(
                    name,
                    operation.orElseThrow(() -> new InvalidInputException(
                            "model '%s' has no layer and no operation '%s'; its layers: %s",
                            model,
                            name,
                            inOrder.stream()
                                    .filter(op -> !op.equals(image))
                                    .map(names::of)
                                    .distinct()
                                    .collect(Collectors.joining(", ")))));
        }
        return operations;
    }

    private ValueRange range(boolean bytes) {
        return choices.range()
                .or(() -> bytes ? Optional.of(PixelRange.BYTES) : PixelRange.of(graph, image))
                .orElseGet(() -> {
                    notes.add("pixels taken for 0 to 1, which --range can change");
                    return ValueRange.UNIT;
                });
    }

    private ModelGraph describe(
            Graph tensorflow,
            ServingSignature signature,
            Scores scores,
            ValueRange range,
            LayerNames names,
            Map<String, String> chosenLayers,
            long parameters,
            String sha256) {
        Output<?> imageOutput = tensorflow.outputOrThrow(image + ":0");
        Output<?> raw = tensorflow.outputOrThrow(logits.toString());
        Output<?> logitsOutput = classes(tensorflow, raw, scores);
        Set<String> obstacles = obstacles();
        List<LayerFinder.Found> layers = layers(tensorflow, names, chosenLayers, obstacles);

        Shape shape = imageOutput.shape();
        List<String> labels = labels((int) logitsOutput.shape().get(1));
        ModelSignature described = new ModelSignature(
                model,
                (int) shape.get(1),
                (int) shape.get(2),
                (int) shape.get(3),
                range,
                labels,
                layers.stream().map(LayerFinder.Found::layer).toList());
        Map<String, Output<?>> outputs = new HashMap<>();
        layers.forEach(found -> outputs.put(found.layer().name(), tensorflow.outputOrThrow(found.operation() + ":0")));
        // A loop takes its values from lists that have no gradient either, but it is the loop that people know.
        Optional<String> obstacle = obstacles.stream()
                .filter(name -> NetworkOperations.controlFlow(graph.node(name).getOp()))
                .findFirst()
                .or(() -> obstacles.stream().findFirst())
                .map(name ->
                        "operation '" + name + "' of type " + graph.node(name).getOp() + " has no gradient");
        return new ModelGraph(
                tensorflow,
                imageOutput,
                logitsOutput,
                described,
                outputs,
                sha256,
                parameters,
                Optional.empty(),
                shape.get(0) == 1 ? 1 : Integer.MAX_VALUE,
                obstacle,
                Optional.of(story(described, scores, obstacle)));
    }

    /**
     * (N, K) with K of at least 2: a single logit z of a sigmoid becomes (−z/2, z/2), whose softmax is the same, so that both classes have
     * something to explain.
     */
    @SuppressWarnings("unchecked")
    private Output<?> classes(Graph tensorflow, Output<?> found, Scores scores) {
        Ops tf = Ops.create(tensorflow).withSubScope("scores");
        // Behind a branch or a loop TensorFlow may have lost the shape.
        boolean lost = found.shape().isUnknown()
                && scores.declared().size() == 2
                && scores.declared().get(1) > 0;
        Output<?> raw = lost
                ? tf.reshape(
                                found,
                                tf.constant(new long[] {-1, scores.declared().get(1)}))
                        .asOutput()
                : found;
        Shape shape = raw.shape();
        if (raw.dataType() != DataType.DT_FLOAT || shape.numDimensions() != 2 || shape.get(1) < 1) {
            throw new InvalidInputException(
                    "the scores '%s' of model '%s' are %s of shape %s, expected float32 (N, K); choose others by --logits",
                    logits, model, raw.dataType(), shape);
        }
        boolean single = shape.get(1) == 1;
        if (!single && scores.activation().equals("sigmoid")) {
            throw new InvalidInputException(
                    "the scores of model '%s' end in a sigmoid over %d classes: an image may be of several, and of none; to explain"
                            + " '%s' as if they excluded each other, give --logits %s",
                    model, shape.get(1), logits.node(), logits.node());
        }
        if (!single) {
            return raw;
        }
        if (scores.activation().isEmpty() && choices.logits().isEmpty()) {
            throw new InvalidInputException(
                    "model '%s' gives one number without a sigmoid: a measure, or the logit of two classes; if it is a logit, give"
                            + " --logits %s",
                    model, logits.node());
        }
        return tf.withName("binary")
                .linalg
                .matMul((Operand<TFloat32>) raw, tf.constant(new float[][] {{-0.5f, 0.5f}}))
                .asOutput();
    }

    private List<String> labels(int classes) {
        if (choices.labels().isEmpty()) {
            return IntStream.range(0, classes).mapToObj(k -> "class " + k).toList();
        }
        List<String> labels = choices.labels().get();
        if (labels.size() != classes) {
            throw new InvalidInputException(
                    "model '%s' has %d classes, found %d labels: %s",
                    model, classes, labels.size(), String.join(", ", labels));
        }
        return labels;
    }

    private List<LayerFinder.Found> layers(
            Graph tensorflow, LayerNames names, Map<String, String> chosen, Set<String> obstacles) {
        Function<String, Shape> shapes = operation -> {
            Shape shape = tensorflow.outputOrThrow(operation + ":0").shape();
            return shape.isUnknown() ? Shape.scalar() : shape;
        };
        LayerFinder finder = new LayerFinder(graph, image, logits.node(), shapes);
        Set<String> before = graph.ancestors(obstacles.toArray(String[]::new));
        if (!chosen.isEmpty()) {
            List<LayerFinder.Found> layers = new ArrayList<>();
            chosen.forEach((name, operation) -> {
                Optional<LayerFinder.Found> found = finder.describe(name, operation, Kind.CONVOLUTION);
                layers.add(found.filter(layer -> !before.contains(operation))
                        .orElseThrow(() -> new InvalidInputException(
                                "'%s' of model '%s' can be no layer: its shape is %s, expected (N, h, w, c) or (N, c)%s",
                                name,
                                model,
                                shapes.apply(operation),
                                before.contains(operation) ? " and a gradient from the scores" : "")));
            });
            return layers;
        }
        return finder.find(names).stream()
                .filter(found -> !before.contains(found.operation()))
                .toList();
    }

    /** The operations between image and logits that have no gradient, in the order of the forward pass. */
    private Set<String> obstacles() {
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
        return obstacles;
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

    private String story(ModelSignature described, Scores scores, Optional<String> obstacle) {
        List<String> facts = new ArrayList<>(notes.subList(0, 1));
        facts.add(String.format(
                Locale.ROOT,
                "image float32 (N, %d, %d, %d) in [%s, %s]",
                described.height(),
                described.width(),
                described.channels(),
                number(described.range().min()),
                number(described.range().max())));
        facts.addAll(notes.subList(1, notes.size()));
        facts.add("logits '" + logits.node() + "'"
                + (scores.activation().isEmpty() ? "" : " before the " + scores.activation()));
        facts.add(described.classCount() + " classes" + (choices.labels().isEmpty() ? " without labels" : ""));
        List<Layer> convolutions = described.layers().stream()
                .filter(layer -> layer.kind() == Kind.CONVOLUTION)
                .toList();
        int layers = described.layers().size();
        facts.add(layers + (layers == 1 ? " layer" : " layers"));
        facts.add(
                convolutions.isEmpty()
                        ? "none of them a convolution"
                        : "CAM at '" + convolutions.get(convolutions.size() - 1).name() + "'");
        obstacle.ifPresent(reason -> facts.add(reason + ", so black-box explainers alone can be used"));
        return String.join(", ", facts);
    }

    private static String number(float value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}

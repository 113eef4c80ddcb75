package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.ModelSignature.ValueRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Makes a SavedModel that Inkling did not write into a graph that it can explain: functions in their places, variables as constants, softmax
 * off, layers found. What the user does not say is found out, and told in one line.
 *
 * <p>Everything that can be wrong with the folder is found before an operation of it runs.
 */
final class ForeignGraph {

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

    private ModelGraph read() {
        MetaGraphDef metaGraph = folder.metaGraph();
        ServingSignature signature = ServingSignature.find(model, metaGraph.getSignatureDefMap(), choices);
        notes.add("signature " + signature.name());
        TensorShapeProto shape = ImageInput.shape(model, signature, choices.size());

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
        Scores found = Scores.find(model, signature, choices.logits(), inlined, simplifier);
        ImageInput input = ImageInput.feed(
                graph,
                model,
                signature,
                inlined.place().apply(TensorName.parse(signature.image().getName())),
                shape);
        Scores scores = found.redirected(input.instead());
        logits = scores.tensor();
        image = input.name();
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
        ValueRange range = range(input.bytes());
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
        Output<?> logitsOutput = scores.classes(tensorflow, model);
        Obstacles obstacles = Obstacles.in(graph, image);
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
                obstacles.reason(),
                Optional.of(story(described, scores, obstacles)),
                SavedSignature.of(folder.metaGraph()));
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
            Graph tensorflow, LayerNames names, Map<String, String> chosen, Obstacles obstacles) {
        Function<String, Shape> shapes = operation -> {
            Shape shape = tensorflow.outputOrThrow(operation + ":0").shape();
            return shape.isUnknown() ? Shape.scalar() : shape;
        };
        LayerFinder finder = new LayerFinder(graph, image, logits.node(), shapes);
        Set<String> before = obstacles.shadow();
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

    private String story(ModelSignature described, Scores scores, Obstacles obstacles) {
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
        obstacles.reason().ifPresent(reason -> facts.add(reason + ", so black-box explainers alone can be used"));
        return String.join(", ", facts);
    }

    private static String number(float value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}

package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** Opens a SavedModel that Inkling wrote: its card says what is what, and is held against the graph. */
final class InklingGraph {

    private final ModelFolder folder;
    private final ModelCard card;
    private final Graph graph;

    private InklingGraph(ModelFolder folder, Graph graph) {
        this.folder = folder;
        this.card = folder.card().orElseThrow();
        this.graph = graph;
    }

    /**
     * Opens a model.
     *
     * @throws InvalidInputException if the graph is not the one that the card speaks of, or holds operations that no network needs and is not
     *     trusted
     */
    static ModelGraph open(ModelFolder folder, ModelChoices choices) {
        if (choices.describe()) {
            throw new InvalidInputException(
                    "model '%s' was written by Inkling and says itself what is what; leave out --signature, --input, --logits,"
                            + " --layer, --range, --labels and --size",
                    folder.card().orElseThrow().name());
        }
        FlatGraph network = network(folder);
        if (!choices.trusted()) {
            NetworkOperations.require(network, folder.card().orElseThrow().name());
        }
        Graph graph = new Graph();
        try {
            graph.importGraphDef(IndependentInputs.of(network.toGraphDef()));
            return new InklingGraph(folder, graph).open();
        } catch (RuntimeException e) {
            graph.close();
            throw e;
        }
    }

    /** The graph without what explains in other runtimes. */
    private static FlatGraph network(ModelFolder folder) {
        FlatGraph network = FlatGraph.of(folder.metaGraph().getGraphDef());
        SignatureDef serving = serving(folder);
        network.prune(Stream.of(
                        serving.getInputsMap().values().stream().map(TensorInfo::getName),
                        serving.getOutputsMap().values().stream().map(TensorInfo::getName),
                        folder.card().orElseThrow().layers().stream().map(ModelCard.CardLayer::tensor))
                .flatMap(names -> names)
                .map(name -> TensorName.parse(name).node())
                .filter(network::contains)
                .toArray(String[]::new));
        return network;
    }

    private static SignatureDef serving(ModelFolder folder) {
        SignatureDef serving = folder.metaGraph().getSignatureDefMap().get(SavedSignature.SERVING);
        if (serving == null) {
            throw new InvalidInputException(
                    "model '%s' has no signature '%s', found %s",
                    folder.path(),
                    SavedSignature.SERVING,
                    folder.metaGraph().getSignatureDefMap().keySet());
        }
        return serving;
    }

    private ModelGraph open() {
        SignatureDef serving = serving(folder);
        ModelSignature signature = card.signature();
        Output<?> image = output(serving.getInputsMap(), "image");
        Output<?> logits = output(serving.getOutputsMap(), "logits");
        requireShape("image", image, signature.height(), signature.width(), signature.channels());
        requireShape("logits", logits, signature.classCount());
        return new ModelGraph(
                graph,
                image,
                logits,
                signature,
                card.layers().stream().collect(Collectors.toMap(ModelCard.CardLayer::name, this::layerOutput)),
                folder.graphSha256(),
                card.parameters(),
                Optional.of(card),
                Integer.MAX_VALUE,
                Optional.empty(),
                Optional.empty(),
                SavedSignature.of(folder.metaGraph()));
    }

    private Output<?> output(Map<String, TensorInfo> tensors, String key) {
        TensorInfo info = tensors.get(key);
        if (info == null || info.getDtype() != DataType.DT_FLOAT) {
            throw new InvalidInputException(
                    "signature '%s' has no float32 '%s', found %s; expected image → logits",
                    SavedSignature.SERVING, key, tensors.keySet());
        }
        return graph.outputOrThrow(info.getName());
    }

    private Output<?> layerOutput(ModelCard.CardLayer layer) {
        Output<?> output = graph.output(layer.tensor());
        if (output == null) {
            throw new InvalidInputException(
                    "the model card names tensor '%s' for layer '%s', which the graph lacks",
                    layer.tensor(), layer.name());
        }
        if (output.shape().numDimensions() == 2) {
            requireShape(layer.name(), output, layer.channels());
        } else {
            requireShape(layer.name(), output, layer.height(), layer.width(), layer.channels());
        }
        return output;
    }

    private static void requireShape(String what, Output<?> output, long... row) {
        Shape expected = Shape.of(row).prepend(Shape.UNKNOWN_SIZE);
        Shape found = output.shape();
        boolean same = found.numDimensions() == expected.numDimensions();
        for (int i = 1; same && i < found.numDimensions(); i++) {
            same = found.get(i) == expected.get(i);
        }
        if (!same) {
            throw new InvalidInputException(
                    "the model card says %s has shape %s, the graph says %s", what, expected, found);
        }
    }
}

package dev.inkling.model;

import com.google.protobuf.CodedOutputStream;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.model.saved.ModelFolder;
import dev.inkling.model.saved.SavedSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Writes trained weights as a SavedModel: the inference graph alone, frozen, batch normalisation folded, in one file that
 * every TensorFlow runtime loads.
 *
 * <p>Signature {@code serving_default}: {@code image} float32 (N, H, W, C) in the card's value range to {@code logits} and
 * {@code probabilities}, both float32 (N, K). The others explain: see {@link ExplanationSignatures}.
 */
public final class SavedModelWriter {

    private static final Map<Class<?>, DataType> DATA_TYPES =
            Map.of(TFloat32.class, DataType.DT_FLOAT, TInt32.class, DataType.DT_INT32, TUint8.class, DataType.DT_UINT8);

    private SavedModelWriter() {}

    /** The facts of a card that do not follow from the architecture. */
    public record About(String name, List<String> labels, ModelCard.Training training, ModelCard.Accuracy accuracy) {}

    /**
     * Writes a model into a folder, which is created and must not hold a model yet.
     *
     * @param weights kernel, bias, gamma, beta, mean and variance of every convolution, kernel and bias of every dense
     *     layer and of the attention, by name, in row-major order
     * @return the card that was written beside the graph
     */
    public static ModelCard write(Path folder, Architecture architecture, Map<String, float[]> weights, About about)
            throws IOException {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Placeholder<TFloat32> image = tf.withName("image")
                    .placeholder(
                            TFloat32.class,
                            Placeholder.shape(Shape.of(
                                    Shape.UNKNOWN_SIZE,
                                    architecture.height(),
                                    architecture.width(),
                                    architecture.channels())));
            FrozenWeights frozen = new FrozenWeights(architecture, weights);
            Network.Built network = Network.build(tf, architecture, image, frozen);
            Operand<TFloat32> probabilities = tf.withName("probabilities").nn.softmax(network.logits());

            Map<String, SignatureDef> signatures =
                    new LinkedHashMap<>(ExplanationSignatures.add(graph, architecture, frozen, image, network));
            signatures.put(SavedSignature.SERVING, serving(image, network.logits(), probabilities));
            String graphSha256 = writeGraph(folder, graph, signatures);

            ModelCard card = new ModelCard(
                    ModelCard.FORMAT,
                    about.name(),
                    new ModelCard.Input(architecture.height(), architecture.width(), architecture.channels(), 0, 1),
                    about.labels(),
                    architecture.parameterCount(),
                    network.layers().stream()
                            .map(named -> new ModelCard.CardLayer(
                                    named.layer().name(),
                                    named.layer().kind(),
                                    named.layer().height(),
                                    named.layer().width(),
                                    named.layer().channels(),
                                    tensorName(named.output())))
                            .toList(),
                    about.training(),
                    about.accuracy(),
                    graphSha256);
            writeCard(folder, card);
            return card;
        }
    }

    /** Replaces the card of a model folder. */
    public static void writeCard(Path folder, ModelCard card) throws IOException {
        Path file = folder.resolve(ModelCard.PATH);
        Files.createDirectories(file.getParent());
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(beside, card.toJson());
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The signature by which a model is asked for its scores. */
    private static SignatureDef serving(
            Operand<TFloat32> image, Operand<TFloat32> logits, Operand<TFloat32> probabilities) {
        return signature(Map.of("image", image), Map.of("logits", logits, "probabilities", probabilities));
    }

    /** A signature of these tensors, by the names under which they are asked for. */
    static SignatureDef signature(Map<String, ? extends Operand<?>> inputs, Map<String, ? extends Operand<?>> outputs) {
        SignatureDef.Builder signature = SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
        inputs.forEach((name, operand) -> signature.putInputs(name, tensorInfo(operand)));
        outputs.forEach((name, operand) -> signature.putOutputs(name, tensorInfo(operand)));
        return signature.build();
    }

    /** Writes the graph with its serving signature alone, as the one file of a SavedModel. */
    public static void writeGraph(
            Path folder,
            Graph graph,
            Operand<TFloat32> image,
            Operand<TFloat32> logits,
            Operand<TFloat32> probabilities)
            throws IOException {
        writeGraph(folder, graph, Map.of(SavedSignature.SERVING, serving(image, logits, probabilities)));
    }

    /**
     * Writes the graph with its signatures, as the one file of a SavedModel.
     *
     * @return the file's SHA-256
     */
    static String writeGraph(Path folder, Graph graph, Map<String, SignatureDef> signatures) throws IOException {
        SavedModel model = SavedModel.newBuilder()
                .setSavedModelSchemaVersion(1)
                .addMetaGraphs(MetaGraphDef.newBuilder()
                        .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder()
                                .addTags("serve")
                                .setTensorflowVersion(TensorFlow.version()))
                        .setGraphDef(graph.toGraphDef())
                        .putAllSignatureDef(signatures))
                .build();
        Files.createDirectories(folder);
        byte[] bytes = new byte[model.getSerializedSize()];
        CodedOutputStream coded = CodedOutputStream.newInstance(bytes);
        // Map entries in a fixed order: the same weights give the same file, and so the same SHA-256.
        coded.useDeterministicSerialization();
        model.writeTo(coded);
        coded.checkNoSpaceLeft();
        Files.write(folder.resolve(ModelFolder.GRAPH_FILE), bytes);
        return ModelFolder.sha256(bytes);
    }

    private static String tensorName(Operand<?> operand) {
        return operand.asOutput().op().name() + ":" + operand.asOutput().index();
    }

    private static TensorInfo tensorInfo(Operand<?> operand) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : operand.asOutput().shape().asArray()) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return TensorInfo.newBuilder()
                .setName(tensorName(operand))
                .setDtype(DATA_TYPES.get(operand.asOutput().type()))
                .setTensorShape(shape)
                .build();
    }
}

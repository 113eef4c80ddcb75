package dev.inkling.model;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/**
 * A model folder as it was read: each file once, so that what is hashed is what is used. Everything that can be wrong with it is
 * found here, before TensorFlow sees it.
 */
record ModelFolder(ModelCard card, GraphDef graph, SignatureDef serving, String sha256) {

    static ModelFolder read(Path folder) {
        byte[] bytes = graphFile(folder);
        ModelCard card = card(folder);
        MetaGraphDef metaGraph = metaGraph(folder, bytes);
        SignatureDef serving = metaGraph.getSignatureDefMap().get(SavedModelWriter.SIGNATURE);
        if (serving == null) {
            throw new InvalidInputException(
                    "model '%s' has no signature '%s', found %s",
                    folder,
                    SavedModelWriter.SIGNATURE,
                    metaGraph.getSignatureDefMap().keySet());
        }
        return new ModelFolder(card, metaGraph.getGraphDef(), serving, sha256(bytes));
    }

    private static byte[] graphFile(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException("no model folder '%s'; train one with 'inkling train'", folder);
        }
        Path file = folder.resolve(SavedModelWriter.GRAPH_FILE);
        if (!Files.isRegularFile(file)) {
            Path nested = folder.resolve("model");
            throw new InvalidInputException(
                    "folder '%s' is no SavedModel: it lacks %s%s",
                    folder,
                    SavedModelWriter.GRAPH_FILE,
                    Files.isRegularFile(nested.resolve(SavedModelWriter.GRAPH_FILE))
                            ? "; did you mean '" + nested + "'?"
                            : "");
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InvalidInputException(e, "cannot read '%s': %s", file, e.getMessage());
        }
    }

    private static ModelCard card(Path folder) {
        Path file = folder.resolve(ModelCard.PATH);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(
                    "model '%s' was not written by Inkling: it lacks %s", folder, ModelCard.PATH);
        }
        try {
            return ModelCard.fromJson(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new InvalidInputException(e, "cannot read '%s': %s", file, e.getMessage());
        }
    }

    private static MetaGraphDef metaGraph(Path folder, byte[] bytes) {
        try {
            SavedModel model = SavedModel.parseFrom(bytes);
            if (model.getMetaGraphsCount() == 1) {
                return model.getMetaGraphs(0);
            }
            throw new InvalidInputException(
                    "model '%s' holds %d graphs, expected one", folder, model.getMetaGraphsCount());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidInputException(
                    e,
                    "'%s' is damaged: %s; export or copy the model again",
                    folder.resolve(SavedModelWriter.GRAPH_FILE),
                    e.getMessage());
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

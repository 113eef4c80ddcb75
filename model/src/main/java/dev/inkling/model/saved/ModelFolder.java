package dev.inkling.model.saved;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * A model folder as it was read: the graph's file once, so that what is hashed is what is used. What can be wrong with the files is found
 * here, before TensorFlow sees them.
 *
 * @param card of a model that Inkling wrote
 * @param graphSha256 of the graph's file
 */
public record ModelFolder(Path path, MetaGraphDef metaGraph, Optional<ModelCard> card, String graphSha256) {

    /** The graph, in a model folder. */
    public static final String GRAPH_FILE = "saved_model.pb";

    /** TensorFlow's tag of a graph that is there to be used, not trained. */
    private static final String SERVE = "serve";

    static ModelFolder read(Path folder) {
        byte[] bytes = graphFile(folder);
        return new ModelFolder(folder, metaGraph(folder, bytes), card(folder), sha256(bytes));
    }

    /** In lower-case hexadecimal. */
    public static String sha256(byte[] bytes) {
        return hex(digest().digest(bytes));
    }

    /** What messages call the model: its folder, or the folder above where that is but called {@code model} or by a version. */
    String name() {
        Path folder = path.toAbsolutePath().normalize();
        while (folder.getNameCount() > 1 && folder.getFileName().toString().matches("model|saved_model|\\d+")) {
            folder = folder.getParent();
        }
        return String.valueOf(folder.getFileName());
    }

    /**
     * SHA-256 of the graph's file where the model is that file alone. Otherwise of a list: the SHA-256 of the graph's file and of these, in
     * hexadecimal, a line each.
     */
    String sha256(List<Path> others) {
        if (others.isEmpty()) {
            return graphSha256;
        }
        StringBuilder list = new StringBuilder(graphSha256).append('\n');
        for (Path file : others) {
            try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest())) {
                in.transferTo(OutputStream.nullOutputStream());
                list.append(hex(in.getMessageDigest().digest())).append('\n');
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
        return hex(digest().digest(list.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] graphFile(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException("no model folder '%s'; train one with 'inkling train'", folder);
        }
        Path file = folder.resolve(GRAPH_FILE);
        if (!Files.isRegularFile(file)) {
            Path nested = folder.resolve("model");
            throw new InvalidInputException(
                    "folder '%s' is no SavedModel: it lacks %s%s",
                    folder,
                    GRAPH_FILE,
                    Files.isRegularFile(nested.resolve(GRAPH_FILE)) ? "; did you mean '" + nested + "'?" : "");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static InvalidInputException unreadable(Path file, IOException e) {
        return new InvalidInputException(e, "cannot read '%s': %s", file, e.getMessage());
    }

    private static Optional<ModelCard> card(Path folder) {
        Path file = folder.resolve(ModelCard.PATH);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ModelCard.fromJson(Files.readString(file), file.toString()));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static MetaGraphDef metaGraph(Path folder, byte[] bytes) {
        List<MetaGraphDef> graphs;
        try {
            graphs = SavedModel.parseFrom(bytes).getMetaGraphsList();
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidInputException(
                    e,
                    "'%s' is damaged: %s; export or copy the model again",
                    folder.resolve(GRAPH_FILE),
                    e.getMessage());
        }
        if (graphs.size() == 1) {
            return graphs.get(0);
        }
        List<MetaGraphDef> serving = graphs.stream()
                .filter(graph -> graph.getMetaInfoDef().getTagsList().equals(List.of(SERVE)))
                .toList();
        if (serving.size() == 1) {
            return serving.get(0);
        }
        throw new InvalidInputException(
                "model '%s' holds %d graphs, expected one, or one with the tag '%s'", folder, graphs.size(), SERVE);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}

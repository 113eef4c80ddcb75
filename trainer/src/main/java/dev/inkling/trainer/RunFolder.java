package dev.inkling.trainer;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.model.saved.ModelFolder;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a run keeps what it makes:
 *
 * <pre>
 * checkpoints/epoch-003/            after every epoch: a SavedModel, and in resume/ what is needed to go on
 * checkpoints/epoch-003-batch-0120/ the same in the middle of epoch 3, where the run was stopped
 * model/                            the SavedModel of the best epoch so far, by validation accuracy
 * history.json                      the metrics of every epoch
 * </pre>
 *
 * Everything is written beside and moved into place, so what has its final name is whole; a checkpoint's SHA256SUMS tells later
 * damage.
 */
public final class RunFolder {

    private static final String RESUME = "resume";
    private static final String PART = ".part";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path root;

    /** A run's folder, which may not exist yet. */
    public RunFolder(Path root) {
        this.root = root;
    }

    /** The SavedModel of the best epoch. */
    public Path model() {
        return root.resolve("model");
    }

    /** The metrics of every epoch, as JSON. */
    public Path history() {
        return root.resolve("history.json");
    }

    /** Where the training curves belong. */
    public Path curves() {
        return root.resolve("history.png");
    }

    private Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /**
     * Makes sure that a new run may use the folder.
     *
     * @throws InvalidInputException if it holds a run already or can not be written to
     */
    void claim() {
        if (!checkpointsLatestFirst().isEmpty() || Files.exists(model())) {
            throw new InvalidInputException(
                    "'%s' holds a run already; continue it with --resume or choose another folder", root);
        }
        try {
            Files.createDirectories(checkpoints());
        } catch (IOException e) {
            throw new InvalidInputException(e, "cannot write to '%s' (%s); choose another folder", root, e);
        }
    }

    /** All checkpoints, the one that got furthest first. */
    List<Path> checkpointsLatestFirst() {
        try {
            return checkpointsNamed("epoch-\\d+(-batch-\\d+)?").stream()
                    .sorted(Comparator.comparingLong(RunFolder::progress).reversed())
                    .toList();
        } catch (IOException e) {
            throw new InvalidInputException(e, "cannot list '%s': %s", checkpoints(), e.getMessage());
        }
    }

    /** The checkpoint after this epoch, which may not exist. */
    Path checkpoint(int epoch) {
        return checkpoints().resolve(String.format(Locale.ROOT, "epoch-%03d", epoch));
    }

    /** How far a checkpoint got: its epoch, then its batch, an epoch's end being beyond all of its batches. */
    private static long progress(Path checkpoint) {
        String[] parts = checkpoint.getFileName().toString().split("-");
        long batch = parts.length > 2 ? Long.parseLong(parts[3]) : Integer.MAX_VALUE;
        return Long.parseLong(parts[1]) << Integer.SIZE | batch;
    }

    /** Where a checkpoint's variables and progress lie. */
    static Path resume(Path checkpoint) {
        return checkpoint.resolve(RESUME);
    }

    /** Writes a checkpoint's parts into the folder that it is given. */
    interface Parts {
        void write(Path folder) throws IOException;
    }

    /** Writes a checkpoint as a whole. */
    Path save(Progress progress, Parts parts) throws IOException {
        Path folder = progress.batches() == 0
                ? checkpoint(progress.epoch() - 1)
                : checkpoints()
                        .resolve(String.format(
                                Locale.ROOT, "epoch-%03d-batch-%04d", progress.epoch(), progress.batches()));
        // What a kill in the middle of a checkpoint left is of no use to anybody, and takes the room that this one
        // needs.
        for (Path left : checkpointsNamed(".*" + Pattern.quote(PART))) {
            delete(left);
        }
        replace(folder, part -> {
            Files.createDirectories(resume(part));
            parts.write(part);
            progress.write(resume(part));
            Checksums.write(part);
        });
        removePartialEpochs(folder);
        return folder;
    }

    /** Writes a folder beside its place and moves it there; where that fails, nothing is left of it. */
    private static void replace(Path folder, Parts parts) throws IOException {
        Path part = folder.resolveSibling(folder.getFileName() + PART);
        delete(part);
        try {
            Files.createDirectories(part);
            parts.write(part);
            delete(folder);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            try {
                delete(part);
            } catch (IOException further) {
                e.addSuppressed(further);
            }
            throw e;
        }
    }

    /** A checkpoint in the middle of an epoch is of no use once a later one exists. */
    private void removePartialEpochs(Path latest) throws IOException {
        for (Path folder : checkpointsNamed("epoch-\\d+-batch-\\d+")) {
            if (!folder.equals(latest)) {
                delete(folder);
            }
        }
    }

    /** Folders beside the checkpoints whose names match. */
    private List<Path> checkpointsNamed(String pattern) throws IOException {
        if (!Files.isDirectory(checkpoints())) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(checkpoints())) {
            return folders.filter(folder -> folder.getFileName().toString().matches(pattern))
                    .toList();
        }
    }

    /** Makes a checkpoint's SavedModel the run's model. */
    void publish(Path checkpoint) throws IOException {
        publish(part -> {
            Files.createDirectories(part.resolve(ModelCard.PATH).getParent());
            for (String file : List.of(ModelFolder.GRAPH_FILE, ModelCard.PATH)) {
                Files.copy(checkpoint.resolve(file), part.resolve(file));
            }
        });
    }

    /** Replaces the run's model. */
    void publish(Parts parts) throws IOException {
        replace(model(), parts);
    }

    /** The metrics so far, of which every epoch is one entry. */
    public record History(TrainSettings settings, List<EpochMetrics> epochs) {}

    /**
     * What was written so far.
     *
     * @throws InvalidInputException if there is no history or it can not be read
     */
    public History readHistory() {
        try {
            return JSON.readValue(Files.readString(history()), History.class);
        } catch (IOException | JacksonException e) {
            throw new InvalidInputException(e, "cannot read '%s': %s", history(), e.getMessage());
        }
    }

    void writeHistory(History history) throws IOException {
        Files.createDirectories(root);
        Path part = history().resolveSibling(history().getFileName() + PART);
        Files.writeString(part, JSON.writeValueAsString(history) + "\n");
        Files.move(part, history(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            // Insecure only where somebody else may write to the folder's parent meanwhile.
            MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }
}

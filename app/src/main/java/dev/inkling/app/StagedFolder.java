package dev.inkling.app;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder that appears whole or not at all: it is written beside its place and moved there by {@link #commit}. Closed
 * without a commit it leaves nothing behind, and what was in its place before stays as it was.
 */
final class StagedFolder implements AutoCloseable {

    private final Path target;
    private final Path staging;

    private StagedFolder(Path target, Path staging) {
        this.target = target;
        this.staging = staging;
    }

    /**
     * Checks that a folder can be written in this place, so that a long run need not end in an error; leaves no trace.
     *
     * @throws InvalidInputException if not
     */
    static void requireWritable(Path folder) {
        Path target = real(folder);
        Path parent = target.getParent();
        if (Files.exists(target) && !Files.isDirectory(target)) {
            throw new InvalidInputException("output folder %s is a file; name a folder", folder);
        }
        if (parent == null || Path.of("").toAbsolutePath().startsWith(target)) {
            throw new InvalidInputException(
                    "output folder %s holds the current folder, and it is replaced as a whole; name a folder in it",
                    folder);
        }
        Path existing = parent;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new InvalidInputException(
                    "can't create output folder %s: %s is a file; name another folder", folder, existing);
        }
        try {
            if (Files.exists(target) && !Files.getFileStore(target).equals(Files.getFileStore(parent))) {
                throw new InvalidInputException(
                        "output folder %s is a mounted disk, which can't be replaced as a whole; name a folder in it",
                        folder);
            }
            Files.delete(Files.createTempDirectory(existing, ".inkling-"));
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /**
     * Checks that a folder can be written in this place, and that nothing is lost when it takes the place of one that is
     * there; leaves no trace.
     *
     * @param ours tells of a folder which of its files, relative to it, are of an earlier report
     * @throws InvalidInputException if it can't be written, or the one there holds anything else
     */
    static void requireReplaceable(Path folder, Function<Path, Set<String>> ours) {
        requireWritable(folder);
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<String> present;
        try (Stream<Path> all = Files.walk(folder)) {
            present = all.filter(path -> !Files.isDirectory(path))
                    .map(path -> folder.relativize(path).toString().replace('\\', '/'))
                    .filter(name -> !name.endsWith(".DS_Store"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidInputException(
                    e, "can't read output folder %s (%s); name another folder", folder, RootCause.describe(e));
        }
        Set<String> known = ours.apply(folder);
        List<String> foreign =
                present.stream().filter(name -> !known.contains(name)).toList();
        if (!foreign.isEmpty()) {
            throw new InvalidInputException(
                    "output folder %s holds what is not of an earlier report: %s%s; name another folder",
                    folder,
                    foreign.stream().limit(3).collect(Collectors.joining(", ")),
                    foreign.size() > 3 ? " and " + (foreign.size() - 3) + " more" : "");
        }
    }

    /**
     * Opens an empty folder to write into.
     *
     * @param folder where it will be; folders on the way are made
     * @throws InvalidInputException if it can't be written there
     */
    static StagedFolder beside(Path folder) {
        requireWritable(folder);
        Path target = real(folder);
        try {
            Files.createDirectories(target.getParent());
            return new StagedFolder(target, Files.createDirectory(hidden(target, "part")));
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /** Where to write. */
    Path path() {
        return staging;
    }

    /** Moves the folder to its place; what was there before is deleted once the new one stands. */
    void commit() throws IOException {
        if (!Files.exists(target)) {
            Files.move(staging, target);
            return;
        }
        Path old = hidden(target, "old");
        Files.move(target, old);
        try {
            Files.move(staging, target);
        } catch (IOException | RuntimeException e) {
            Files.move(old, target);
            throw e;
        }
        delete(old);
    }

    /** Deletes what was not committed. */
    @Override
    public void close() throws IOException {
        delete(staging);
    }

    /** A link is followed, so that the folder it leads to is replaced and not the link. */
    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            return folder.toAbsolutePath().normalize();
        }
    }

    private static Path hidden(Path target, String ending) {
        return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + "." + ending);
    }

    private static InvalidInputException unwritable(Path folder, IOException e) {
        return new InvalidInputException(
                e,
                "can't write output folder %s (%s); name a folder that can be written",
                folder,
                RootCause.describe(e));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            // Insecure only where somebody else may write to the folder's parent meanwhile.
            MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }
}

package dev.inkling.app;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

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

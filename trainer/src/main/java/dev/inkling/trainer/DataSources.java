package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens data by the name a user gives. */
public final class DataSources {

    private DataSources() {}

    /**
     * Opens {@code mnist} (downloaded on first use), {@code strokes} (generated), or a folder with the four IDX files.
     *
     * @throws InvalidInputException if there is nothing of this name, or what is there cannot be used
     */
    public static Datasets open(String spec, DownloadListener listener) {
        return switch (spec) {
            case "mnist" -> Mnist.standard().open(listener);
            case "strokes" -> Strokes.standard();
            default -> IdxFolder.read(folder(spec));
        };
    }

    private static Path folder(String spec) {
        try {
            Path folder = Path.of(spec);
            if (!spec.isBlank() && Files.exists(folder)) {
                return folder;
            }
        } catch (InvalidPathException e) {
            // Not even a path: the message below says what would be.
        }
        throw new InvalidInputException(
                "no data '%s'; expected mnist (downloaded), strokes (generated), or an existing folder with the four IDX files",
                spec);
    }
}

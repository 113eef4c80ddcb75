package dev.inkling.trainer;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The SHA-256 of every file in a folder, in the form that {@code sha256sum --check} reads. */
final class Checksums {

    static final String FILE = "SHA256SUMS";

    private static final String SEPARATOR = "  ";

    private Checksums() {}

    /** Writes the sums of what the folder holds now. */
    static void write(Path folder) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Path file : files(folder)) {
            lines.append(sum(folder.resolve(file)))
                    .append(SEPARATOR)
                    .append(file.toString().replace('\\', '/'))
                    .append('\n');
        }
        Files.writeString(folder.resolve(FILE), lines);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(folder::relativize)
                    .sorted()
                    .toList();
        }
    }

    /** What is wrong with the folder, or nothing where every file is as it was written. */
    static Optional<String> problem(Path folder) {
        try {
            for (String line : Files.readAllLines(folder.resolve(FILE))) {
                String[] parts = line.split(SEPARATOR, 2);
                if (parts.length < 2) {
                    return Optional.of(FILE + " is damaged");
                }
                Path file = folder.resolve(parts[1]);
                if (!Files.isRegularFile(file)) {
                    return Optional.of(parts[1] + " is missing");
                }
                if (!sum(file).equals(parts[0])) {
                    return Optional.of(parts[1] + " is not as it was written");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(FILE + " can not be read (" + e.getMessage() + ")");
        }
    }

    private static String sum(Path file) throws IOException {
        return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
    }
}

package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder with the four files of MNIST, or of data in its form: {@code train-images-idx3-ubyte},
 * {@code train-labels-idx1-ubyte} and the same with {@code t10k}; each with or without {@code .gz}, and with a dot before
 * {@code idx} where somebody's unpacker put one. The file {@code labels.txt}, one class a line, may name other classes
 * than the ten digits.
 */
final class IdxFolder {

    static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
    static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

    /** Names the classes, one a line. */
    static final String LABELS = "labels.txt";

    static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private IdxFolder() {}

    /**
     * Reads and checks all four.
     *
     * @throws InvalidInputException if a file is missing or bad, or they do not belong together
     */
    static Datasets read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException("%s is not a folder; expected one with the four IDX files", folder);
        }
        List<String> missing = Stream.of(TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
                .filter(name -> find(folder, name).isEmpty())
                .toList();
        if (!missing.isEmpty()) {
            throw new InvalidInputException(
                    "folder %s lacks %s (with or without .gz); put the missing files there, or use --data mnist to download them",
                    folder, String.join(", ", missing));
        }
        List<String> classes = classes(folder.resolve(LABELS));
        String name = folder.toAbsolutePath().normalize().getFileName() == null
                ? "data"
                : folder.toAbsolutePath().normalize().getFileName().toString();
        return new Datasets(
                join(folder, name + "/train", TRAIN_IMAGES, TRAIN_LABELS, classes),
                join(folder, name + "/test", TEST_IMAGES, TEST_LABELS, classes));
    }

    private static Dataset join(Path folder, String name, String images, String labels, List<String> classes) {
        return IdxFile.join(
                name,
                IdxFile.readImages(find(folder, images).orElseThrow()),
                IdxFile.readLabels(find(folder, labels).orElseThrow()),
                classes);
    }

    private static Optional<Path> find(Path folder, String name) {
        String dotted = name.replace("-idx", ".idx");
        return Stream.of(name, dotted, name + ".gz", dotted + ".gz")
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst();
    }

    private static List<String> classes(Path file) {
        if (!Files.exists(file)) {
            return DIGITS;
        }
        List<String> classes = new ArrayList<>();
        try {
            Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .forEach(classes::add);
        } catch (IOException e) {
            throw new InvalidInputException(e, "%s cannot be read as UTF-8 text: %s", file, e);
        }
        if (classes.size() < 2 || classes.size() > 256 || new HashSet<>(classes).size() < classes.size()) {
            throw new InvalidInputException(
                    "%s names %d classes; expected 2 to 256, one a line, no two alike", file, classes.size());
        }
        return List.copyOf(classes);
    }
}

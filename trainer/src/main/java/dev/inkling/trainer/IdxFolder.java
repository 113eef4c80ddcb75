package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The four files of MNIST, or of data in its form, in a folder: {@code train-images-idx3-ubyte},
 * {@code train-labels-idx1-ubyte} and the same with {@code t10k} or {@code test}; each with or without {@code .gz}, and with a
 * dot before {@code idx} where somebody's unpacker put one. Something may stand before all four names, such as
 * {@code emnist-letters-}: so several sets fit into one folder, and each is named by what stands there.
 *
 * <p>The classes are named by EMNIST's own mapping ({@code emnist-letters-mapping.txt}), else by {@code labels.txt} with one
 * a line. Without either they are the ten digits, or Fashion-MNIST's ten garments in a folder called {@code fashion-mnist}
 * ({@code FashionMNIST} will do): the files themselves do not tell the two apart.
 *
 * <p>EMNIST stores its images with rows and columns exchanged; those of a set called {@code emnist-…} are turned upright.
 */
final class IdxFolder {

    static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
    static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

    /** Names the classes, one a line. */
    static final String LABELS = "labels.txt";

    private static final String TRANSPOSED = "emnist-";

    private static final Pattern FILE =
            Pattern.compile("(?:(.+)-)?(?:train|t10k|test)-(?:images[-.]idx3|labels[-.]idx1)-ubyte(?:\\.gz)?");

    private IdxFolder() {}

    /** The sets in a folder, by what stands before their files' names; empty for the plain names. */
    static SortedSet<String> sets(Path folder) {
        SortedSet<String> sets = new TreeSet<>();
        for (String file : Folders.list(folder)) {
            Matcher matcher = FILE.matcher(file);
            if (matcher.matches()) {
                sets.add(matcher.group(1) == null ? "" : matcher.group(1));
            }
        }
        return sets;
    }

    /**
     * Reads and checks the four files of the only set.
     *
     * @throws InvalidInputException if there are several, a file is missing or bad, or they do not belong together
     */
    static Datasets read(Path folder) {
        SortedSet<String> sets = sets(folder);
        if (sets.size() > 1) {
            throw new InvalidInputException(
                    "folder %s holds %d sets: %s; choose one, such as %s%s",
                    folder,
                    sets.size(),
                    String.join(", ", sets.stream().map(IdxFolder::shown).toList()),
                    folder.resolve(sets.last()),
                    sets.contains("") ? ", or move that of plain names into a folder of its own" : "");
        }
        return read(folder, sets.isEmpty() ? "" : sets.first());
    }

    /**
     * Reads and checks the four files of one set.
     *
     * @param set what stands before their names, without the hyphen; may be empty
     * @throws InvalidInputException if a file is missing or bad, or they do not belong together
     */
    static Datasets read(Path folder, String set) {
        List<String> missing = new ArrayList<>();
        Path trainImages = find(folder, set, missing, TRAIN_IMAGES);
        Path trainLabels = find(folder, set, missing, TRAIN_LABELS);
        Path testImages = find(folder, set, missing, TEST_IMAGES);
        Path testLabels = find(folder, set, missing, TEST_LABELS);
        if (!missing.isEmpty()) {
            throw new InvalidInputException(
                    "folder %s lacks %s (with or without .gz); put the missing files there%s",
                    folder, String.join(", ", missing), set.isEmpty() ? ", or use --data mnist to download them" : "");
        }
        ClassNames classes = classes(folder, set);
        boolean transposed = set.startsWith(TRANSPOSED);
        String name = set.isEmpty() ? Folders.name(folder) : set;
        return new Datasets(
                join(name + "/train", trainImages, trainLabels, transposed, classes),
                join(name + "/test", testImages, testLabels, transposed, classes));
    }

    private static Dataset join(String name, Path images, Path labels, boolean transposed, ClassNames classes) {
        IdxFile read = IdxFile.readImages(images);
        return IdxFile.join(name, transposed ? read.transposed() : read, IdxFile.readLabels(labels), classes);
    }

    private static Path find(Path folder, String set, List<String> missing, String plain) {
        String name = set.isEmpty() ? plain : set + "-" + plain;
        Optional<Path> found = Stream.of(name, name.replace("t10k-", "test-"))
                .flatMap(whole -> Stream.of(whole, whole.replace("-idx", ".idx")))
                .flatMap(raw -> Stream.of(raw, raw + ".gz"))
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst();
        if (found.isEmpty()) {
            missing.add(set.startsWith(TRANSPOSED) ? name.replace("t10k-", "test-") : name);
        }
        return found.orElse(folder);
    }

    private static ClassNames classes(Path folder, String set) {
        Path mapping = folder.resolve(set + "-mapping.txt");
        Path labels = folder.resolve(LABELS);
        if (!set.isEmpty() && Files.exists(mapping)) {
            return ClassNames.mapping(mapping);
        }
        if (Files.exists(labels)) {
            return ClassNames.lines(labels);
        }
        String letters = Folders.name(folder).toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        return letters.equals("fashionmnist") ? ClassNames.FASHION : ClassNames.DIGITS;
    }

    private static String shown(String set) {
        return set.isEmpty() ? "one of plain names (train-…)" : set;
    }
}

package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the labels in a file stand for.
 *
 * @param first the label of the first class: 0, but 1 in EMNIST's letters
 * @param names of the classes, 2 to 256, no two alike
 */
record ClassNames(int first, List<String> names) {

    /** The ten digits. */
    static final ClassNames DIGITS = from(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));

    /** The classes of Fashion-MNIST (Xiao, Rasul and Vollgraf), which its files do not hold. */
    static final ClassNames FASHION = from(List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"));

    ClassNames {
        names = List.copyOf(names);
    }

    /** Classes whose labels count from 0. */
    static ClassNames from(List<String> names) {
        return new ClassNames(0, names);
    }

    /**
     * A file with one name a line; blank lines do not count.
     *
     * @throws InvalidInputException if it can not be read, or does not name 2 to 256 classes
     */
    static ClassNames lines(Path file) {
        return from(distinct(file, read(file), "one a line"));
    }

    /**
     * A mapping as EMNIST's: per line a label and the Unicode code points of what it stands for. Several of them, as an upper
     * and a lower-case letter in one class, make one name.
     *
     * @throws InvalidInputException if it can not be read, or does not map each of 2 to 256 labels in a row, from 0 or 1 on
     */
    static ClassNames mapping(Path file) {
        SortedMap<Integer, String> names = new TreeMap<>();
        for (String line : read(file)) {
            String[] numbers = line.split("\\s+");
            StringBuilder name = new StringBuilder();
            try {
                for (int i = 1; i < numbers.length; i++) {
                    name.appendCodePoint(Integer.parseInt(numbers[i]));
                }
                int label = Integer.parseInt(numbers[0]);
                if (name.isEmpty() || label < 0 || label > 255 || names.put(label, name.toString()) != null) {
                    throw new IllegalArgumentException();
                }
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException(
                        e,
                        "%s: line '%s' maps no label; expected a label of its own, 0 to 255, and the code points of its name,"
                                + " such as '10 65'",
                        file,
                        line);
            }
        }
        List<String> inOrder = distinct(file, List.copyOf(names.values()), "one label a line");
        if (names.firstKey() > 1 || names.lastKey() - names.firstKey() != names.size() - 1) {
            throw new InvalidInputException(
                    "%s maps %d labels between %d and %d; expected them in a row, from 0 or 1 on",
                    file, names.size(), names.firstKey(), names.lastKey());
        }
        return new ClassNames(names.firstKey(), inOrder);
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new InvalidInputException(e, "%s cannot be read as UTF-8 text: %s", file, e);
        }
    }

    /** @param form of the file, in words */
    private static List<String> distinct(Path file, List<String> names, String form) {
        if (names.size() < 2 || names.size() > 256 || new HashSet<>(names).size() < names.size()) {
            throw new InvalidInputException(
                    "%s names %d classes; expected 2 to 256, %s, no two alike", file, names.size(), form);
        }
        return names;
    }
}

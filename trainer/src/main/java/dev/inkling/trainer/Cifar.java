package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * CIFAR-10 and CIFAR-100 (Krizhevsky) in their binary versions: 32×32 pixels in colour, one record after the other, each one
 * or two bytes of label and then all red values, all green, all blue. They become (H, W, C).
 */
enum Cifar {
    TEN(
            "cifar-10",
            "cifar-10-batches-bin",
            1,
            List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"),
            "test_batch.bin",
            "batches.meta.txt"),

    /** Its hundred fine classes; the byte before, of the twenty coarse ones, is passed over. */
    HUNDRED("cifar-100", "cifar-100-binary", 2, List.of("train.bin"), "test.bin", "fine_label_names.txt");

    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int CHANNELS = 3;
    private static final int IMAGE = CHANNELS * PLANE;

    private final String title;
    private final String archiveFolder;
    private final int labelBytes;
    private final List<String> train;
    private final String test;
    private final String names;

    Cifar(String title, String archiveFolder, int labelBytes, List<String> train, String test, String names) {
        this.title = title;
        this.archiveFolder = archiveFolder;
        this.labelBytes = labelBytes;
        this.train = train;
        this.test = test;
        this.names = names;
    }

    @Override
    public String toString() {
        return title.toUpperCase(Locale.ROOT);
    }

    /** Where its files lie: in a folder, or in the one below that its archive unpacks to. Empty if neither holds any. */
    Optional<Path> find(Path folder) {
        return Stream.of(folder, folder.resolve(archiveFolder))
                .filter(place -> all().stream().anyMatch(file -> Files.exists(place.resolve(file))))
                .findFirst();
    }

    /**
     * Reads and checks all files.
     *
     * @throws InvalidInputException if a file is missing or bad
     */
    Datasets read(Path folder) {
        List<String> missing = all().stream()
                .filter(file -> !Files.exists(folder.resolve(file)))
                .toList();
        if (!missing.isEmpty()) {
            throw new InvalidInputException(
                    "folder %s lacks %s of %s's binary version; put the missing files there",
                    folder, String.join(", ", missing), this);
        }
        List<String> classes = ClassNames.lines(folder.resolve(names)).names();
        return new Datasets(
                read(title + "/train", train.stream().map(folder::resolve).toList(), classes),
                read(title + "/test", List.of(folder.resolve(test)), classes));
    }

    private List<String> all() {
        List<String> all = new ArrayList<>(train);
        all.add(test);
        all.add(names);
        return all;
    }

    private Dataset read(String name, List<Path> files, List<String> classes) {
        int record = labelBytes + IMAGE;
        long images = 0;
        for (Path file : files) {
            images += images(file, record);
        }
        if (images * IMAGE > Integer.MAX_VALUE - 8) {
            throw new InvalidInputException(
                    "data '%s' hold %d images, more than the 2 GiB that are supported", name, images);
        }
        byte[] pixels = new byte[(int) images * IMAGE];
        byte[] labels = new byte[(int) images];
        int done = 0;
        for (Path file : files) {
            int first = done;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
                for (byte[] read = in.readNBytes(record); read.length > 0; read = in.readNBytes(record)) {
                    if (read.length < record || done == labels.length) {
                        throw new EOFException("it changed while it was read");
                    }
                    int label = read[labelBytes - 1] & 0xFF;
                    if (label >= classes.size()) {
                        throw new InvalidInputException(
                                "%s: label %d of image %d is outside 0 to %d, the classes that %s names; the file is"
                                        + " damaged or none of %s's, get it again",
                                file, label, done - first, classes.size() - 1, names, this);
                    }
                    labels[done] = (byte) label;
                    interleave(read, pixels, done * IMAGE);
                    done++;
                }
            } catch (IOException e) {
                throw new InvalidInputException(e, "%s cannot be read: %s", file, e);
            }
        }
        return new Dataset(name, SIDE, SIDE, CHANNELS, pixels, labels, classes);
    }

    private long images(Path file, int record) {
        long size;
        try {
            size = Files.size(file);
        } catch (IOException e) {
            throw new InvalidInputException(e, "%s cannot be read: %s", file, e);
        }
        if (size == 0 || size % record != 0) {
            throw new InvalidInputException(
                    "%s has %d bytes, expected a multiple of %d (%d of label, 32×32×3 of image); it is truncated or none of"
                            + " %s's binary version, get it again",
                    file, size, record, labelBytes, this);
        }
        return size / record;
    }

    private void interleave(byte[] read, byte[] pixels, int to) {
        for (int place = 0; place < PLANE; place++) {
            for (int c = 0; c < CHANNELS; c++) {
                pixels[to + place * CHANNELS + c] = read[labelBytes + c * PLANE + place];
            }
        }
    }
}

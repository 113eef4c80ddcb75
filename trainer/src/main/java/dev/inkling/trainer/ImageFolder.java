package dev.inkling.trainer;

import com.google.common.hash.Hashing;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Parallel;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * PNG and JPEG files, a folder per class: {@code train/cat/1.png}, {@code test/cat/2.png}; or {@code cat/1.png} alone, of
 * which a tenth of each class is then for testing.
 *
 * <p>The classes are called like their folders, in ascending order. The images are grey if every one of them is, else red,
 * green and blue. Of an image in another size all is shown, stretched. As {@link ImageFiles} has it, transparency is taken for
 * white and photographs are turned upright as their EXIF note says.
 *
 * <p>The tenth for testing (rounded, at least one image) are those whose {@code class/name} has the lowest hash: the same on
 * every machine, and an image that comes or goes moves at most one other.
 */
final class ImageFolder {

    private static final String TRAIN = "train";
    private static final String TEST = "test";
    private static final int GREY = 1;
    private static final int RGB = 3;
    private static final int SHOWN_PROBLEMS = 3;

    /** An image file and the index of its class. */
    private record Sample(Path file, int label) {}

    private final Path folder;
    private final ImageSize size;
    private final List<String> classes;

    private ImageFolder(Path folder, ImageSize size, List<String> classes) {
        this.folder = folder;
        this.size = size;
        this.classes = classes;
    }

    /** Whether a folder has a sub-folder with something called like an image, or one for training and one for testing. */
    static boolean isOne(Path folder) {
        return isSplit(folder)
                || subFolders(folder).stream()
                        .flatMap(name -> Folders.list(folder.resolve(name)).stream())
                        .anyMatch(name -> name.toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g)"));
    }

    private static boolean isSplit(Path folder) {
        return Files.isDirectory(folder.resolve(TRAIN)) && Files.isDirectory(folder.resolve(TEST));
    }

    /**
     * Reads and checks all images.
     *
     * @param size to scale to; empty if all are of one size
     * @param leastChannels 3 to take grey images for coloured ones
     * @throws InvalidInputException if there are not at least two classes, none of them without an image and no file there
     *     anything else; if an image can not be decoded; or if no size is given and they differ, or one is larger than
     *     {@link ImageSize#MOST}
     */
    static Datasets read(Path folder, Optional<ImageSize> size, int leastChannels) {
        List<String> classes;
        List<Sample> train = new ArrayList<>();
        List<Sample> test = new ArrayList<>();
        if (isSplit(folder)) {
            classes = classes(folder.resolve(TRAIN));
            List<String> tested = classes(folder.resolve(TEST));
            if (!classes.equals(tested)) {
                throw new InvalidInputException(
                        "the classes in %s are %s, in %s %s; expected the same",
                        folder.resolve(TRAIN),
                        String.join(", ", classes),
                        folder.resolve(TEST),
                        String.join(", ", tested));
            }
            for (int label = 0; label < classes.size(); label++) {
                train.addAll(samples(folder.resolve(TRAIN), classes, label));
                test.addAll(samples(folder.resolve(TEST), classes, label));
            }
        } else {
            classes = classes(folder);
            for (int label = 0; label < classes.size(); label++) {
                split(samples(folder, classes, label), folder.resolve(classes.get(label)), train, test);
            }
        }
        return new ImageFolder(folder, size.orElseGet(() -> size(train.get(0).file())), classes)
                .read(train, test, size.isPresent(), leastChannels);
    }

    private static List<String> classes(Path folder) {
        Folders.list(folder).forEach(name -> requireTarget(folder.resolve(name)));
        List<String> classes = subFolders(folder);
        if (classes.size() < 2 || classes.size() > 256) {
            throw new InvalidInputException(
                    "folder %s has %d sub-folders%s; expected 2 to 256, one per class",
                    folder, classes.size(), classes.size() == 1 ? " (" + classes.get(0) + ")" : "");
        }
        return classes;
    }

    private static List<String> subFolders(Path folder) {
        return Folders.list(folder).stream()
                .filter(name -> Files.isDirectory(folder.resolve(name)))
                .toList();
    }

    /** A class that is silently not there would be worse than an error. */
    private static void requireTarget(Path entry) {
        if (Files.isSymbolicLink(entry) && !Files.exists(entry)) {
            throw new InvalidInputException(
                    "%s is a link that leads nowhere, or back to itself; repair or remove it", entry);
        }
    }

    private static List<Sample> samples(Path parent, List<String> classes, int label) {
        Path folder = parent.resolve(classes.get(label));
        List<Sample> samples = new ArrayList<>();
        for (String name : Folders.list(folder)) {
            Path file = folder.resolve(name);
            requireTarget(file);
            if (Files.isDirectory(file)) {
                throw new InvalidInputException(
                        "%s is a folder within the folder of class '%s'; expected images only: a class is one folder, without"
                                + " others in it",
                        file, classes.get(label));
            }
            if (!Files.isRegularFile(file)) {
                throw new InvalidInputException("%s is no file, expected a PNG or JPEG file", file);
            }
            samples.add(new Sample(file, label));
        }
        if (samples.isEmpty()) {
            throw new InvalidInputException(
                    "folder %s is empty; put images of class '%s' there, or remove it", folder, classes.get(label));
        }
        return samples;
    }

    private static void split(List<Sample> samples, Path folder, List<Sample> train, List<Sample> test) {
        if (samples.size() < 2) {
            throw new InvalidInputException(
                    "folder %s has 1 image; expected at least 2, one to train on and one to test with", folder);
        }
        List<Sample> byHash = samples.stream()
                .sorted(Comparator.comparing(ImageFolder::hash).thenComparing(Sample::file))
                .toList();
        List<Sample> tested = byHash.subList(0, Math.max(1, Math.round(samples.size() / 10f)));
        for (Sample sample : samples) {
            (tested.contains(sample) ? test : train).add(sample);
        }
    }

    private static String hash(Sample sample) {
        Path file = sample.file();
        String name = file.getParent().getFileName() + "/" + file.getFileName();
        return Hashing.sha256().hashString(name, StandardCharsets.UTF_8).toString();
    }

    private static ImageSize size(Path first) {
        BufferedImage image = ImageDecoder.decode(first);
        if (Math.max(image.getHeight(), image.getWidth()) > ImageSize.MOST) {
            throw tooLarge(first);
        }
        return new ImageSize(image.getHeight(), image.getWidth());
    }

    private static InvalidInputException tooLarge(Path file) {
        return new InvalidInputException(
                "image %s has more than %d pixels a side; scale all by --size, such as --size 64",
                file, ImageSize.MOST);
    }

    private Datasets read(List<Sample> train, List<Sample> test, boolean scale, int leastChannels) {
        List<Sample> all = Stream.concat(train.stream(), test.stream()).toList();
        requireRoom(all.size(), leastChannels);
        byte[][] pixels = decode(all, scale);
        int plane = size.height() * size.width();
        int channels = Arrays.stream(pixels).allMatch(image -> image.length == plane) ? leastChannels : RGB;
        requireRoom(all.size(), channels);
        String name = Folders.name(folder);
        return new Datasets(
                dataset(name + "/train", train, pixels, 0, channels),
                dataset(name + "/test", test, pixels, train.size(), channels));
    }

    private void requireRoom(long images, int channels) {
        if (images * size.height() * size.width() * channels > Integer.MAX_VALUE - 8) {
            throw new InvalidInputException(
                    "folder %s has %d images, which at %d×%d×%d take more than the 2 GiB that are supported; choose a smaller"
                            + " --size",
                    folder, images, size.height(), size.width(), channels);
        }
    }

    /** A value per pixel of each grey image, three of others. */
    private byte[][] decode(List<Sample> samples, boolean scale) {
        byte[][] pixels = new byte[samples.size()][];
        String[] problems = new String[samples.size()];
        Parallel.forEach(pixels.length, i -> {
            try {
                pixels[i] = decode(samples.get(i).file(), scale, samples.get(0).file());
            } catch (InvalidInputException e) {
                problems[i] = e.getMessage();
            }
        });
        List<String> found = Arrays.stream(problems).filter(Objects::nonNull).toList();
        if (!found.isEmpty()) {
            throw new InvalidInputException(
                    "%s%s",
                    String.join("\n", found.subList(0, Math.min(SHOWN_PROBLEMS, found.size()))),
                    found.size() > SHOWN_PROBLEMS
                            ? "\nand " + (found.size() - SHOWN_PROBLEMS) + " more of " + samples.size() + " files"
                            : "");
        }
        return pixels;
    }

    private byte[] decode(Path file, boolean scale, Path first) {
        BufferedImage image = ImageDecoder.decode(file);
        if (scale) {
            image = ImageFiles.resized(image, size.width(), size.height());
        } else if (Math.max(image.getHeight(), image.getWidth()) > ImageSize.MOST) {
            throw tooLarge(file);
        } else if (image.getHeight() != size.height() || image.getWidth() != size.width()) {
            throw new InvalidInputException(
                    "image %s is %d×%d, but %s is %d×%d; expected one size: scale all by --size, such as --size %s",
                    file, image.getHeight(), image.getWidth(), first, size.height(), size.width(), size);
        }
        int[] rgb = image.getRGB(0, 0, size.width(), size.height(), null, 0, size.width());
        boolean grey = Arrays.stream(rgb).allMatch(colour -> (colour & 0xFFFF) == (colour >> 8 & 0xFFFF));
        byte[] values = new byte[rgb.length * (grey ? GREY : RGB)];
        for (int i = 0; i < values.length; i++) {
            values[i] = grey ? (byte) rgb[i] : (byte) (rgb[i / RGB] >> 16 - 8 * (i % RGB));
        }
        return values;
    }

    private Dataset dataset(String name, List<Sample> samples, byte[][] decoded, int from, int channels) {
        int length = size.height() * size.width() * channels;
        byte[] pixels = new byte[samples.size() * length];
        byte[] labels = new byte[samples.size()];
        for (int n = 0; n < labels.length; n++) {
            labels[n] = (byte) samples.get(n).label();
            byte[] image = decoded[from + n];
            for (int i = 0; i < length; i++) {
                pixels[n * length + i] = image.length == length ? image[i] : image[i / channels];
            }
            // Both copies of everything at once would double what is needed.
            decoded[from + n] = null;
        }
        return new Dataset(name, size.height(), size.width(), channels, pixels, labels, classes);
    }
}

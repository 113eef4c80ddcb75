package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Opens data by the name a user gives:
 *
 * <ul>
 *   <li>{@code mnist} (downloaded on first use) and {@code strokes} (generated);
 *   <li>a folder with IDX files, as MNIST, Fashion-MNIST and EMNIST come; where it holds several sets, the folder and what
 *       stands before the names of one set's files, as {@code data/emnist-letters};
 *   <li>a folder with the binary version of CIFAR-10 or CIFAR-100;
 *   <li>a folder of PNG and JPEG files with a sub-folder per class, or {@code train} and {@code test} with these. Only such
 *       images are scaled.
 * </ul>
 */
public final class DataSources {

    private static final String IMAGE_FILES = "image files in sub-folders";
    private static final int SHOWN = 8;

    private DataSources() {}

    /**
     * Opens data in the size they have.
     *
     * @throws InvalidInputException if there is nothing of this name, or what is there cannot be used
     */
    public static Datasets open(String spec, DownloadListener listener) {
        return open(spec, Optional.empty(), listener, folder -> ImageFolder.read(folder, Optional.empty(), 1));
    }

    /**
     * Opens a folder of image files scaled to a size.
     *
     * @throws InvalidInputException if there is nothing of this name, what is there cannot be used, or it has no image files
     */
    public static Datasets open(String spec, ImageSize size, DownloadListener listener) {
        return open(spec, Optional.of(size), listener, folder -> ImageFolder.read(folder, Optional.of(size), 1));
    }

    /**
     * Opens data for a model: image files are scaled to its size, and grey ones taken for coloured ones where it sees
     * colours. Any other data come as they are.
     *
     * @throws InvalidInputException if there is nothing of this name, or what is there cannot be used
     */
    public static Datasets open(String spec, ModelSignature model, DownloadListener listener) {
        return open(
                spec,
                Optional.empty(),
                listener,
                folder -> ImageFolder.read(
                        folder,
                        Optional.of(new ImageSize(model.height(), model.width())),
                        model.channels() == 3 ? 3 : 1));
    }

    private static Datasets open(
            String spec, Optional<ImageSize> asked, DownloadListener listener, Function<Path, Datasets> images) {
        Map<String, Supplier<Datasets>> found = switch (spec) {
            case "mnist" -> Map.of(spec, () -> Mnist.standard().open(listener));
            case "strokes" -> Map.of(spec, Strokes::standard);
            default -> inFolder(spec, images);
        };
        if (found.size() > 1) {
            throw new InvalidInputException(
                    "folder %s holds %s; expected one of them: move them apart, or name a sub-folder",
                    spec, String.join(" and ", found.keySet()));
        }
        if (asked.isPresent() && !found.containsKey(IMAGE_FILES)) {
            throw new InvalidInputException(
                    "the images of '%s' have a size already, found --size %s; it is for folders of image files",
                    spec, asked.get());
        }
        return found.values().iterator().next().get();
    }

    private static Map<String, Supplier<Datasets>> inFolder(String spec, Function<Path, Datasets> images) {
        Path path = path(spec);
        Map<String, Supplier<Datasets>> found = new LinkedHashMap<>();
        if (!Files.exists(path)) {
            Path folder = path.toAbsolutePath().getParent();
            found.put("an IDX set", () -> IdxFolder.read(folder, Folders.name(path)));
            return found;
        }
        if (!IdxFolder.sets(path).isEmpty()) {
            found.put("IDX files", () -> IdxFolder.read(path));
        }
        for (Cifar cifar : Cifar.values()) {
            cifar.find(path).ifPresent(place -> found.put(cifar + "'s files", () -> cifar.read(place)));
        }
        if (ImageFolder.isOne(path)) {
            found.put(IMAGE_FILES, () -> images.apply(path));
        }
        if (found.isEmpty()) {
            List<String> names = Folders.list(path);
            throw new InvalidInputException(
                    "folder %s holds no data; expected IDX files (%s and so on), the binary version of CIFAR-10"
                            + " (data_batch_1.bin) or CIFAR-100 (train.bin), or a sub-folder per class with PNG or JPEG files;"
                            + " found %s",
                    path,
                    IdxFolder.TRAIN_IMAGES,
                    names.isEmpty()
                            ? "nothing"
                            : String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                                    + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : ""));
        }
        return found;
    }

    /** A folder, or one of the IDX sets in a folder. */
    private static Path path(String spec) {
        String hint = "";
        try {
            Path path = Path.of(spec);
            if (!spec.isBlank() && Files.isDirectory(path)) {
                return path;
            }
            if (!spec.isBlank() && Files.exists(path)) {
                throw new InvalidInputException(
                        "%s is no folder; expected one with IDX files, CIFAR's binary files, or image files in sub-folders",
                        path);
            }
            Path parent = path.toAbsolutePath().getParent();
            if (!spec.isBlank() && parent != null && Files.isDirectory(parent)) {
                SortedSet<String> sets = IdxFolder.sets(parent);
                if (sets.contains(Folders.name(path))) {
                    return path;
                }
                sets.remove("");
                hint = sets.isEmpty() ? "" : "; the sets in " + parent + " are " + String.join(", ", sets);
            }
        } catch (InvalidPathException e) {
            // Not even a path: the message below says what would be.
        }
        throw new InvalidInputException(
                "no data '%s'; expected mnist (downloaded), strokes (generated), or an existing folder with IDX files, CIFAR's"
                        + " binary files, or image files in sub-folders%s",
                spec, hint);
    }
}

package dev.inkling.app;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * One image on its way into a model.
 *
 * @param name what people call it, such as {@code mnist/test 5} or {@code four.png}
 * @param stem what its folder in a report is called, such as {@code 0005-label7} or {@code four}
 * @param pixels (1, H, W, C) in [0, 1], whatever the model's value range is
 * @param label its true class, where that is known
 * @param sha256 of the bytes it came from: an image file's, or a data set image's H·W·C uint8 pixels
 */
public record InputImage(String name, String stem, FloatNdArray pixels, OptionalInt label, String sha256) {

    /**
     * Images of a data set.
     *
     * @throws InvalidInputException if they are not for this model, or an index does not exist
     */
    public static List<InputImage> ofData(Dataset data, int[] indices, ModelSignature model) {
        requireFit(data, model);
        return Arrays.stream(indices)
                .mapToObj(index -> new InputImage(
                        data.name() + " " + index,
                        "%04d-label%s".formatted(index, data.labels().get(data.label(index))),
                        data.images(index),
                        OptionalInt.of(data.label(index)),
                        sha256(data.pixels(index))))
                .toList();
    }

    /**
     * Image files, as {@link ImageFiles} reads them.
     *
     * @throws InvalidInputException if any of them can't be read; the message tells of all
     */
    public static List<InputImage> ofFiles(List<Path> files, ModelSignature model) {
        ModelSignature inUnitRange = new ModelSignature(
                model.name(),
                model.height(),
                model.width(),
                model.channels(),
                ModelSignature.ValueRange.UNIT,
                model.labels(),
                model.layers());
        List<InputImage> images = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path file : files) {
            try {
                String name = String.valueOf(file.getFileName());
                images.add(new InputImage(
                        file.toString(),
                        name.replaceFirst("\\.[^.]*$", ""),
                        ImageFiles.read(file, inUnitRange),
                        OptionalInt.empty(),
                        sha256(Files.readAllBytes(file))));
            } catch (InvalidInputException e) {
                problems.add(e.getMessage());
            } catch (IOException e) {
                problems.add("can't read image " + file + " (" + RootCause.describe(e) + ")");
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("%s", String.join("; ", problems));
        }
        return images;
    }

    /**
     * Checks that a model can be asked about a data set's images and their labels.
     *
     * @throws InvalidInputException if size or classes are not the model's
     */
    static void requireFit(Dataset data, ModelSignature model) {
        if (data.height() != model.height() || data.width() != model.width() || data.channels() != model.channels()) {
            throw new InvalidInputException(
                    "images of '%s' are %d×%d×%d, model '%s' expects %d×%d×%d",
                    data.name(),
                    data.height(),
                    data.width(),
                    data.channels(),
                    model.name(),
                    model.height(),
                    model.width(),
                    model.channels());
        }
        if (!data.labels().equals(model.labels())) {
            boolean unnamed = data.labels().size() == model.classCount()
                    && model.labels().get(0).equals("class 0");
            throw new InvalidInputException(
                    "classes of '%s' are %s, model '%s' was trained for %s%s",
                    data.name(),
                    String.join(", ", data.labels()),
                    model.name(),
                    String.join(", ", model.labels()),
                    unnamed ? "; if they are the same in this order, give --labels with a file of their names" : "");
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}

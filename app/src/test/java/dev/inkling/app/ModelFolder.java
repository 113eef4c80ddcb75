package dev.inkling.app;

import dev.inkling.model.Architecture;
import dev.inkling.model.Design;
import dev.inkling.model.SavedModelWriter;
import dev.inkling.model.saved.ModelCard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small real model of 12×12×1 images with random weights, and data for it. */
final class ModelFolder {

    static final List<String> LABELS = List.of("ant", "bee", "cow");
    static final int SIDE = 12;

    private ModelFolder() {}

    static Path write(Path folder) throws IOException {
        return write(folder, new Design(List.of(4, 6), 1, false, false, 8, 0));
    }

    static Path write(Path folder, Design design) throws IOException {
        Architecture architecture = new Architecture(SIDE, SIDE, 1, LABELS.size(), design);
        Random random = new Random(3);
        Map<String, float[]> weights = new HashMap<>();
        for (Architecture.Parameter parameter : architecture.parameters()) {
            float[] values = new float[(int) parameter.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.3 * random.nextGaussian());
            }
            weights.put(parameter.name(), values);
            if (parameter.name().endsWith("/gamma")) {
                Arrays.fill(values, 1);
                float[] ones = new float[values.length];
                Arrays.fill(ones, 1);
                weights.put(parameter.name().replace("gamma", "mean"), new float[values.length]);
                weights.put(parameter.name().replace("gamma", "variance"), ones);
            }
        }
        SavedModelWriter.write(
                folder,
                architecture,
                weights,
                new SavedModelWriter.About(
                        "animals",
                        LABELS,
                        new ModelCard.Training(
                                "animals/train", "0", 8, 2, 3, 1, 1, Map.of(), null, "test", "2.18.0", "17"),
                        new ModelCard.Accuracy(0.5, null)));
        return folder;
    }

    /** A folder of IDX files whose test set holds this many images; labels go 0, 1, 2, 0, …. */
    static Path writeData(Path folder, int count, int side, String... labels) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("labels.txt"), List.of(labels));
        Random random = new Random(5);
        for (String part : List.of("train", "t10k")) {
            byte[] pixels = new byte[count * side * side];
            random.nextBytes(pixels);
            byte[] classes = new byte[count];
            for (int i = 0; i < count; i++) {
                classes[i] = (byte) (i % labels.length);
            }
            Files.write(
                    folder.resolve(part + "-images-idx3-ubyte"),
                    ByteBuffer.allocate(16 + pixels.length)
                            .putInt(0x803)
                            .putInt(count)
                            .putInt(side)
                            .putInt(side)
                            .put(pixels)
                            .array());
            Files.write(
                    folder.resolve(part + "-labels-idx1-ubyte"),
                    ByteBuffer.allocate(8 + count)
                            .putInt(0x801)
                            .putInt(count)
                            .put(classes)
                            .array());
        }
        return folder;
    }
}

package dev.inkling.app;

import dev.inkling.spi.BackgroundModel;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.trainer.DataSources;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.DownloadListener;
import dev.inkling.trainer.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Images that explainers compare with.
 *
 * @param name what they are, for people and for provenance: enough to find the same again
 * @param pixels (M, H, W, C) in the model's value range
 */
record ReferenceImages(String name, FloatNdArray pixels) {

    /** Enough for a mean that hardly depends on the draw; more cost a forward pass each. */
    static final int DRAWN = 100;

    static final String DESCRIPTION =
            "images that expected-gradients, gradient-shap and baseline=mean compare with: a PNG or"
                    + " JPEG file; a .npy file (M, H, W, C); DATA, of whose training set " + DRAWN
                    + " are drawn; or DATA:LIST, such as"
                    + " mnist:0,5,7..20 (default: of --data)";

    /** Draws the same images of a data set every time. */
    private static final long SEED = 0;

    private static final Pattern LISTED = Pattern.compile("(.+):([0-9][0-9,. ]*)");

    /**
     * Those that a user names: a PNG or JPEG file, read as the images to explain are; a {@code .npy} file of (M, H, W, C)
     * values in the model's range, taken as they are; data as {@link DataSources} opens it, for {@link #DRAWN} images of its
     * training set; or data and a list of training images, such as {@code mnist:0,5,7..20}.
     *
     * @throws InvalidInputException if there are none of this name, or they do not fit the model
     */
    static ReferenceImages named(String spec, ModelSignature model, DownloadListener listener) throws IOException {
        if (isFile(spec)) {
            return fitting(
                    spec,
                    spec.endsWith(".npy") ? NpyFile.read(Path.of(spec)) : ImageFiles.read(Path.of(spec), model),
                    model);
        }
        Matcher listed = LISTED.matcher(spec);
        if (listed.matches()) {
            Dataset train = DataSources.open(listed.group(1), model, listener).train();
            int[] indices = IndexSpec.parse(listed.group(2)).indices(train.size(), train.name());
            return of(train.name() + ":" + listed.group(2), train, indices, model);
        }
        return drawn(DataSources.open(spec, model, listener).train(), model);
    }

    private static boolean isFile(String spec) {
        try {
            return Files.isRegularFile(Path.of(spec));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /**
     * {@link #DRAWN} images of a training set, as many of each class as it allows, always the same.
     *
     * @throws InvalidInputException if they do not fit the model
     */
    static ReferenceImages drawn(Dataset train, ModelSignature model) {
        int[] indices = draw(train);
        return of(indices.length + " of " + train.name(), train, indices, model);
    }

    /** In random order, class by class in turn. */
    private static int[] draw(Dataset train) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<List<Integer>> byClass = new ArrayList<>();
        train.labels().forEach(label -> byClass.add(new ArrayList<>()));
        for (int index = 0; index < train.size(); index++) {
            List<Integer> ofClass = byClass.get(train.label(index));
            int place = random.nextInt(ofClass.size() + 1);
            ofClass.add(index);
            // The inside-out shuffle: whoever was there moves to the end.
            ofClass.set(ofClass.size() - 1, ofClass.get(place));
            ofClass.set(place, index);
        }
        int count = Math.min(DRAWN, train.size());
        int[] drawn = new int[count];
        int next = 0;
        for (int round = 0; next < count; round++) {
            for (List<Integer> ofClass : byClass) {
                if (round < ofClass.size() && next < count) {
                    drawn[next++] = ofClass.get(round);
                }
            }
        }
        return drawn;
    }

    private static ReferenceImages of(String name, Dataset train, int[] indices, ModelSignature model) {
        float[] values = FloatArrays.flat(train.images(indices));
        double min = model.range().min();
        double width = model.range().max() - min;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (min + width * values[i]);
        }
        return fitting(
                name, FloatArrays.of(values, indices.length, train.height(), train.width(), train.channels()), model);
    }

    private static ReferenceImages fitting(String name, FloatNdArray pixels, ModelSignature model) {
        try {
            model.requireImages(pixels);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(e, "reference images '%s': %s", name, e.getMessage());
        }
        return new ReferenceImages(name, pixels);
    }

    /** A model that offers them. */
    Model givenTo(Model model) {
        return new BackgroundModel(model, pixels);
    }
}

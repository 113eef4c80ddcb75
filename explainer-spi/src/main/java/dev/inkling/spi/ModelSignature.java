package dev.inkling.spi;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;

/**
 * What goes into a model, what comes out, and the layers in between.
 *
 * @param name what messages call the model
 * @param height H, rows of an input image
 * @param width W, columns of an input image
 * @param channels C, values per pixel
 * @param range the values that a pixel may take
 * @param labels the K classes in the order of the logits
 * @param layers the layers in the order of the forward pass; empty where the model does not show them
 */
public record ModelSignature(
        String name, int height, int width, int channels, ValueRange range, List<String> labels, List<Layer> layers) {

    public ModelSignature {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(range, "range");
        labels = List.copyOf(labels);
        layers = List.copyOf(layers);
        if (height < 1 || width < 1 || channels < 1) {
            throw new InvalidInputException(
                    "model '%s' declares images of %s; every side must be at least 1",
                    name, size(height, width, channels));
        }
        if (labels.size() < 2) {
            throw new InvalidInputException("model '%s' declares %d classes; expected at least 2", name, labels.size());
        }
    }

    /** The values that a pixel may take, both ends included. */
    public record ValueRange(float min, float max) {

        /** [0, 1]. */
        public static final ValueRange UNIT = new ValueRange(0, 1);

        public ValueRange {
            if (!(min < max)) {
                throw new InvalidInputException("value range [%s, %s] is empty", min, max);
            }
        }

        /** Pixels of [0, 1] stretched to this range; the array itself where that is [0, 1]. */
        public FloatNdArray fromUnit(FloatNdArray pixels) {
            if (equals(UNIT)) {
                return pixels;
            }
            float[] values = FloatArrays.flat(pixels);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.min(max, min + values[i] * (max - min));
            }
            return FloatArrays.of(values, pixels.shape().asArray());
        }
    }

    /** A layer with a name that a person can type; its output is (N, height, width, channels). */
    public record Layer(String name, Kind kind, int height, int width, int channels) {

        /** What a layer is; a layer includes the activation function after it. */
        public enum Kind {
            CONVOLUTION,
            POOLING,
            DENSE,
            /** A weight for each place, at least 0 and summing to 1 per image, by which features are averaged. */
            ATTENTION
        }
    }

    /** K, the number of classes. */
    public int classCount() {
        return labels.size();
    }

    /** H · W · C, the values of one image. */
    public int imageSize() {
        return height * width * channels;
    }

    /**
     * The layer of this name.
     *
     * @throws InvalidInputException if there is none; the message lists those that exist
     */
    public Layer layer(String layerName) {
        return layers.stream()
                .filter(layer -> layer.name().equals(layerName))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "model '%s' has no layer '%s'; its layers: %s",
                        name,
                        layerName,
                        layers.isEmpty()
                                ? "none"
                                : layers.stream().map(Layer::name).collect(Collectors.joining(", "))));
    }

    /**
     * The last convolution, where class activation maps look unless told otherwise.
     *
     * @throws InvalidInputException if the model shows no convolution
     */
    public Layer lastConvolution() {
        return layers.stream()
                .filter(layer -> layer.kind() == Layer.Kind.CONVOLUTION)
                .reduce((first, second) -> second)
                .orElseThrow(
                        () -> new InvalidInputException("model '%s' shows no convolution layer; name a layer", name));
    }

    /**
     * The layers of a kind, in the order of the forward pass.
     *
     * @throws InvalidInputException if the model shows none
     */
    public List<Layer> requireLayers(Layer.Kind kind) {
        List<Layer> found =
                layers.stream().filter(layer -> layer.kind() == kind).toList();
        if (found.isEmpty()) {
            throw new InvalidInputException(
                    "model '%s' has no %s layer%s",
                    name,
                    kind.name().toLowerCase(Locale.ROOT),
                    kind == Layer.Kind.ATTENTION ? "; train one with '--attention'" : "");
        }
        return found;
    }

    /**
     * Checks that these are images for this model.
     *
     * @return N
     * @throws InvalidInputException if the shape is not (N, H, W, C) with N ≥ 1, or a value is not finite; the message names
     *     the pixel
     */
    public int requireImages(FloatNdArray images) {
        int count = requireShape(images);
        // To find out which is not takes longer.
        if (!areFinite(images, count)) {
            requireFinite(images, count);
        }
        return count;
    }

    /**
     * Checks the shape alone, for who hands the images on to a model before anything else: it looks at their values.
     *
     * @return N
     * @throws InvalidInputException if it is not (N, H, W, C) with N ≥ 1
     */
    public int requireShape(FloatNdArray images) {
        Shape shape = images.shape();
        if (shape.numDimensions() != 4) {
            throw new InvalidInputException(
                    "images have shape %s, expected (N, %d, %d, %d)", shape, height, width, channels);
        }
        if (shape.get(1) != height || shape.get(2) != width || shape.get(3) != channels) {
            throw new InvalidInputException(
                    "image is %s, model '%s' expects %s",
                    size(shape.get(1), shape.get(2), shape.get(3)), name, size(height, width, channels));
        }
        if (shape.get(0) < 1) {
            throw new InvalidInputException("the batch holds no image; expected at least one");
        }
        return Math.toIntExact(shape.get(0));
    }

    /** Place by place over all images, which runs on vector registers: 0 times a finite number is 0, and NaN otherwise. */
    private boolean areFinite(FloatNdArray images, int count) {
        float[] sums = new float[imageSize()];
        float[] pixels = new float[sums.length];
        for (int n = 0; n < count; n++) {
            // One after the other into the same array, since a copy of a whole batch takes longer than to look at it.
            images.get(n).copyTo(DataBuffers.of(pixels, false, false));
            addTimesZero(sums, pixels);
        }
        for (float sum : sums) {
            if (sum != 0) {
                return false;
            }
        }
        return true;
    }

    private static void addTimesZero(float[] sums, float[] values) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += 0 * values[i];
        }
    }

    private void requireFinite(FloatNdArray images, int count) {
        for (int n = 0; n < count; n++) {
            float[] pixels = FloatArrays.flat(images.get(n));
            for (int i = 0; i < pixels.length; i++) {
                if (!Float.isFinite(pixels[i])) {
                    int pixel = i / channels;
                    throw new InvalidInputException(
                            "image %d holds %s at row %d, column %d; expected finite numbers",
                            n, pixels[i], pixel / width, pixel % width);
                }
            }
        }
    }

    private static String size(long height, long width, long channels) {
        return height + "×" + width + "×" + channels;
    }
}

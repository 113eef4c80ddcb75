package dev.inkling.trainer;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/** Labelled images of one size, a byte per value. Immutable, safe for use by several threads. */
public final class Dataset {

    /** What a byte stands for: v / 255, in [0, 1]. */
    private static final float[] UNIT = new float[256];

    static {
        for (int value = 0; value < UNIT.length; value++) {
            UNIT[value] = value / 255f;
        }
    }

    private final String name;
    private final int height;
    private final int width;
    private final int channels;
    private final byte[] pixels;
    private final byte[] classes;
    private final List<String> labels;
    private final int first;
    private final int size;

    /** Takes the arrays over without copying them: within this package, where nobody writes to them afterwards. */
    Dataset(String name, int height, int width, int channels, byte[] pixels, byte[] classes, List<String> labels) {
        this(name, height, width, channels, pixels, classes, List.copyOf(labels), 0, classes.length);
        if (classes.length < 1) {
            throw new InvalidInputException("data '%s' hold no image; expected at least one", name);
        }
        if (height < 1 || width < 1 || channels < 1) {
            throw new InvalidInputException(
                    "data '%s' declare images of %d×%d×%d; every side must be at least 1",
                    name, height, width, channels);
        }
        long expected = (long) classes.length * height * width * channels;
        if (pixels.length != expected) {
            throw new InvalidInputException(
                    "data '%s' have %d values, expected %d for %d images of %d×%d×%d",
                    name, pixels.length, expected, classes.length, height, width, channels);
        }
        for (int i = 0; i < classes.length; i++) {
            if ((classes[i] & 0xFF) >= labels.size()) {
                throw new InvalidInputException(
                        "label %d of image %d in data '%s' is outside 0 to %d",
                        classes[i] & 0xFF, i, name, labels.size() - 1);
            }
        }
    }

    private Dataset(
            String name,
            int height,
            int width,
            int channels,
            byte[] pixels,
            byte[] classes,
            List<String> labels,
            int first,
            int size) {
        this.name = name;
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.pixels = pixels;
        this.classes = classes;
        this.labels = labels;
        this.first = first;
        this.size = size;
    }

    /**
     * Images from memory.
     *
     * @param name what messages and provenance call them
     * @param pixels (N, H, W, C) unsigned bytes, rows first; copied
     * @param classes N unsigned bytes, each an index into {@code labels}; copied
     * @param labels the names of the classes
     * @throws InvalidInputException if there is no image, a side is below 1, the numbers of values and images do not match,
     *     or a class has no label
     */
    public static Dataset of(
            String name, int height, int width, int channels, byte[] pixels, byte[] classes, List<String> labels) {
        return new Dataset(name, height, width, channels, pixels.clone(), classes.clone(), labels);
    }

    /** What messages and provenance call these images, such as {@code mnist/test}. */
    public String name() {
        return name;
    }

    /** N, the number of images. */
    public int size() {
        return size;
    }

    /** H, rows of an image. */
    public int height() {
        return height;
    }

    /** W, columns of an image. */
    public int width() {
        return width;
    }

    /** C, values per pixel. */
    public int channels() {
        return channels;
    }

    /** The names of the classes; {@link #label} is an index into them. */
    public List<String> labels() {
        return labels;
    }

    /**
     * The true class of an image, an index into {@link #labels}.
     *
     * @throws InvalidInputException if there is no such image
     */
    public int label(int index) {
        return classes[position(index)] & 0xFF;
    }

    /**
     * The unsigned bytes of one image, (H, W, C); a copy.
     *
     * @throws InvalidInputException if there is no such image
     */
    public byte[] pixels(int index) {
        byte[] copy = new byte[imageSize()];
        System.arraycopy(pixels, position(index) * imageSize(), copy, 0, copy.length);
        return copy;
    }

    /**
     * Some images, in the order asked for.
     *
     * @return (n, H, W, C) in [0, 1], owned by the caller
     * @throws InvalidInputException if there is no such image
     */
    public FloatNdArray images(int... indices) {
        float[] values = new float[Math.multiplyExact(indices.length, imageSize())];
        copyImages(indices, 0, indices.length, values);
        return FloatArrays.of(values, indices.length, height, width, channels);
    }

    /**
     * Copies the images {@code indices[from]} to {@code indices[from + count - 1]}, in [0, 1], to the beginning of an
     * array, which may be longer than they need. Allocates nothing.
     *
     * @throws InvalidInputException if there is no such image
     * @throws IndexOutOfBoundsException if either array is too short
     */
    public void copyImages(int[] indices, int from, int count, float[] into) {
        int imageSize = imageSize();
        int out = 0;
        for (int i = from; i < from + count; i++) {
            int in = position(indices[i]) * imageSize;
            for (int end = in + imageSize; in < end; in++) {
                into[out++] = UNIT[pixels[in] & 0xFF];
            }
        }
    }

    /**
     * The images from one index up to another, the latter excluded; a view that shares memory.
     *
     * @throws InvalidInputException if the range is empty or reaches outside
     */
    public Dataset slice(int from, int to) {
        if (from < 0 || to > size || from >= to) {
            throw new InvalidInputException(
                    "images %d to %d (excluded) of data '%s' do not exist; it holds %d", from, to, name, size);
        }
        return new Dataset(name, height, width, channels, pixels, classes, labels, first + from, to - from);
    }

    /** SHA-256 in lower-case hexadecimal of the content: N, H, W, C as big-endian ints, the pixels, the classes. */
    public String sha256() {
        MessageDigest digest = newSha256();
        digest.update(ByteBuffer.allocate(16)
                .putInt(size)
                .putInt(height)
                .putInt(width)
                .putInt(channels)
                .flip());
        digest.update(pixels, first * imageSize(), size * imageSize());
        digest.update(classes, first, size);
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private int imageSize() {
        return height * width * channels;
    }

    private int position(int index) {
        if (index < 0 || index >= size) {
            throw new InvalidInputException(
                    "image %d does not exist; data '%s' hold images 0 to %d", index, name, size - 1);
        }
        return first + index;
    }
}

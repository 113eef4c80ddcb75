package dev.inkling.explainers;

import dev.inkling.spi.ImageRandom;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * An image whose segments can be replaced by its baseline, one by one.
 *
 * <p>A segment that equals its baseline takes no part: replacing it changes nothing, so its value is exactly 0 in every method
 * here, and nothing is spent on finding that. The others are the image's <em>features</em>, numbered from 0.
 */
final class SegmentedImage {

    private static final int NONE = -1;

    private final float[] pixels;
    private final float[] baselines;
    private final int index;
    private final int offset;
    private final int channels;

    /** For each pixel the number of its feature, or {@link #NONE}. */
    private final int[] featureOf;

    /** Pixels of each feature. */
    private final int[] sizes;

    /**
     * Image {@code index} of some.
     *
     * @param pixels (N, H, W, C), flat; read, and kept
     * @param baselines of the same shape; read, and kept
     * @param labels the segment of each pixel of the image, (H, W)
     */
    SegmentedImage(int index, float[] pixels, float[] baselines, int channels, int[] labels) {
        this.index = index;
        this.pixels = pixels;
        this.baselines = baselines;
        this.offset = index * labels.length * channels;
        this.channels = channels;
        int segments = Arrays.stream(labels).max().orElse(NONE) + 1;
        int[] numbers = new int[segments];
        Arrays.fill(numbers, NONE);
        for (int i = offset; i < offset + labels.length * channels; i++) {
            if (pixels[i] != baselines[i]) {
                numbers[labels[(i - offset) / channels]] = 0;
            }
        }
        int features = 0;
        for (int segment = 0; segment < segments; segment++) {
            if (numbers[segment] != NONE) {
                numbers[segment] = features++;
            }
        }
        this.featureOf = new int[labels.length];
        this.sizes = new int[features];
        for (int i = 0; i < labels.length; i++) {
            featureOf[i] = numbers[labels[i]];
            if (featureOf[i] != NONE) {
                sizes[featureOf[i]]++;
            }
        }
    }

    /** Its place among the images of the call. */
    int index() {
        return index;
    }

    /** A generator that always begins with the same randomness, for this image and seed. */
    RandomGenerator random(long seed) {
        return ImageRandom.of(seed, pixels, offset, size());
    }

    private int size() {
        return featureOf.length * channels;
    }

    /** How far two images are apart, each of {@code size} values from its offset on. */
    @FunctionalInterface
    interface Distance {
        double between(float[] image, int imageOffset, float[] copy, int copyOffset, int size);
    }

    /** How far a copy is from the image. */
    double distance(Distance distance, float[] batch, int at) {
        return distance.between(pixels, offset, batch, at, size());
    }

    /** M. */
    int features() {
        return sizes.length;
    }

    /** A copy in which a feature is the image's where it is kept, and the baseline's where not. */
    void keep(boolean[] kept, float[] batch, int at) {
        for (int i = 0; i < featureOf.length; i++) {
            int feature = featureOf[i];
            if (feature != NONE && !kept[feature]) {
                System.arraycopy(baselines, offset + i * channels, batch, at + i * channels, channels);
            }
        }
    }

    /** A copy in which a feature is on its way from the baseline, at 0, to the image, at 1. */
    void mix(double[] shares, float[] batch, int at) {
        for (int i = 0; i < size(); i++) {
            int feature = featureOf[i / channels];
            if (feature != NONE) {
                float from = baselines[offset + i];
                batch[at + i] = (float) (from + shares[feature] * (pixels[offset + i] - from));
            }
        }
    }

    /** Writes to each pixel the value of its feature, 0 to those of none. */
    void repeat(double[] values, float[] maps, int at) {
        for (int i = 0; i < featureOf.length; i++) {
            maps[at + i] = featureOf[i] == NONE ? 0 : (float) values[featureOf[i]];
        }
    }

    /** The values, each divided by the number of its feature's pixels: what {@link #repeat} makes of them sums to their sum. */
    double[] shared(double[] values) {
        double[] shared = new double[values.length];
        Arrays.setAll(shared, feature -> values[feature] / sizes[feature]);
        return shared;
    }
}

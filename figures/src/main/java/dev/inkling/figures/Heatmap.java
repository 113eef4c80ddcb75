package dev.inkling.figures;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.SanityCheck;
import dev.inkling.spi.Verdict;
import java.util.Objects;
import java.util.Optional;

/**
 * One image's attribution as one number per place: the sum over the channels, raw, at the method's own resolution.
 *
 * <p>A picture of it scales by its own {@link #limit()}: signed maps show −limit to limit around a neutral zero, positive
 * ones 0 to limit. Nothing is clipped.
 */
public final class Heatmap {

    private final float[] values;
    private final int height;
    private final int width;
    private final Sign sign;
    private final String unit;
    private final float min;
    private final float max;
    private final Optional<Verdict> verdict;

    private Heatmap(float[] values, Attribution attribution, Optional<Verdict> judgement) {
        this.values = values;
        this.height = attribution.height();
        this.width = attribution.width();
        this.unit = attribution.contract().unit();
        float lowest = Float.POSITIVE_INFINITY;
        float highest = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            if (Float.isFinite(value)) {
                lowest = Math.min(lowest, value);
                highest = Math.max(highest, value);
            }
        }
        boolean anyFinite = lowest <= highest;
        this.min = anyFinite ? lowest : 0;
        this.max = anyFinite ? highest : 0;
        this.sign = min < 0 ? Sign.SIGNED : attribution.contract().sign();
        this.verdict = judgement.isPresent() || min < max ? judgement : Optional.of(cancelled(max));
    }

    /** Channels that differ, and yet add up to the same everywhere. */
    private static Verdict cancelled(float sum) {
        return sum == 0
                ? new Verdict(Verdict.Kind.ALL_ZERO, "the channels cancel each other at every place")
                : new Verdict(
                        Verdict.Kind.CONSTANT,
                        "the channels add up to %s at every place".formatted(Numbers.exact(sum)));
    }

    /**
     * The map of one image, with what its numbers alone tell of it.
     *
     * @param attribution of N images; read only now
     * @param image its index in [0, N)
     * @throws IndexOutOfBoundsException if there is no such image
     */
    public static Heatmap of(Attribution attribution, int image) {
        Objects.checkIndex(image, attribution.count());
        return of(attribution, image, SanityCheck.ofValues(attribution, image));
    }

    /**
     * The map of one image, judged already.
     *
     * @param attribution of N images; read only now
     * @param image its index in [0, N)
     * @param judgement why there is nothing to see; empty where there is something
     * @throws IndexOutOfBoundsException if there is no such image
     */
    public static Heatmap of(Attribution attribution, int image, Optional<Verdict> judgement) {
        Objects.checkIndex(image, attribution.count());
        float[] raw = FloatArrays.flat(attribution.values().get(image));
        int channels = attribution.channels();
        float[] sums = new float[attribution.height() * attribution.width()];
        for (int i = 0; i < sums.length; i++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += raw[i * channels + c];
            }
            sums[i] = (float) sum;
        }
        return new Heatmap(sums, attribution, judgement);
    }

    /** h, rows of the raw map. */
    public int height() {
        return height;
    }

    /** w, columns of the raw map. */
    public int width() {
        return width;
    }

    /** The raw values, rows first; a copy. */
    public float[] values() {
        return values.clone();
    }

    /** What the contract promises; {@code SIGNED} in any case where a value is below zero. */
    public Sign sign() {
        return sign;
    }

    /** The unit of a value, such as {@code logits}. */
    public String unit() {
        return unit;
    }

    /** The lowest finite value; 0 where there is none. */
    public float min() {
        return min;
    }

    /** The highest finite value; 0 where there is none. */
    public float max() {
        return max;
    }

    /** The value that gets the last colour of the map: the largest magnitude. */
    public float limit() {
        return Math.max(-min, max);
    }

    /** The raw range with all digits, such as {@code −0.25 to 1.5}. */
    public String range() {
        return Numbers.exact(min) + " to " + Numbers.exact(max);
    }

    /** Why there is nothing to see: the map is all zero, constant or not finite. Empty where there is a picture. */
    public Optional<Verdict> verdict() {
        return verdict;
    }

    /**
     * The map at another size, by {@link Bilinear} interpolation.
     *
     * @param newHeight rows
     * @param newWidth columns
     * @return newHeight · newWidth values, rows first, in the raw unit
     */
    public float[] resized(int newHeight, int newWidth) {
        return Bilinear.resize(values, height, width, newHeight, newWidth);
    }

    /**
     * Values to show over an image of this many rows and columns, as shares of {@link #limit()} in [−1, 1]: a map as fine as
     * the image keeps its pixels crisp, any other is interpolated at the size of the picture.
     */
    float[] shown(int imageHeight, int imageWidth, DisplaySize size) {
        boolean asFine = height == imageHeight && width == imageWidth;
        float[] shown = asFine
                ? Resampling.crisp(values, height, width, size.height(), size.width())
                : resized(size.height(), size.width());
        for (int i = 0; i < shown.length; i++) {
            shown[i] = (float) ((double) shown[i] / limit());
        }
        return shown;
    }
}

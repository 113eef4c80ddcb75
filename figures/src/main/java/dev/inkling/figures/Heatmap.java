package dev.inkling.figures;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.FloatArrays;
import java.util.Map;
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
    private final String verdict;

    private Heatmap(
            float[] values,
            int height,
            int width,
            Sign promised,
            String unit,
            Map<String, float[]> diagnostics,
            int image,
            boolean cancelled) {
        this.values = values;
        this.height = height;
        this.width = width;
        this.unit = unit;
        float lowest = Float.POSITIVE_INFINITY;
        float highest = Float.NEGATIVE_INFINITY;
        int infinite = 0;
        int undefined = 0;
        for (float value : values) {
            if (Float.isNaN(value)) {
                undefined++;
            } else if (Float.isInfinite(value)) {
                infinite++;
            } else {
                lowest = Math.min(lowest, value);
                highest = Math.max(highest, value);
            }
        }
        boolean anyFinite = lowest <= highest;
        this.min = anyFinite ? lowest : 0;
        this.max = anyFinite ? highest : 0;
        this.sign = min < 0 ? Sign.SIGNED : promised;
        this.verdict = verdict(undefined, infinite, diagnostics, image, cancelled);
    }

    /**
     * The map of one image.
     *
     * @param attribution of N images; read only now
     * @param image its index in [0, N)
     * @throws IndexOutOfBoundsException if there is no such image
     */
    public static Heatmap of(Attribution attribution, int image) {
        Objects.checkIndex(image, attribution.count());
        float[] raw = FloatArrays.flat(attribution.values().get(image));
        int channels = attribution.channels();
        float[] sums = new float[attribution.height() * attribution.width()];
        boolean cancelled = false;
        for (int i = 0; i < sums.length; i++) {
            double sum = 0;
            boolean some = false;
            for (int c = 0; c < channels; c++) {
                sum += raw[i * channels + c];
                some |= raw[i * channels + c] != 0;
            }
            sums[i] = (float) sum;
            cancelled |= some && sums[i] == 0;
        }
        return new Heatmap(
                sums,
                attribution.height(),
                attribution.width(),
                attribution.contract().sign(),
                attribution.contract().unit(),
                attribution.diagnostics(),
                image,
                cancelled);
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
    public Optional<String> verdict() {
        return Optional.ofNullable(verdict);
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

    private String verdict(
            int undefined, int infinite, Map<String, float[]> diagnostics, int image, boolean cancelled) {
        if (undefined + infinite > 0) {
            return "not finite: of %d values %d are NaN and %d infinite, so the map says nothing"
                    .formatted(values.length, undefined, infinite);
        }
        if (min < max) {
            return null;
        }
        if (max != 0) {
            return "constant: every value is %s, so no place stands out".formatted(Numbers.exact(max));
        }
        if (cancelled) {
            return "all zero: the channels cancel each other at every place";
        }
        float[] signedMin = diagnostics.get("signed minimum");
        float[] signedMax = diagnostics.get("signed maximum");
        if (signedMin != null && signedMax != null && signedMin[image] < 0 && signedMax[image] <= 0) {
            return "all zero: %s before ReLU was %s (%s to %s); relu=false shows it"
                    .formatted(
                            signedMax[image] < 0 ? "every value" : "no value",
                            signedMax[image] < 0 ? "negative" : "positive",
                            Numbers.rounded(signedMin[image]),
                            Numbers.rounded(signedMax[image]));
        }
        return "all zero: the score does not change with the image here (saturated or dead units)";
    }
}

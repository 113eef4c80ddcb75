package dev.inkling.spi;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * What an explainer found: raw values at the method's own resolution, with what they mean.
 *
 * @param values (N, h, w, c), never normalised; a class activation map is 7×7 where its layer is, and upsampling is the
 *     picture's business
 * @param contract the values' sign, completeness and unit
 * @param diagnostics by name, one number per image: {@code convergence delta}, {@code standard error}, …; in the order in
 *     which they were added
 */
public record Attribution(FloatNdArray values, Contract contract, Map<String, float[]> diagnostics) {

    public Attribution {
        Objects.requireNonNull(contract, "contract");
        if (values.rank() != 4) {
            throw new IllegalArgumentException("attribution has shape " + values.shape() + ", expected (N, h, w, c)");
        }
        diagnostics = new LinkedHashMap<>(diagnostics);
        diagnostics.forEach((name, perImage) -> {
            if (perImage.length != values.shape().get(0)) {
                throw new IllegalArgumentException("diagnostic '" + name + "' has " + perImage.length
                        + " numbers, expected one for each of " + values.shape().get(0) + " images");
            }
        });
    }

    public Attribution(FloatNdArray values, Contract contract) {
        this(values, contract, Map.of());
    }

    /** The same with one more diagnostic. */
    public Attribution with(String diagnostic, float... perImage) {
        Map<String, float[]> more = new LinkedHashMap<>(diagnostics);
        more.put(diagnostic, perImage);
        return new Attribution(values, contract, more);
    }

    /** N, the number of images explained. */
    public int count() {
        return Math.toIntExact(values.shape().get(0));
    }

    /** h, rows of a map. */
    public int height() {
        return Math.toIntExact(values.shape().get(1));
    }

    /** w, columns of a map. */
    public int width() {
        return Math.toIntExact(values.shape().get(2));
    }

    /** c, values per place of a map. */
    public int channels() {
        return Math.toIntExact(values.shape().get(3));
    }

    /** One image's part, still with N = 1. */
    public Attribution image(int index) {
        Objects.checkIndex(index, count());
        Map<String, float[]> own = new LinkedHashMap<>();
        diagnostics.forEach((name, perImage) -> own.put(name, new float[] {perImage[index]}));
        float[] map = FloatArrays.flat(values.get(index));
        return new Attribution(FloatArrays.of(map, 1, height(), width(), channels()), contract, own);
    }

    /**
     * What the values mean.
     *
     * @param sign whether values below zero carry meaning
     * @param complete whether an image's values sum to the target's score minus its score at the baseline
     * @param unit of one value, such as {@code logits} or {@code logits per unit of input}
     */
    public record Contract(Sign sign, boolean complete, String unit) {

        /** Whether values below zero carry meaning. */
        public enum Sign {
            /** Positive values speak for the target, negative ones against it; zero is neutral. */
            SIGNED,
            /** All values are at least zero. */
            POSITIVE
        }
    }
}

package dev.inkling.app;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import java.util.Optional;

/**
 * What one explainer said about one image.
 *
 * @param explainer with its options
 * @param attribution of this image alone, N = 1
 * @param cost this image's share of the batch it was explained in
 */
public record Explanation(ConfiguredExplainer explainer, Attribution attribution, Cost cost) {

    public Explanation {
        if (attribution.count() != 1) {
            throw new IllegalArgumentException(
                    "an explanation is of one image, found attributions of " + attribution.count());
        }
    }

    /**
     * What an explanation cost.
     *
     * @param forward images sent forward through the model
     * @param backward images sent backward through it
     * @param milliseconds of wall-clock time
     */
    public record Cost(double forward, double backward, double milliseconds) {}

    /** Smallest and largest raw value. */
    public record Range(float min, float max) {}

    /** The range of the raw values that are finite; empty where none is. */
    public Optional<Range> range() {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (float value : FloatArrays.flat(attribution.values())) {
            if (Float.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
        }
        return min <= max ? Optional.of(new Range(min, max)) : Optional.empty();
    }
}

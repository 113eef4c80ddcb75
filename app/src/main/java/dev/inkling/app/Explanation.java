package dev.inkling.app;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.SanityCheck;
import dev.inkling.spi.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What one explainer said about one image.
 *
 * @param explainer with its options
 * @param attribution of this image alone, N = 1
 * @param cost this image's share of the batch it was explained in
 * @param verdicts why the map can not be taken at face value; empty where nothing is the matter
 * @param rival the comparison with another class, where it was made
 */
public record Explanation(
        ConfiguredExplainer explainer,
        Attribution attribution,
        Cost cost,
        List<Verdict> verdicts,
        Optional<SanityCheck.Rival> rival) {

    public Explanation {
        verdicts = List.copyOf(verdicts);
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

    /** Why there is nothing to see, where there is nothing. */
    public Optional<Verdict> blank() {
        return verdicts.stream().filter(verdict -> verdict.kind().isBlank()).findFirst();
    }

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

package dev.inkling.tck;

import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.List;
import java.util.SplittableRandom;

/**
 * logits = Wᵀx + b over images in [0, 1]: its gradient is W everywhere, and every complete method gives
 * w ⊙ (x − baseline). Offers every capability; its one layer is {@code dense1}, the logits.
 */
public final class LinearModel extends LayeredModel {

    /**
     * @param weights (H · W · C, K), rows in the order of the flattened image
     * @param bias K values
     */
    public LinearModel(int height, int width, int channels, float[][] weights, float[] bias) {
        super(
                "linear",
                height,
                width,
                channels,
                ValueRange.UNIT,
                List.of("dense1"),
                List.of(new Operation.Dense(
                        Weights.copy(height * width * channels, weights), Weights.copy(bias.length, bias))));
    }

    /** Weights and biases drawn uniformly from [−1, 1]. */
    public static LinearModel random(long seed, int height, int width, int channels, int classes) {
        SplittableRandom random = new SplittableRandom(seed);
        return new LinearModel(
                height,
                width,
                channels,
                Weights.random(random, height * width * channels, classes),
                Weights.random(random, classes));
    }
}

package dev.inkling.tck;

import java.util.SplittableRandom;

/**
 * logits = Wᵀx + b over images in [0, 1]: its gradient is W everywhere, and every complete method gives
 * w ⊙ (x − baseline). Offers every capability; its one layer is {@code dense1}, the logits.
 */
public final class LinearModel extends PlainModel {

    /**
     * @param weights (H · W · C, K), rows in the order of the flattened image
     * @param bias K values
     */
    public LinearModel(int height, int width, int channels, float[][] weights, float[] bias) {
        super(builder("linear", height, width, channels).dense("dense1", weights, bias));
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

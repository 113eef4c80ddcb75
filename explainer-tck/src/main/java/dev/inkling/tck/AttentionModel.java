package dev.inkling.tck;

import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A VALID convolution of stride 1 with one filter gives each place a score; the softmax of the scores over all places is the
 * attention; each logit is the mean of its places' values, weighted by the attention. Offers every capability; its layers are
 * {@code conv1}, {@code attention} and {@code dense1}. Layer-wise relevance propagation has no rule for it.
 */
public final class AttentionModel extends LayeredModel {

    /**
     * Over images in [0, 1].
     *
     * @param kernel (rows, columns, C)
     * @param values (h · w, K), what a place adds to each logit where all attention is there; rows in the order of the
     *     convolution's flattened (h, w) output
     */
    public AttentionModel(int height, int width, float[][][] kernel, float[][] values) {
        super(
                "attention",
                height,
                width,
                kernel[0][0].length,
                ValueRange.UNIT,
                List.of("conv1", "attention", "dense1"),
                operations(height, width, kernel, values));
    }

    /** A 3×3 kernel and values drawn uniformly from [−1, 1]. */
    public static AttentionModel random(long seed, int height, int width, int channels, int classes) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][][] kernel = new float[3][][];
        Arrays.setAll(kernel, row -> Weights.random(random, 3, channels));
        return new AttentionModel(height, width, kernel, Weights.random(random, (height - 2) * (width - 2), classes));
    }

    private static List<Operation> operations(int height, int width, float[][][] kernel, float[][] values) {
        int rows = kernel.length;
        int columns = kernel[0].length;
        int channels = kernel[0][0].length;
        float[] flat = new float[rows * columns * channels];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = kernel[i / channels / columns][i / channels % columns][i % channels];
        }
        Operation scores = new Operation.Convolution(height, width, channels, rows, columns, 1, flat, new float[1]);
        return List.of(
                scores,
                new Operation.Softmax(scores.height(), scores.width()),
                new Operation.Dense(
                        Weights.copy(scores.height() * scores.width(), values), new float[values[0].length]));
    }
}

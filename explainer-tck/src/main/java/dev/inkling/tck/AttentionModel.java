package dev.inkling.tck;

import dev.inkling.spi.Extent;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A VALID convolution of stride 1 with one filter gives each place a score; the softmax of the scores over all places is the
 * attention; each logit is the mean of its places' values, weighted by the attention. Offers every capability; its layers are
 * {@code conv1}, {@code attention} and {@code dense1}. Layer-wise relevance propagation has no rule for it.
 */
public final class AttentionModel extends PlainModel {

    /**
     * Over images in [0, 1].
     *
     * @param kernel (rows, columns, C)
     * @param values (h · w, K), what a place adds to each logit where all attention is there; rows in the order of the
     *     convolution's flattened (h, w) output
     */
    public AttentionModel(int height, int width, float[][][] kernel, float[][] values) {
        super(builder("attention", height, width, kernel[0][0].length)
                .convolution("conv1", withOneFilter(kernel), new float[1], new Extent(1, 1), Padding.VALID)
                .softmax("attention")
                .dense("dense1", values, new float[values[0].length]));
    }

    /** A 3×3 kernel and values drawn uniformly from [−1, 1]. */
    public static AttentionModel random(long seed, int height, int width, int channels, int classes) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][][] kernel = new float[3][][];
        Arrays.setAll(kernel, row -> Weights.random(random, 3, channels));
        return new AttentionModel(height, width, kernel, Weights.random(random, (height - 2) * (width - 2), classes));
    }

    private static float[][][][] withOneFilter(float[][][] kernel) {
        float[][][][] filters = new float[kernel.length][kernel[0].length][kernel[0][0].length][1];
        for (int y = 0; y < kernel.length; y++) {
            for (int x = 0; x < kernel[y].length; x++) {
                for (int c = 0; c < kernel[y][x].length; c++) {
                    filters[y][x][c][0] = kernel[y][x][c];
                }
            }
        }
        return filters;
    }
}

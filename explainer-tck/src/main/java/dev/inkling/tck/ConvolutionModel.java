package dev.inkling.tck;

import dev.inkling.spi.Extent;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A VALID convolution of stride 1, ReLU, and a dense layer. Offers every capability; its layers are {@code conv1} before
 * and {@code relu1} after the ReLU, and {@code dense1}.
 */
public final class ConvolutionModel extends PlainModel {

    /**
     * Over images in [0, 1].
     *
     * @param kernel (rows, columns, C, filters)
     * @param bias a value per filter
     * @param dense (h · w · filters, K), rows in the order of the convolution's flattened (h, w, filters) output
     * @param denseBias K values
     */
    public ConvolutionModel(
            int height, int width, float[][][][] kernel, float[] bias, float[][] dense, float[] denseBias) {
        this(operations(builder("convolution", height, width, kernel[0][0].length), kernel, bias, dense, denseBias));
    }

    private ConvolutionModel(PlainModelBuilder builder) {
        super(builder);
    }

    /** Weights and biases of a 3×3 convolution and a dense layer, drawn uniformly from [−1, 1]. */
    public static ConvolutionModel random(long seed, int height, int width, int channels, int filters, int classes) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][][][] kernel = new float[3][3][][];
        for (float[][][] row : kernel) {
            Arrays.setAll(row, column -> Weights.random(random, channels, filters));
        }
        return new ConvolutionModel(
                height,
                width,
                kernel,
                Weights.random(random, filters),
                Weights.random(random, (height - 2) * (width - 2) * filters, classes),
                Weights.random(random, classes));
    }

    /**
     * The network by which other libraries test their methods: images 4×4×1; a 3×3 convolution with two filters of ones and
     * bias (−50, −75); ReLU; four equal logits, each the sum of the first filter's four places and the second's first, less
     * the second's other three; and a ReLU {@code relu2} on the logits. At the image 0, 1, …, 15 all logits are 54.
     */
    public static ConvolutionModel example() {
        float[][][][] kernel = new float[3][3][1][2];
        for (float[][][] row : kernel) {
            for (float[][] place : row) {
                Arrays.fill(place[0], 1);
            }
        }
        float[][] dense = new float[8][4];
        for (int place = 0; place < 4; place++) {
            Arrays.fill(dense[2 * place], 1);
            Arrays.fill(dense[2 * place + 1], place == 0 ? 1 : -1);
        }
        return new ConvolutionModel(operations(
                        builder("convolution", 4, 4, 1).range(-100, 100),
                        kernel,
                        new float[] {-50, -75},
                        dense,
                        new float[4])
                .relu("relu2"));
    }

    private static PlainModelBuilder operations(
            PlainModelBuilder builder, float[][][][] kernel, float[] bias, float[][] dense, float[] denseBias) {
        return builder.convolution("conv1", kernel, bias, new Extent(1, 1), Padding.VALID)
                .relu("relu1")
                .dense("dense1", dense, denseBias);
    }
}

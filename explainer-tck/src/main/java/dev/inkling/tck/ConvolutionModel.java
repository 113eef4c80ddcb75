package dev.inkling.tck;

import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A VALID convolution of stride 1, ReLU, and a dense layer. Offers every capability; its layers are {@code conv1} before
 * and {@code relu1} after the ReLU, and {@code dense1}.
 */
public final class ConvolutionModel extends LayeredModel {

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
        this(height, width, ValueRange.UNIT, kernel, bias, dense, denseBias, false);
    }

    private ConvolutionModel(
            int height,
            int width,
            ValueRange range,
            float[][][][] kernel,
            float[] bias,
            float[][] dense,
            float[] denseBias,
            boolean logitsRelu) {
        super(
                "convolution",
                height,
                width,
                kernel[0][0].length,
                range,
                logitsRelu ? List.of("conv1", "relu1", "dense1", "relu2") : List.of("conv1", "relu1", "dense1"),
                operations(height, width, kernel, bias, dense, denseBias, logitsRelu));
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
        return new ConvolutionModel(
                4, 4, new ValueRange(-100, 100), kernel, new float[] {-50, -75}, dense, new float[4], true);
    }

    private static List<Operation> operations(
            int height,
            int width,
            float[][][][] kernel,
            float[] bias,
            float[][] dense,
            float[] denseBias,
            boolean logitsRelu) {
        int rows = kernel.length;
        int columns = kernel[0].length;
        int channels = kernel[0][0].length;
        float[] flat = new float[rows * columns * channels * bias.length];
        int next = 0;
        for (float[][][] row : kernel) {
            for (float[][] place : row) {
                for (float[] filters : place) {
                    System.arraycopy(filters, 0, flat, next, bias.length);
                    next += bias.length;
                }
            }
        }
        Operation convolution =
                new Operation.Convolution(height, width, channels, rows, columns, bias.length, flat, bias.clone());
        Operation logits = new Operation.Dense(
                Weights.copy(convolution.height() * convolution.width() * bias.length, dense), denseBias.clone());
        List<Operation> operations = new ArrayList<>(List.of(convolution, Operation.Relu.after(convolution), logits));
        if (logitsRelu) {
            operations.add(Operation.Relu.after(logits));
        }
        return List.copyOf(operations);
    }
}

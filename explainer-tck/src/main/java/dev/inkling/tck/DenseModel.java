package dev.inkling.tck;

import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Dense layers, some of them followed by a ReLU. Offers every capability; its layers are {@code dense1}, {@code dense2}, …
 * before and {@code relu1}, {@code relu2}, … after the ReLU.
 */
public final class DenseModel extends LayeredModel {

    /**
     * A dense layer.
     *
     * @param weights (inputs, units)
     * @param bias as many values as units
     * @param relu whether a ReLU follows
     */
    public record Layer(float[][] weights, float[] bias, boolean relu) {}

    /** Over images in [0, 1], flattened row by row. */
    public DenseModel(int height, int width, int channels, List<Layer> layers) {
        this(height, width, channels, ValueRange.UNIT, layers);
    }

    private DenseModel(int height, int width, int channels, ValueRange range, List<Layer> layers) {
        super("dense", height, width, channels, range, names(layers), operations(height * width * channels, layers));
    }

    /**
     * The network by which other libraries test their methods: three inputs (images 1×3×1), passed on, four units of ones
     * with bias (−10, 1, 1, 1) and a ReLU, two logits of ones with bias (−1, 1). At (20, 50, 30), occluding one pixel at a
     * time costs 80, 200 and 120.
     */
    public static DenseModel example() {
        return new DenseModel(
                1,
                3,
                1,
                new ValueRange(-100, 100),
                List.of(
                        new Layer(new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, new float[3], false),
                        new Layer(ones(3, 4), new float[] {-10, 1, 1, 1}, true),
                        new Layer(ones(4, 2), new float[] {-1, 1}, false)));
    }

    private static float[][] ones(int rows, int columns) {
        float[][] ones = new float[rows][columns];
        for (float[] row : ones) {
            Arrays.fill(row, 1);
        }
        return ones;
    }

    private static List<String> names(List<Layer> layers) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            names.add("dense" + (i + 1));
            if (layers.get(i).relu()) {
                names.add("relu" + (i + 1));
            }
        }
        return names;
    }

    private static List<Operation> operations(int inputs, List<Layer> layers) {
        List<Operation> operations = new ArrayList<>();
        int rows = inputs;
        for (Layer layer : layers) {
            Operation dense = new Operation.Dense(
                    Weights.copy(rows, layer.weights()), layer.bias().clone());
            operations.add(dense);
            if (layer.relu()) {
                operations.add(Operation.Relu.after(dense));
            }
            rows = dense.channels();
        }
        return List.copyOf(operations);
    }
}

package dev.inkling.tck;

import java.util.Arrays;
import java.util.List;

/**
 * Dense layers, some of them followed by a ReLU. Offers every capability; its layers are {@code dense1}, {@code dense2}, …
 * before and {@code relu1}, {@code relu2}, … after the ReLU.
 */
public final class DenseModel extends PlainModel {

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
        this(builder("dense", height, width, channels), layers);
    }

    private DenseModel(PlainModelBuilder image, List<Layer> layers) {
        super(operations(image, layers));
    }

    /**
     * The network by which other libraries test their methods: three inputs (images 1×3×1), passed on, four units of ones
     * with bias (−10, 1, 1, 1) and a ReLU, two logits of ones with bias (−1, 1). At (20, 50, 30), occluding one pixel at a
     * time costs 80, 200 and 120.
     */
    public static DenseModel example() {
        return new DenseModel(
                builder("dense", 1, 3, 1).range(-100, 100),
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

    private static PlainModelBuilder operations(PlainModelBuilder builder, List<Layer> layers) {
        for (int i = 0; i < layers.size(); i++) {
            builder.dense(
                    "dense" + (i + 1), layers.get(i).weights(), layers.get(i).bias());
            if (layers.get(i).relu()) {
                builder.relu("relu" + (i + 1));
            }
        }
        return builder;
    }
}

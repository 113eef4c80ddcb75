package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.DenseModel;
import dev.inkling.tck.Padding;
import dev.inkling.tck.PlainModel;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.ndarray.FloatNdArray;

/** Models and images whose attributions are known. */
final class Examples {

    static final ConvolutionModel CONVOLUTION = ConvolutionModel.example();
    static final Targets FIRST_OF_FOUR = Targets.classes(4, 0);
    static final DenseModel DENSE = DenseModel.example();
    static final Targets FIRST_OF_TWO = Targets.classes(2, 0);

    private Examples() {}

    /** 0, 1, …, 15 in a 4×4 image. */
    static FloatNdArray rising() {
        float[] values = new float[16];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return image(values);
    }

    static FloatNdArray ones() {
        float[] values = new float[16];
        Arrays.fill(values, 1);
        return image(values);
    }

    static FloatNdArray image(float... values) {
        return FloatArrays.of(values, 1, 4, 4, 1);
    }

    /** An image of three pixels for {@link #DENSE}. */
    static FloatNdArray three(float... values) {
        return FloatArrays.of(values, 1, 1, 3, 1);
    }

    /** Images in [0, 1]. */
    static FloatNdArray random(ModelSignature signature, int count) {
        SplittableRandom random = new SplittableRandom(11);
        float[] values = new float[count * signature.imageSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return FloatArrays.of(values, count, signature.height(), signature.width(), signature.channels());
    }

    /**
     * Images 6×5×2 in [0, 1] with all that a convolutional network has: a first convolution, a residual block, pooling, another
     * convolution, the mean of all places, two dense layers.
     *
     * @param biases of every layer, over and over
     */
    static PlainModel residual(int classes, float[] biases) {
        SplittableRandom random = new SplittableRandom(19);
        Extent one = new Extent(1, 1);
        return PlainModel.builder("residual", 6, 5, 2)
                .convolution("conv1", kernel(random, 3, 2, 4), repeat(biases, 4), one, Padding.SAME)
                .relu("relu1")
                .convolution("conv2", kernel(random, 3, 4, 4), repeat(biases, 4), one, Padding.SAME)
                .add("sum", "conv2", "relu1")
                .relu("relu2")
                .maxPool("pool", new Extent(2, 2), new Extent(2, 2), Padding.SAME)
                .convolution("conv3", kernel(random, 2, 4, 5), repeat(biases, 5), one, Padding.VALID)
                .relu("relu3")
                .globalMean("mean")
                .dense("dense", weights(random, 5, 7), repeat(biases, 7))
                .relu("relu4")
                .dense("logits", weights(random, 7, classes), repeat(biases, classes))
                .build();
    }

    private static float[] repeat(float[] values, int count) {
        float[] repeated = new float[count];
        for (int i = 0; i < count; i++) {
            repeated[i] = values[i % values.length];
        }
        return repeated;
    }

    private static float[][] weights(SplittableRandom random, int rows, int columns) {
        float[][] weights = new float[rows][columns];
        for (float[] row : weights) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextDouble(-1, 1);
            }
        }
        return weights;
    }

    private static float[][][][] kernel(SplittableRandom random, int side, int channels, int filters) {
        float[][][][] kernel = new float[side][side][][];
        for (float[][][] row : kernel) {
            Arrays.setAll(row, column -> weights(random, channels, filters));
        }
        return kernel;
    }

    static float[] values(Attribution attribution) {
        return FloatArrays.flat(attribution.values());
    }

    /** {@link #CONVOLUTION} with a second input, fixed, that is added to the image. */
    static Model withAdded(FloatNdArray second) {
        return new Model() {
            @Override
            public ModelSignature signature() {
                return CONVOLUTION.signature();
            }

            @Override
            public FloatNdArray scores(FloatNdArray images) {
                float[] sum = FloatArrays.flat(images);
                float[] added = FloatArrays.flat(second);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += added[i % added.length];
                }
                return CONVOLUTION.scores(FloatArrays.of(sum, images.shape().asArray()));
            }

            @Override
            public <T> Optional<T> capability(Class<T> type) {
                return Optional.empty();
            }
        };
    }
}

package dev.inkling.trainer;

import dev.inkling.model.Network;
import dev.inkling.model.Precision;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Convolutions as training computes them: by TensorFlow's own operation, or by Fourier transforms ({@link FourierMatrices}) where
 * these take clearly less. Both are the same function to the rounding of float32 (1e-6 of the largest output), and so are their
 * gradients.
 *
 * <p>Transforms pay on small maps of many channels and in large batches: of 7×7 places and 128 channels they take half of the
 * time. Their rounding is relative to the largest output, not to each, so in bfloat16 they are not used.
 */
final class FastConvolution {

    /** How many times as long the direct convolution must take by this reckoning in multiplications. */
    private static final double CLEARLY = 1.25;

    /** Reading and writing the transforms of kernels, once for each batch, takes as long as products for so many images. */
    private static final int KERNELS = 32;

    /** A transform's multiplications take so many times as long as a product's: there are fewer of them for each number read. */
    private static final int TRANSFORM = 2;

    private final Precision precision;
    private final int batchSize;

    /** @param batchSize of most batches; any may come */
    FastConvolution(Precision precision, int batchSize) {
        this.precision = precision;
        this.batchSize = batchSize;
    }

    /**
     * Adds a convolution of stride 1, zero beyond the border.
     *
     * @param x (N, H, W, C), all but N known
     * @param kernel (rows, columns, C, outputs), known
     * @return (N, H, W, outputs)
     */
    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel) {
        return byTransforms(x.shape(), kernel.shape()) ? transformed(tf, x, kernel) : Network.convolve(tf, x, kernel);
    }

    private boolean byTransforms(Shape x, Shape kernel) {
        if (precision != Precision.FLOAT32) {
            return false;
        }
        int rows = side(kernel, 0);
        int columns = side(kernel, 1);
        double inputs = side(kernel, 2);
        double outputs = side(kernel, 3);
        int height = side(x, 1);
        int width = side(x, 2);
        double direct = (double) batchSize * inside(height, rows) * inside(width, columns) * inputs * outputs;
        double products = FourierMatrices.products(height, width, rows, columns);
        // From all places to rows and from a pair of rows to each product, for inputs; and back, for outputs.
        double transforms = (products * 2 * width + (height + 2.0) * height * width) * (inputs + outputs);
        double byTransforms = (batchSize + KERNELS) * products * inputs * outputs + TRANSFORM * batchSize * transforms;
        return direct > CLEARLY * byTransforms;
    }

    /** How often a tap of a kernel lies on one of the places, for kernels about all of them; beyond the border there is no work. */
    private static int inside(int places, int taps) {
        int count = 0;
        for (int from = -(taps - 1) / 2; from < places - (taps - 1) / 2; from++) {
            count += Math.min(places, from + taps) - Math.max(0, from);
        }
        return count;
    }

    private static int side(Shape shape, int dimension) {
        return Math.toIntExact(shape.get(dimension));
    }

    private static Operand<TFloat32> transformed(Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel) {
        int height = side(x.shape(), 1);
        int width = side(x.shape(), 2);
        int inputs = side(kernel.shape(), 2);
        int outputs = side(kernel.shape(), 3);
        FourierMatrices matrices = FourierMatrices.of(height, width, side(kernel.shape(), 0), side(kernel.shape(), 1));
        int bands = matrices.bands().size();

        // Places first, so that one matrix product transforms the whole batch; and outputs before inputs, so that the
        // product over channels and both its gradients take what lies in memory as it lies there.
        Operand<TFloat32> byPlace = transposed(tf, reshaped(tf, x, -1, height * width, inputs), 1, 0, 2);
        Operand<TFloat32> byTap = transposed(tf, reshaped(tf, kernel, -1, inputs, outputs), 0, 2, 1);
        Operand<TFloat32> forward = multiplied(tf, matrices.forward(), byPlace);
        // One band after the other, for what one makes stays in a core's cache.
        List<Operand<TFloat32>> along = new ArrayList<>();
        List<Output<TFloat32>> pairs = tf.unstack(reshaped(tf, forward, bands, 2 * width, -1), (long) bands)
                .output();
        for (int r = 0; r < bands; r++) {
            FourierMatrices.Band band = matrices.bands().get(r);
            int products = band.images().length;
            Operand<TFloat32> images = reshaped(tf, multiplied(tf, band.images(), pairs.get(r)), products, -1, inputs);
            Operand<TFloat32> kernels = reshaped(tf, multiplied(tf, band.kernels(), byTap), products, outputs, inputs);
            // An einsum, for oneDNN has no kernel for the batched product that gradients of one are made of.
            Operand<TFloat32> product = tf.linalg.einsum(List.of(images, kernels), "pni,poi->pno");
            along.add(multiplied(tf, band.outputs(), product));
        }
        Operand<TFloat32> sums = multiplied(tf, matrices.backward(), tf.stack(along));
        return reshaped(
                tf,
                transposed(tf, reshaped(tf, sums, height * width, -1, outputs), 1, 0, 2),
                -1,
                height,
                width,
                outputs);
    }

    /** A matrix times x, of whose values, in row-major order, it sums over as many equal parts as it has columns. */
    private static Operand<TFloat32> multiplied(Ops tf, float[][] matrix, Operand<TFloat32> x) {
        return tf.linalg.matMul(tf.constant(matrix), reshaped(tf, x, matrix[0].length, -1));
    }

    private static Operand<TFloat32> reshaped(Ops tf, Operand<TFloat32> x, int... shape) {
        return tf.reshape(x, tf.constant(shape));
    }

    private static Operand<TFloat32> transposed(Ops tf, Operand<TFloat32> x, int... order) {
        return tf.linalg.transpose(x, tf.constant(order));
    }
}

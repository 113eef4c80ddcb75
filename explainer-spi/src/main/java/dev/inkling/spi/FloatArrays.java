package dev.inkling.spi;

import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;

/**
 * Between {@link FloatNdArray}, the type at every boundary, and flat {@code float[]}, on which inner loops run: element
 * access to the former is slow, bulk access is not.
 */
public final class FloatArrays {

    private FloatArrays() {}

    /**
     * An array of this shape over these values in row-major order; the values are wrapped, not copied.
     *
     * @throws IllegalArgumentException if the number of values is not that of the shape
     */
    public static FloatNdArray of(float[] values, long... shape) {
        Shape wrapped = Shape.of(shape);
        if (wrapped.size() != values.length) {
            throw new IllegalArgumentException(
                    "shape " + wrapped + " holds " + wrapped.size() + " values, found " + values.length);
        }
        return NdArrays.wrap(wrapped, DataBuffers.of(values));
    }

    /** All values in row-major order; a copy. */
    public static float[] flat(FloatNdArray array) {
        float[] values = new float[Math.toIntExact(array.size())];
        array.copyTo(DataBuffers.of(values));
        return values;
    }
}

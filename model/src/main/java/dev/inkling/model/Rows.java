package dev.inkling.model;

import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.buffer.DataBuffers;

/** What the parts of a batch give, put together: for each tensor that is fetched, the values of all rows. For several threads. */
final class Rows {

    private final int count;
    private final float[][] values;

    /**
     * Makes room.
     *
     * @param count rows of the batch
     * @param tensors that are fetched
     */
    Rows(int count, int tensors) {
        this.count = count;
        this.values = new float[tensors][];
    }

    /**
     * Copies a part of each tensor.
     *
     * @param from first row
     * @param parts the values of each, (rows, ...)
     */
    void put(int from, List<? extends FloatNdArray> parts) {
        for (int tensor = 0; tensor < parts.size(); tensor++) {
            FloatNdArray part = parts.get(tensor);
            int rows = Math.toIntExact(part.shape().get(0));
            int size = Math.toIntExact(part.size() / rows);
            part.copyTo(DataBuffers.of(whole(tensor, size), false, false)
                    .offset((long) from * size)
                    .narrow((long) rows * size));
        }
    }

    /** The first part tells how large a row is. */
    private synchronized float[] whole(int tensor, int size) {
        if (values[tensor] == null) {
            values[tensor] = new float[Math.multiplyExact(count, size)];
        }
        return values[tensor];
    }

    /** The values of each tensor in row-major order, once all parts are there. */
    List<float[]> all() {
        return List.of(values);
    }
}

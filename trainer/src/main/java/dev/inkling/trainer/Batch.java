package dev.inkling.trainer;

/** Room for one batch, filled again and again so that training allocates nothing per step. */
final class Batch {

    private final Dataset data;
    private final int size;
    private final float[] pixels;
    private final int[] labels;
    private int count;

    Batch(Dataset data, int size) {
        this.data = data;
        this.size = size;
        this.pixels = new float[Math.multiplyExact(size, data.height() * data.width() * data.channels())];
        this.labels = new int[size];
    }

    /** Holds from now on the images from {@code indices[from]} on, as many as there are room and indices for. */
    void fill(int[] indices, int from) {
        count = Math.min(size, indices.length - from);
        data.copyImages(indices, from, count, pixels);
        for (int n = 0; n < count; n++) {
            labels[n] = data.label(indices[from + n]);
        }
    }

    /** (count, H, W, C) in [0, 1]; what lies behind is of an earlier batch. */
    float[] pixels() {
        return pixels;
    }

    /** The classes; what lies behind {@link #count} is of an earlier batch. */
    int[] labels() {
        return labels;
    }

    int count() {
        return count;
    }

    /** H · W · C. */
    int imageSize() {
        return pixels.length / size;
    }
}

package dev.inkling.trainer;

/**
 * Where each pixel of an augmented image is taken from. Warps move these points one after the other, and the image is
 * resampled once at the end, so that ten warps blur no more than one.
 */
final class SamplingGrid {

    private final int height;
    private final int width;
    private final float[] rows;
    private final float[] columns;

    SamplingGrid(int height, int width) {
        this.height = height;
        this.width = width;
        this.rows = new float[height * width];
        this.columns = new float[height * width];
    }

    /** Every pixel is taken from its own place again. */
    void reset() {
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++, i++) {
                rows[i] = y;
                columns[i] = x;
            }
        }
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    /** Row coordinates, in pixels from the centre of the first row; live. */
    float[] rows() {
        return rows;
    }

    /** Column coordinates, in pixels from the centre of the first column; live. */
    float[] columns() {
        return columns;
    }

    /**
     * Maps every point p to M·(p − centre) + centre.
     *
     * @param rr how much of the row goes into the row
     * @param rc how much of the column goes into the row
     * @param cr how much of the row goes into the column
     * @param cc how much of the column goes into the column
     */
    void transform(double rr, double rc, double cr, double cc) {
        float centreRow = (height - 1) / 2f;
        float centreColumn = (width - 1) / 2f;
        float a = (float) rr;
        float b = (float) rc;
        float c = (float) cr;
        float d = (float) cc;
        for (int i = 0; i < rows.length; i++) {
            float y = rows[i] - centreRow;
            float x = columns[i] - centreColumn;
            rows[i] = a * y + b * x + centreRow;
            columns[i] = c * y + d * x + centreColumn;
        }
    }

    /** Moves every point by so many pixels. */
    void shift(double down, double right) {
        for (int i = 0; i < rows.length; i++) {
            rows[i] += (float) down;
            columns[i] += (float) right;
        }
    }

    /**
     * Reads an image at the grid's points by bilinear interpolation; beyond the border, the border's pixels go on.
     *
     * @param image (H, W, C) from {@code offset} on
     * @param into room for (H, W, C) from {@code at} on; not the same part of the same array
     */
    void sample(float[] image, int offset, int channels, float[] into, int at) {
        int out = at;
        for (int i = 0; i < rows.length; i++) {
            float y = Math.min(Math.max(rows[i], 0), height - 1f);
            float x = Math.min(Math.max(columns[i], 0), width - 1f);
            int top = (int) y;
            int left = (int) x;
            float v = y - top;
            float u = x - left;
            int here = offset + (top * width + left) * channels;
            int right = left + 1 < width ? channels : 0;
            int below = top + 1 < height ? width * channels : 0;
            for (int c = 0; c < channels; c++, here++) {
                float upper = image[here] + u * (image[here + right] - image[here]);
                float lower = image[here + below] + u * (image[here + below + right] - image[here + below]);
                into[out++] = upper + v * (lower - upper);
            }
        }
    }
}

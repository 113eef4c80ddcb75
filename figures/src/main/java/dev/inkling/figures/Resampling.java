package dev.inkling.figures;

/** Ways to bring a grid of numbers, rows first, to another size. */
final class Resampling {

    private Resampling() {}

    /**
     * Bilinear with half-pixel centres, borders repeated: TensorFlow's {@code resizeBilinear} with
     * {@code halfPixelCenters(true)}.
     */
    static float[] halfPixelBilinear(float[] values, int height, int width, int newHeight, int newWidth) {
        float[] resized = new float[newHeight * newWidth];
        for (int row = 0; row < newHeight; row++) {
            double y = source(row, height, newHeight);
            int top = (int) y;
            int bottom = Math.min(top + 1, height - 1);
            for (int column = 0; column < newWidth; column++) {
                double x = source(column, width, newWidth);
                int left = (int) x;
                int right = Math.min(left + 1, width - 1);
                double above = mix(values[top * width + left], values[top * width + right], x - left);
                double below = mix(values[bottom * width + left], values[bottom * width + right], x - left);
                resized[row * newWidth + column] = (float) mix(above, below, y - top);
            }
        }
        return resized;
    }

    private static double source(int index, int size, int newSize) {
        return Math.max(0, Math.min(size - 1, (index + 0.5) * size / newSize - 0.5));
    }

    private static double mix(double from, double to, double share) {
        return from + share * (to - from);
    }

    /**
     * Each new place takes the mean of the old places under it, or the nearest one where it is smaller than they are: whole
     * multiples become crisp squares, and shrinking loses no value.
     */
    static float[] crisp(float[] values, int height, int width, int newHeight, int newWidth) {
        float[] resized = new float[newHeight * newWidth];
        for (int row = 0; row < newHeight; row++) {
            int top = (int) ((long) row * height / newHeight);
            int bottom = Math.max(top + 1, (int) ((row + 1L) * height / newHeight));
            for (int column = 0; column < newWidth; column++) {
                int left = (int) ((long) column * width / newWidth);
                int right = Math.max(left + 1, (int) ((column + 1L) * width / newWidth));
                double sum = 0;
                for (int y = top; y < bottom; y++) {
                    for (int x = left; x < right; x++) {
                        sum += values[y * width + x];
                    }
                }
                resized[row * newWidth + column] = (float) (sum / ((bottom - top) * (right - left)));
            }
        }
        return resized;
    }
}

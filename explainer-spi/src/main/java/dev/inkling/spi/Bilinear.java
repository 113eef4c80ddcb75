package dev.inkling.spi;

/**
 * Bilinear interpolation of a map with half-pixel centres, borders repeated: TensorFlow's {@code resizeBilinear} with
 * {@code halfPixelCenters(true)}, OpenCV's {@code INTER_LINEAR}. Not for shrinking by much: places between the new ones do
 * not count, for nothing is averaged.
 */
public final class Bilinear {

    private Bilinear() {}

    /**
     * The map at another size.
     *
     * @param values height · width values, rows first; read only
     * @param height rows of the map
     * @param width columns of the map
     * @param newHeight rows of the result
     * @param newWidth columns of the result
     * @return newHeight · newWidth values, rows first, a new array; none lies outside the range of the old ones
     * @throws IllegalArgumentException if a side is below 1 or there are not height · width values
     */
    public static float[] resize(float[] values, int height, int width, int newHeight, int newWidth) {
        if (height < 1 || width < 1 || newHeight < 1 || newWidth < 1 || values.length != (long) height * width) {
            throw new IllegalArgumentException("can not bring " + values.length + " values of " + height + "×" + width
                    + " to " + newHeight + "×" + newWidth);
        }
        if (height == newHeight && width == newWidth) {
            return values.clone();
        }
        // Across first, each old row once; then down, in a loop without branches.
        double[] across = new double[height * newWidth];
        for (int column = 0; column < newWidth; column++) {
            double x = source(column, width, newWidth);
            int left = (int) x;
            int right = Math.min(left + 1, width - 1);
            for (int row = 0; row < height; row++) {
                across[row * newWidth + column] =
                        mix(values[row * width + left], values[row * width + right], x - left);
            }
        }
        float[] resized = new float[newHeight * newWidth];
        for (int row = 0; row < newHeight; row++) {
            double y = source(row, height, newHeight);
            int top = (int) y;
            int bottom = Math.min(top + 1, height - 1);
            double share = y - top;
            for (int column = 0; column < newWidth; column++) {
                resized[row * newWidth + column] =
                        (float) mix(across[top * newWidth + column], across[bottom * newWidth + column], share);
            }
        }
        return resized;
    }

    /** Where the centre of a new place lies among the old ones. */
    private static double source(int index, int size, int newSize) {
        return Math.max(0, Math.min(size - 1, (index + 0.5) * size / newSize - 0.5));
    }

    private static double mix(double from, double to, double share) {
        return from + share * (to - from);
    }
}

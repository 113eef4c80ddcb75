package dev.inkling.figures;

/** Brings a grid of numbers, rows first, to the size of a picture without interpolating. */
final class Resampling {

    private Resampling() {}

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

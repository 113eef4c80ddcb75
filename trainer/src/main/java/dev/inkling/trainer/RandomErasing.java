package dev.inkling.trainer;

import java.util.SplittableRandom;

/**
 * Random erasing (Zhong et al. 2017, arXiv:1708.04896): with some probability a rectangle of the image, 2 % to a third of its
 * area and up to about three times as long as wide, is overwritten with noise uniform in [0, 1].
 */
final class RandomErasing {

    private static final double LEAST_AREA = 0.02;
    private static final double MOST_AREA = 1.0 / 3;
    private static final double LEAST_ASPECT = 0.3;
    private static final int ATTEMPTS = 100;

    private final double probability;

    RandomErasing(double probability) {
        this.probability = probability;
    }

    /**
     * Changes one image in place.
     *
     * @param images (H, W, C) from {@code offset} on, in [0, 1]
     */
    void erase(float[] images, int offset, int height, int width, int channels, SplittableRandom random) {
        if (random.nextDouble() >= probability) {
            return;
        }
        // Some rectangles drawn stick out of the image: draw again, as the paper does, but not for ever.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double area = random.nextDouble(LEAST_AREA, MOST_AREA) * height * width;
            double aspect = random.nextDouble(LEAST_ASPECT, 1 / LEAST_ASPECT);
            int rows = (int) Math.round(Math.sqrt(area * aspect));
            int columns = (int) Math.round(Math.sqrt(area / aspect));
            if (rows >= 1 && columns >= 1 && rows < height && columns < width) {
                int top = random.nextInt(height - rows + 1);
                int left = random.nextInt(width - columns + 1);
                for (int y = top; y < top + rows; y++) {
                    int from = offset + (y * width + left) * channels;
                    for (int i = from; i < from + columns * channels; i++) {
                        images[i] = (float) random.nextDouble();
                    }
                }
                return;
            }
        }
    }
}

package dev.inkling.trainer;

import java.util.SplittableRandom;

/**
 * Elastic deformation (Simard, Steinkraus and Platt 2003, "Best practices for convolutional neural networks applied to visual
 * document analysis"): a displacement for every pixel, uniform in ±1, smoothed by a Gaussian of standard deviation σ pixels and
 * multiplied by α. Displacements come out with a standard deviation of about α / (√12 · √π · σ) pixels on each axis: 1.4 for the
 * paper's α = 34, σ = 4.
 */
final class ElasticDeformation implements Warp {

    /** Beyond three standard deviations a Gaussian is too small to matter. */
    private static final double REACH = 3;

    private final float alpha;
    private final float[] kernel;
    private float[] noise = {};
    private float[] smooth = {};

    ElasticDeformation(double alpha, double sigma) {
        this.alpha = (float) alpha;
        int radius = (int) Math.ceil(REACH * sigma);
        this.kernel = new float[2 * radius + 1];
        double sum = 0;
        for (int i = 0; i < kernel.length; i++) {
            double distance = (i - radius) / sigma;
            kernel[i] = (float) Math.exp(-distance * distance / 2);
            sum += kernel[i];
        }
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] /= (float) sum;
        }
    }

    @Override
    public void move(SamplingGrid grid, SplittableRandom random) {
        displace(grid.rows(), grid, random);
        displace(grid.columns(), grid, random);
    }

    /**
     * Adds a field of displacements. The noise reaches the kernel's radius beyond the image on each side, so that the border moves
     * as much as the middle.
     */
    private void displace(float[] coordinates, SamplingGrid grid, SplittableRandom random) {
        int height = grid.height();
        int width = grid.width();
        int noiseHeight = height + kernel.length - 1;
        int noiseWidth = width + kernel.length - 1;
        if (noise.length != noiseHeight * noiseWidth) {
            noise = new float[noiseHeight * noiseWidth];
            smooth = new float[height * noiseWidth];
        }
        fill(noise, random);
        // Down the columns, then along the rows: every inner loop adds one array to another, which the JIT vectorises.
        for (int y = 0; y < height; y++) {
            int row = y * noiseWidth;
            for (int x = 0; x < noiseWidth; x++) {
                smooth[row + x] = 0;
            }
            for (int k = 0; k < kernel.length; k++) {
                add(noise, (y + k) * noiseWidth, kernel[k], smooth, row, noiseWidth);
            }
        }
        for (int y = 0; y < height; y++) {
            for (int k = 0; k < kernel.length; k++) {
                add(smooth, y * noiseWidth + k, alpha * kernel[k], coordinates, y * width, width);
            }
        }
    }

    /** Uniform in ±1, four values from every draw: 16 bits are plenty for a displacement. */
    private static void fill(float[] values, SplittableRandom random) {
        for (int i = 0; i < values.length; ) {
            long bits = random.nextLong();
            for (int j = 0; j < 4 && i < values.length; j++, i++) {
                values[i] = (short) bits / 32768f;
                bits >>= 16;
            }
        }
    }

    private static void add(float[] from, int at, float factor, float[] to, int start, int count) {
        for (int i = 0; i < count; i++) {
            to[start + i] += factor * from[at + i];
        }
    }
}

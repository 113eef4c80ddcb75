package dev.inkling.trainer;

import java.util.Arrays;
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
    private float[] columns = {};
    private float[] rows = {};
    private float[] shifted = {};

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
     * as much as the middle. All arrays are as wide as the noise, so that each of the kernel's values is one long loop over a
     * whole array, which the JIT vectorises, and not many short ones over rows.
     */
    private void displace(float[] coordinates, SamplingGrid grid, SplittableRandom random) {
        int height = grid.height();
        int width = grid.width();
        int wide = width + kernel.length - 1;
        if (noise.length != (height + kernel.length - 1) * wide) {
            noise = new float[(height + kernel.length - 1) * wide];
            columns = new float[height * wide];
            rows = new float[height * wide];
            shifted = new float[height * wide];
        }
        fill(noise, random);
        Arrays.fill(columns, 0);
        for (int k = 0; k < kernel.length; k++) {
            add(noise, k * wide, kernel[k], columns, columns.length);
        }
        Arrays.fill(rows, 0);
        for (int y = 0; y < height; y++) {
            System.arraycopy(coordinates, y * width, rows, y * wide, width);
        }
        for (int k = 0; k < kernel.length; k++) {
            add(columns, k, alpha * kernel[k], rows, rows.length - kernel.length + 1);
        }
        for (int y = 0; y < height; y++) {
            System.arraycopy(rows, y * wide, coordinates, y * width, width);
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

    /** Copied to begin at 0 first: the JIT vectorises a loop over arrays with one index, and not one with two. */
    private void add(float[] from, int at, float factor, float[] to, int count) {
        System.arraycopy(from, at, shifted, 0, count);
        add(shifted, factor, to, count);
    }

    private static void add(float[] from, float factor, float[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] += factor * from[i];
        }
    }
}

package dev.inkling.tck;

import java.util.SplittableRandom;

/** Drawn weights, and checked copies of given ones: the models are immutable. */
final class Weights {

    private Weights() {}

    static float[] random(SplittableRandom random, int count) {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) random.nextDouble(-1, 1);
        }
        return weights;
    }

    static float[][] random(SplittableRandom random, int rows, int columns) {
        float[][] weights = new float[rows][];
        for (int i = 0; i < rows; i++) {
            weights[i] = random(random, columns);
        }
        return weights;
    }

    /** All values in row-major order. */
    static float[] flat(float[][][][] kernel) {
        int count = 0;
        float[] flat = new float[kernel.length * kernel[0].length * kernel[0][0].length * kernel[0][0][0].length];
        for (float[][][] row : kernel) {
            for (float[][] place : row) {
                for (float[] filters : place) {
                    System.arraycopy(filters, 0, flat, count, filters.length);
                    count += filters.length;
                }
            }
        }
        return flat;
    }

    static float[] copy(int count, float[] weights) {
        if (weights.length != count) {
            throw new IllegalArgumentException("found " + weights.length + " weights, expected " + count);
        }
        return weights.clone();
    }

    static float[][] copy(int rows, float[][] weights) {
        if (weights.length != rows) {
            throw new IllegalArgumentException("found " + weights.length + " rows of weights, expected " + rows);
        }
        float[][] copy = new float[rows][];
        for (int i = 0; i < rows; i++) {
            copy[i] = weights[i].clone();
        }
        return copy;
    }
}

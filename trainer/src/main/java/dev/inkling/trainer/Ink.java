package dev.inkling.trainer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Finds the ink in a grey picture, be it dark on light or light on dark, on paper that is not lit evenly.
 *
 * <p>The paper's brightness is a quadratic surface through the picture's border, which follows slanting light and vignettes,
 * and which ink at the border hardly bends (least absolute deviations). Ink deviates from it to the side that the third moment points to: paper deviates often but little, ink
 * seldom but much. Otsu's threshold parts both.
 */
final class Ink {

    /** Less contrast than this between ink and paper is a blank page; of the full range, 1. */
    private static final float LEAST_CONTRAST = 0.1f;

    /** Darker paper than this is taken to be this bright, lest noise in the shadow becomes ink. */
    private static final double DIMMEST_PAPER = 0.2;

    /** Spots with less ink than this share of the largest connected one are dirt. */
    private static final float DIRT = 0.03f;

    /** Of the surface: 1, u, v, uv, u², v². */
    private static final int TERMS = 6;

    private Ink() {}

    /** A grey picture: (height, width) in [0, 1], 1 is white. */
    record Picture(float[] values, int height, int width) {}

    /** The same picture with 0 where there is paper and 1 in full ink; empty if there is no ink. */
    static Optional<Picture> find(Picture picture) {
        float[] ink = aboveGround(picture);
        float[] ascending = ink.clone();
        Arrays.sort(ascending);
        float threshold = otsu(ink);
        int firstInk = firstAbove(ascending, threshold);
        if (firstInk == 0 || firstInk == ascending.length) {
            return Optional.empty();
        }
        // Half of the paper is below its median, and a quarter above the third quartile.
        float quartile = ascending[firstInk * 3 / 4];
        float paper = Math.min(threshold, quartile + 2 * (quartile - ascending[firstInk / 2]));
        float full = ascending[firstInk + (ascending.length - firstInk) * 3 / 4];
        if (full - paper < LEAST_CONTRAST) {
            return Optional.empty();
        }
        for (int i = 0; i < ink.length; i++) {
            ink[i] = Math.max(0, Math.min(1, (ink[i] - paper) / (full - paper)));
        }
        removeDirt(ink, picture.height, picture.width);
        return Optional.of(new Picture(ink, picture.height, picture.width));
    }

    /**
     * How far each pixel is from the paper, to the side of the ink; at least 0. Dark ink takes a share of the light, so its
     * distance is one to the paper's brightness.
     */
    private static float[] aboveGround(Picture picture) {
        double[] surface = ground(picture);
        float[] ratios = new float[picture.values.length];
        float[] above = new float[picture.values.length];
        double thirdMoment = 0;
        for (int y = 0, i = 0; y < picture.height; y++) {
            for (int x = 0; x < picture.width; x++, i++) {
                double paper = value(surface, terms(picture, x, y));
                double difference = picture.values[i] - paper;
                // Less than half a grey level is rounding.
                above[i] = Math.abs(difference) < 0.5 / 255 ? 0 : (float) difference;
                ratios[i] = -above[i] / (float) Math.max(DIMMEST_PAPER, paper);
                thirdMoment += difference * difference * difference;
            }
        }
        float[] ink = thirdMoment < 0 ? ratios : above;
        for (int i = 0; i < ink.length; i++) {
            ink[i] = Math.max(0, ink[i]);
        }
        return ink;
    }

    /** The coefficients of the surface through the border, by reweighted least squares. */
    private static double[] ground(Picture picture) {
        double[] surface = new double[TERMS];
        for (int round = 0; round < 20; round++) {
            double[][] normal = new double[TERMS][TERMS + 1];
            for (int y = 0; y < picture.height; y++) {
                boolean edge = y == 0 || y == picture.height - 1;
                for (int x = 0; x < picture.width; x += edge ? 1 : Math.max(1, picture.width - 1)) {
                    double brightness = picture.values[y * picture.width + x];
                    double[] terms = terms(picture, x, y);
                    double weight = round == 0 ? 1 : 1 / Math.max(1e-3, Math.abs(brightness - value(surface, terms)));
                    for (int i = 0; i < TERMS; i++) {
                        for (int j = 0; j < TERMS; j++) {
                            normal[i][j] += weight * terms[i] * terms[j];
                        }
                        normal[i][TERMS] += weight * terms[i] * brightness;
                    }
                }
            }
            surface = solved(normal);
        }
        return surface;
    }

    /** Gauss and Jordan; a term that the border does not determine, as in a single row, is 0. */
    private static double[] solved(double[][] system) {
        for (int i = 0; i < TERMS; i++) {
            double pivot = system[i][i];
            for (int j = 0; j <= TERMS; j++) {
                system[i][j] = pivot > 1e-9 ? system[i][j] / pivot : 0;
            }
            for (int k = 0; k < TERMS; k++) {
                double factor = system[k][i];
                for (int j = 0; j <= TERMS && k != i; j++) {
                    system[k][j] -= factor * system[i][j];
                }
            }
        }
        return Arrays.stream(system).mapToDouble(row -> row[TERMS]).toArray();
    }

    private static double[] terms(Picture picture, int x, int y) {
        double u = position(x, picture.width);
        double v = position(y, picture.height);
        return new double[] {1, u, v, u * v, u * u, v * v};
    }

    private static double value(double[] surface, double[] terms) {
        double value = 0;
        for (int i = 0; i < TERMS; i++) {
            value += surface[i] * terms[i];
        }
        return value;
    }

    /** From −1 at the first to 1 at the last. */
    private static double position(int index, int side) {
        return side == 1 ? 0 : 2.0 * index / (side - 1) - 1;
    }

    /** The threshold that parts the values into two groups as different as can be (Otsu 1979), in 256 steps. */
    private static float otsu(float[] values) {
        int[] histogram = new int[256];
        double total = 0;
        for (float value : values) {
            int bin = Math.min(255, (int) (value * 255 + 0.5f));
            histogram[bin]++;
            total += bin;
        }
        double best = -1;
        int threshold = 0;
        double below = 0;
        double sumBelow = 0;
        for (int bin = 0; bin < 255; bin++) {
            below += histogram[bin];
            sumBelow += (double) bin * histogram[bin];
            double above = values.length - below;
            if (below > 0 && above > 0) {
                double difference = sumBelow / below - (total - sumBelow) / above;
                double between = below * above * difference * difference;
                if (between > best) {
                    best = between;
                    threshold = bin;
                }
            }
        }
        return (threshold + 0.5f) / 255;
    }

    private static int firstAbove(float[] ascending, float threshold) {
        int first = 0;
        while (first < ascending.length && ascending[first] <= threshold) {
            first++;
        }
        return first;
    }

    /** Clears what hangs together but is little. */
    private static void removeDirt(float[] ink, int height, int width) {
        int[] spotOf = new int[ink.length];
        List<Double> masses = new ArrayList<>(List.of(0.0));
        int[] open = new int[ink.length];
        for (int start = 0; start < ink.length; start++) {
            if (ink[start] <= 0 || spotOf[start] != 0) {
                continue;
            }
            int spot = masses.size();
            double mass = 0;
            int count = 0;
            spotOf[start] = spot;
            open[count++] = start;
            while (count > 0) {
                int pixel = open[--count];
                mass += ink[pixel];
                int x = pixel % width;
                int y = pixel / width;
                for (int ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
                    for (int nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
                        int next = ny * width + nx;
                        if (ink[next] > 0 && spotOf[next] == 0) {
                            spotOf[next] = spot;
                            open[count++] = next;
                        }
                    }
                }
            }
            masses.add(mass);
        }
        double least = DIRT * Collections.max(masses);
        for (int i = 0; i < ink.length; i++) {
            if (masses.get(spotOf[i]) < least) {
                ink[i] = 0;
            }
        }
    }
}

package dev.inkling.trainer;

import java.util.Arrays;

/**
 * Lines drawn with a round nib whose radius changes from point to point; scaled into a square box and rasterised.
 *
 * <p>The ink of a pixel follows from the signed distance d between its middle and the edge of the nearest line:
 * {@code 0.5 − d / softness}, held within [0, 1]. Only exactly rounded arithmetic is used, so every Java platform draws the
 * same pixels.
 */
final class Drawing {

    private double[] x = new double[64];
    private double[] y = new double[64];
    private double[] radius = new double[64];
    private boolean[] penDown = new boolean[64];
    private int count;

    /**
     * Moves the pen to a point.
     *
     * @param toX to the right, in any unit
     * @param toY down, in the same unit
     * @param toRadius of the nib there, in pixels
     * @param down whether it draws on its way
     */
    void move(double toX, double toY, double toRadius, boolean down) {
        if (count == x.length) {
            x = Arrays.copyOf(x, 2 * count);
            y = Arrays.copyOf(y, 2 * count);
            radius = Arrays.copyOf(radius, 2 * count);
            penDown = Arrays.copyOf(penDown, 2 * count);
        }
        x[count] = toX;
        y[count] = toY;
        radius[count] = toRadius;
        penDown[count] = down && count > 0;
        count++;
    }

    /**
     * Scales the lines so that the longer side of the ink is that of the box, moves them so that the ink begins at the left
     * and the upper edge, and rasterises them. The points keep their new places, so this is the last thing to do with them.
     *
     * @param box side of the box in pixels
     * @param softness width in pixels of the passage from ink to paper
     * @return (box, box), ink in [0, 1]
     */
    float[] raster(int box, double softness) {
        double rim = softness / 2;
        double scale = Math.min(scale(x, box, rim), scale(y, box, rim));
        double left = scale * x[outermost(x, scale, -1)] - radius[outermost(x, scale, -1)] - rim;
        double top = scale * y[outermost(y, scale, -1)] - radius[outermost(y, scale, -1)] - rim;
        for (int i = 0; i < count; i++) {
            x[i] = scale * x[i] - left;
            y[i] = scale * y[i] - top;
        }
        float[] ink = new float[box * box];
        for (int i = 0; i < count; i++) {
            line(ink, box, softness, penDown[i] ? i - 1 : i, i);
        }
        return ink;
    }

    /**
     * The scale that makes the ink as long as the box. The nib does not grow with the lines, so other points may become the
     * outermost ones; a few rounds settle it.
     */
    private double scale(double[] along, int box, double rim) {
        double scale = 0;
        for (int round = 0; round < 4; round++) {
            int low = outermost(along, round == 0 ? 1e6 : scale, -1);
            int high = outermost(along, round == 0 ? 1e6 : scale, 1);
            double length = along[high] - along[low];
            scale = length > 0 ? (box - radius[low] - radius[high] - 2 * rim) / length : Double.MAX_VALUE;
        }
        return scale;
    }

    /** The point whose ink reaches farthest in a direction, +1 or −1. */
    private int outermost(double[] along, double scale, int direction) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (direction * scale * along[i] + radius[i] > direction * scale * along[best] + radius[best]) {
                best = i;
            }
        }
        return best;
    }

    private void line(float[] ink, int box, double softness, int a, int b) {
        double reach = Math.max(radius[a], radius[b]) + softness / 2;
        double dx = x[b] - x[a];
        double dy = y[b] - y[a];
        double squared = dx * dx + dy * dy;
        int firstRow = Math.max(0, (int) (Math.min(y[a], y[b]) - reach));
        int lastRow = Math.min(box - 1, (int) (Math.max(y[a], y[b]) + reach));
        int firstColumn = Math.max(0, (int) (Math.min(x[a], x[b]) - reach));
        int lastColumn = Math.min(box - 1, (int) (Math.max(x[a], x[b]) + reach));
        for (int row = firstRow; row <= lastRow; row++) {
            for (int column = firstColumn; column <= lastColumn; column++) {
                double px = column + 0.5 - x[a];
                double py = row + 0.5 - y[a];
                double t = squared > 0 ? Math.max(0, Math.min(1, (px * dx + py * dy) / squared)) : 0;
                double fromX = px - t * dx;
                double fromY = py - t * dy;
                double distance = Math.sqrt(fromX * fromX + fromY * fromY) - (radius[a] + t * (radius[b] - radius[a]));
                double value = Math.min(1, 0.5 - distance / softness);
                int pixel = row * box + column;
                if (value > ink[pixel]) {
                    ink[pixel] = (float) value;
                }
            }
        }
    }
}

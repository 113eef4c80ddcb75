package dev.inkling.trainer;

/**
 * How MNIST frames a digit: scaled so that its longer side is 20 pixels, then moved by whole pixels so that its centre of
 * mass is at pixel (14, 14) of 28×28. In all 70,000 images the centre is within half a pixel of that, and the longer side
 * is 20, or 19 in a few.
 */
final class MnistFraming {

    static final int SIDE = 28;
    static final int BOX = 20;

    private MnistFraming() {}

    /** The box of a frame of another size: in the same proportion. */
    static int box(int side) {
        return Math.max(1, Math.round(side * (float) BOX / SIDE));
    }

    /** The pixels from (top, left) on that hold ink. */
    record Box(int top, int left, int height, int width) {}

    /** The smallest box around all values above a threshold; its height is 0 where there are none. */
    static Box inkBox(float[] values, int height, int width, float threshold) {
        int top = height;
        int bottom = -1;
        int left = width;
        int right = -1;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (values[y * width + x] > threshold) {
                    top = Math.min(top, y);
                    bottom = y;
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                }
            }
        }
        return bottom < 0 ? new Box(0, 0, 0, 0) : new Box(top, left, bottom - top + 1, right - left + 1);
    }

    /**
     * Moves the ink in a box into an empty frame, its centre of mass as near to the middle pixel as whole pixels allow, but
     * never over the edge.
     *
     * @param values (rows, columns), of which only the box counts; it must not be larger than the frame
     * @return (height, width)
     */
    static float[] centred(float[] values, int columns, Box box, int height, int width) {
        double[] centre = centreOfMass(values, columns, box);
        int top = shift(height / 2 - centre[0], height - box.height);
        int left = shift(width / 2 - centre[1], width - box.width);
        float[] frame = new float[height * width];
        for (int y = 0; y < box.height; y++) {
            System.arraycopy(values, (box.top + y) * columns + box.left, frame, (top + y) * width + left, box.width);
        }
        return frame;
    }

    /** (row, column) relative to the box, where the middle of its first pixel is 0. */
    static double[] centreOfMass(float[] values, int columns, Box box) {
        double mass = 0;
        double y = 0;
        double x = 0;
        for (int row = 0; row < box.height; row++) {
            for (int column = 0; column < box.width; column++) {
                float value = values[(box.top + row) * columns + box.left + column];
                mass += value;
                y += value * row;
                x += value * column;
            }
        }
        return new double[] {y / mass, x / mass};
    }

    private static int shift(double wanted, int most) {
        return (int) Math.max(0, Math.min(most, Math.round(wanted)));
    }
}

package dev.inkling.tck;

import dev.inkling.spi.Extent;

/** Where a window stands as it moves over an image of (inHeight, inWidth) places. */
record Windows(int inHeight, int inWidth, Extent size, Extent stride, Padding padding) {

    /** Rows of window positions. */
    int height() {
        return padding.windows(inHeight, size.rows(), stride.rows(), true);
    }

    /** Columns of window positions. */
    int width() {
        return padding.windows(inWidth, size.columns(), stride.columns(), false);
    }

    /** A place of the image that a window covers. */
    interface Visitor {

        /**
         * @param in index of the image's place
         * @param within index of the place within the window
         * @param out index of the window
         */
        void visit(int in, int within, int out);
    }

    /** Visits the places of every window, both in row-major order; places in the padding are left out. */
    void forEach(Visitor visitor) {
        int top = padding.before(inHeight, size.rows(), stride.rows(), true);
        int left = padding.before(inWidth, size.columns(), stride.columns(), false);
        int width = width();
        for (int out = 0; out < height() * width; out++) {
            for (int within = 0; within < size.rows() * size.columns(); within++) {
                int y = out / width * stride.rows() - top + within / size.columns();
                int x = out % width * stride.columns() - left + within % size.columns();
                if (y >= 0 && y < inHeight && x >= 0 && x < inWidth) {
                    visitor.visit(y * inWidth + x, within, out);
                }
            }
        }
    }
}

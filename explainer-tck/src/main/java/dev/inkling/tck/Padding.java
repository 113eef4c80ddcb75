package dev.inkling.tck;

/** Zeros around an image before windows move over it, by which they reach its border. */
public sealed interface Padding {

    /** None: windows stay inside. */
    Padding VALID = new Explicit(0, 0);

    /**
     * As many as let ⌈side / stride⌉ windows fit, the odd one at the bottom and the right. TensorFlow's SAME; PyTorch's
     * {@code padding=1} is {@code Padding.of(1)}, which differs where the stride is 2.
     */
    Padding SAME = new Same();

    /** So many on every side. */
    static Padding of(int width) {
        return new Explicit(width, width);
    }

    /** Zeros above the first row, or before the first column. */
    int before(int side, int window, int stride, boolean rows);

    /** The number of windows along a side. */
    int windows(int side, int window, int stride, boolean rows);

    /** So many rows above and below, so many columns left and right. */
    record Explicit(int rows, int columns) implements Padding {

        public Explicit {
            if (rows < 0 || columns < 0) {
                throw new IllegalArgumentException("padding is " + rows + "x" + columns + ", expected at least 0x0");
            }
        }

        @Override
        public int before(int side, int window, int stride, boolean ofRows) {
            return ofRows ? rows : columns;
        }

        @Override
        public int windows(int side, int window, int stride, boolean ofRows) {
            int padded = side + 2 * (ofRows ? rows : columns);
            if (padded < window) {
                throw new IllegalArgumentException("a window of " + window + " does not fit into " + padded);
            }
            return (padded - window) / stride + 1;
        }
    }

    /** As many as the stride asks for. */
    record Same() implements Padding {

        @Override
        public int before(int side, int window, int stride, boolean rows) {
            return Math.max(0, (windows(side, window, stride, rows) - 1) * stride + window - side) / 2;
        }

        @Override
        public int windows(int side, int window, int stride, boolean rows) {
            return (side + stride - 1) / stride;
        }
    }
}

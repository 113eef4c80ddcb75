package dev.inkling.explainers;

/**
 * A symmetric matrix that is 0 but on its diagonal and beside it, without eigenvalues below 0, which grows by a row and a column at
 * a time; with its largest eigenvalue. The eigenvector to it is exact to rounding divided by its first component.
 */
final class TridiagonalMatrix {

    private static final double ROUNDING = 1e-15;

    private final double[] diagonal;

    /** In column i, what stands above the diagonal. */
    private final double[] above;

    /** Of eigenvalue · 1 − matrix, eliminated from the last row up. */
    private final double[] pivots;

    private int size;

    /** The largest; an estimate while it is looked for. */
    private double eigenvalue;

    /** ‖eigenvector‖² where its first component is 1. */
    private double squares;

    TridiagonalMatrix(int most) {
        this.diagonal = new double[most];
        this.above = new double[most];
        this.pivots = new double[most];
    }

    /**
     * Adds a row and a column.
     *
     * @param own on the diagonal
     * @param beside it; of no account the first time
     */
    void add(double own, double beside) {
        diagonal[size] = own;
        above[size] = beside;
        size++;
        // The eigenvalue grows with the matrix, but by no more than what is beside.
        double low = eigenvalue;
        double high = 2 * (Math.max(eigenvalue, own) + beside);
        double next = eigenvalue;
        do {
            eigenvalue = next;
            boolean positive = eliminate();
            if (positive && pivots[0] >= 0) {
                high = eigenvalue;
            } else {
                low = eigenvalue;
            }
            // Newton's method on the first pivot, which is 0 at the eigenvalue. While the others are positive it rises
            // ever more slowly, so no step from below goes too far; a step from above may.
            next = positive ? eigenvalue - pivots[0] / squares : low;
            if (positive && Math.abs(next - eigenvalue) <= ROUNDING * eigenvalue) {
                return;
            }
            if (next <= low || next >= high) {
                next = (low + high) / 2;
            }
        } while (low < next && next < high);
    }

    /** Eliminates; false where a pivot below the first is not positive, since the estimate then is too small. */
    private boolean eliminate() {
        pivots[size - 1] = eigenvalue - diagonal[size - 1];
        squares = 1;
        for (int i = size - 1; i > 0; i--) {
            if (pivots[i] <= 0) {
                return false;
            }
            double ratio = above[i] / pivots[i];
            squares = 1 + squares * ratio * ratio;
            pivots[i - 1] = eigenvalue - diagonal[i - 1] - above[i] * ratio;
        }
        return true;
    }

    double eigenvalue() {
        return eigenvalue;
    }

    /** The magnitude of the eigenvector's last component. */
    double last() {
        return Math.abs(eigenvector()[size - 1]);
    }

    /** To the largest eigenvalue, of length 1. */
    double[] eigenvector() {
        double[] vector = new double[size];
        double component = 1 / Math.sqrt(squares);
        for (int i = 0; i < size; i++) {
            component *= i > 0 ? above[i] / pivots[i] : 1;
            vector[i] = component;
        }
        return vector;
    }
}

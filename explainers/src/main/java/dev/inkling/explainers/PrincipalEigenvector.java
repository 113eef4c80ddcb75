package dev.inkling.explainers;

/**
 * The eigenvector of a symmetric matrix without eigenvalues below 0 to the largest of them.
 *
 * <p>By Lanczos' method. It ends after as many multiplications as the matrix has rows, however close two eigenvalues may be; where they are
 * equal, the start decides between their vectors.
 *
 * @param direction of length 1, of either sign; all zeros where the matrix is
 * @param eigenvalue the largest
 */
record PrincipalEigenvector(double[] direction, double eigenvalue) {

    /** A further multiplication would move the direction by no more; maps in float, whose digits end at 6e-8, show nothing of it. */
    private static final double CONVERGED = 1e-9;

    /** Its multiples' fractional parts lie evenly in [0, 1): a start that no matrix is made to be orthogonal to. */
    private static final double GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

    /**
     * Finds it.
     *
     * @param matrix n · n values, symmetric but for rounding; read only
     */
    static PrincipalEigenvector of(float[] matrix) {
        int side = (int) Math.sqrt(matrix.length);
        double[][] rows = new double[side][];
        for (int i = 0; i < side; i++) {
            // Row by row, since Java allocates several at once in its slowest way.
            double[] row = new double[side];
            for (int j = 0; j < side; j++) {
                row[j] = matrix[i * side + j];
            }
            rows[i] = row;
        }
        return of(rows);
    }

    /**
     * Finds it.
     *
     * @param matrix its rows, at least one; read only
     */
    static PrincipalEigenvector of(double[][] matrix) {
        int side = matrix.length;
        double[][] basis = new double[side][];
        TridiagonalMatrix projected = new TridiagonalMatrix(side);
        // Of a symmetric matrix the product with a vector is the combination of its rows, which runs on vector
        // registers.
        double[] next = combination(matrix, start(side), side);
        double length = length(next);
        if (length == 0) {
            return new PrincipalEigenvector(next, 0);
        }
        int size = 0;
        do {
            basis[size] = scaled(next, 1 / length);
            next = combination(matrix, basis[size], side);
            size++;
            // Along all of the basis: but for rounding, the last two would do.
            double[] known = new double[size];
            for (int i = 0; i < size; i++) {
                known[i] = dot(basis[i], next);
            }
            projected.add(known[size - 1], length);
            add(next, -1, combination(basis, known, size));
            length = length(next);
        } while (size < side && !(length * projected.last() <= CONVERGED * projected.eigenvalue()));
        return new PrincipalEigenvector(combination(basis, projected.eigenvector(), size), projected.eigenvalue());
    }

    private static double[] start(int size) {
        double[] start = new double[size];
        for (int i = 0; i < size; i++) {
            double multiple = i * GOLDEN_RATIO;
            start[i] = 0.5 + multiple - Math.floor(multiple);
        }
        return start;
    }

    /** Σ weightᵢ · rowᵢ over the first rows. */
    private static double[] combination(double[][] rows, double[] weights, int count) {
        double[] sum = new double[rows[0].length];
        int i = 0;
        for (; i + 3 < count; i += 4) {
            addFour(sum, weights, rows, i);
        }
        for (; i < count; i++) {
            add(sum, weights[i], rows[i]);
        }
        return sum;
    }

    /** Four rows at once, so that the sum is read and written a quarter as often. */
    private static void addFour(double[] sum, double[] weights, double[][] rows, int from) {
        double[] first = rows[from];
        double[] second = rows[from + 1];
        double[] third = rows[from + 2];
        double[] fourth = rows[from + 3];
        double a = weights[from];
        double b = weights[from + 1];
        double c = weights[from + 2];
        double d = weights[from + 3];
        for (int i = 0; i < sum.length; i++) {
            sum[i] += a * first[i] + b * second[i] + (c * third[i] + d * fourth[i]);
        }
    }

    /** Here each addition is of its own place, so that the processor does several at once. */
    private static void add(double[] sum, double weight, double[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * values[i];
        }
    }

    private static double[] scaled(double[] vector, double factor) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= factor;
        }
        return vector;
    }

    private static double length(double[] vector) {
        return Math.sqrt(dot(vector, vector));
    }

    private static double dot(double[] a, double[] b) {
        // Four sums, since each addition would wait for the one before.
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            first += a[i] * b[i];
            second += a[i + 1] * b[i + 1];
            third += a[i + 2] * b[i + 2];
            fourth += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            first += a[i] * b[i];
        }
        return first + second + third + fourth;
    }
}

package dev.inkling.explainers;

import java.util.Arrays;
import java.util.SplittableRandom;

/** The first right singular vector of a matrix: the direction in which its rows are longest. */
final class PrincipalDirection {

    /** Multiplications by the matrix before it is squared, which doubles what each of them is worth. */
    private static final int MULTIPLICATIONS = 32;

    private static final int SQUARINGS = 40;
    private static final double CONVERGED = 1e-12;

    private PrincipalDirection() {}

    /**
     * A unit vector v that maximises ‖rows · v‖, of either sign; all zeros where the rows are.
     *
     * @param rows at least one, of equal length; read only
     */
    static double[] of(double[][] rows) {
        if (rows[0].length <= rows.length) {
            return firstEigenvector(outerProducts(rows));
        }
        // The smaller matrix will do: u of rows · rowsᵀ gives v = rowsᵀ · u.
        return unit(combination(rows, firstEigenvector(outerProducts(transposed(rows)))));
    }

    /** matrix · vector. */
    static double[] times(double[][] matrix, double[] vector) {
        double[] product = new double[matrix.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = dot(matrix[i], vector);
        }
        return product;
    }

    /**
     * By power iteration from a fixed start, which no matrix is made to be orthogonal to; zeros where the matrix is.
     *
     * @param matrix symmetric, without eigenvalues below 0
     */
    private static double[] firstEigenvector(double[][] matrix) {
        double[] vector =
                unit(new SplittableRandom(1).doubles(matrix.length, 0.5, 1.5).toArray());
        double[][] power = matrix;
        for (int squaring = 0; squaring < SQUARINGS; squaring++) {
            double[] next = vector;
            for (int i = 0; i < MULTIPLICATIONS; i++) {
                vector = next;
                next = unit(combination(power, vector));
            }
            if (distance(vector, next) <= CONVERGED) {
                return next;
            }
            vector = next;
            power = squared(power);
        }
        return vector;
    }

    /** matrix², scaled: only directions count, and the numbers must not run away. */
    private static double[][] squared(double[][] matrix) {
        double[][] square = outerProducts(matrix);
        double largest = 0;
        for (int i = 0; i < square.length; i++) {
            largest = Math.max(largest, square[i][i]);
        }
        for (double[] row : square) {
            for (int i = 0; i < row.length; i++) {
                row[i] /= largest;
            }
        }
        return square;
    }

    /** Σ row · rowᵀ over the rows of a matrix; of a symmetric one its square. */
    private static double[][] outerProducts(double[][] matrix) {
        double[][] products = new double[matrix[0].length][matrix[0].length];
        for (double[] row : matrix) {
            for (int i = 0; i < row.length; i++) {
                add(products[i], row[i], row);
            }
        }
        return products;
    }

    /** Σ weightᵢ · rowᵢ; of a symmetric matrix its product with the weights. */
    private static double[] combination(double[][] rows, double[] weights) {
        double[] sum = new double[rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            add(sum, weights[i], rows[i]);
        }
        return sum;
    }

    /** Here each addition is of its own place, so that the processor does several at once. */
    private static void add(double[] sum, double weight, double[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * values[i];
        }
    }

    private static double[][] transposed(double[][] matrix) {
        double[][] transposed = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < transposed.length; j++) {
                transposed[j][i] = matrix[i][j];
            }
        }
        return transposed;
    }

    private static double[] unit(double[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        return length == 0
                ? vector
                : Arrays.stream(vector).map(value -> value / length).toArray();
    }

    private static double distance(double[] a, double[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(squares);
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

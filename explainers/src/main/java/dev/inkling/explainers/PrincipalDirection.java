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
        double[][] columns = transposed(rows);
        if (columns.length <= rows.length) {
            return firstEigenvector(outerProducts(rows, columns));
        }
        // The smaller matrix will do: u of rows · rowsᵀ gives v = rowsᵀ · u.
        return unit(combination(rows, firstEigenvector(outerProducts(columns, rows))));
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
            for (int i = 0; i < MULTIPLICATIONS; i++) {
                double[] next = unit(combination(power, vector));
                double moved = distance(vector, next);
                vector = next;
                if (moved <= CONVERGED) {
                    return vector;
                }
            }
            power = squared(power);
        }
        return vector;
    }

    /** matrix², scaled: only directions count, and the numbers must not run away. */
    private static double[][] squared(double[][] matrix) {
        double[][] square = outerProducts(matrix, matrix);
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

    /**
     * Σ row · rowᵀ over the rows of a matrix; of a symmetric one its square.
     *
     * @param columns of the matrix
     */
    private static double[][] outerProducts(double[][] rows, double[][] columns) {
        return Arrays.stream(columns).map(column -> combination(rows, column)).toArray(double[][]::new);
    }

    /** Σ weightᵢ · rowᵢ; of a symmetric matrix its product with the weights. */
    private static double[] combination(double[][] rows, double[] weights) {
        double[] sum = new double[rows[0].length];
        int i = 0;
        for (; i + 3 < rows.length; i += 4) {
            addFour(sum, weights, rows, i);
        }
        for (; i < rows.length; i++) {
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

    private static double[][] transposed(double[][] matrix) {
        double[][] transposed = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < transposed.length; j++) {
                transposed[j][i] = matrix[i][j];
            }
        }
        return transposed;
    }

    /** The vector, brought to length 1 where it has one. */
    private static double[] unit(double[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        for (int i = 0; i < vector.length && length > 0; i++) {
            vector[i] /= length;
        }
        return vector;
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

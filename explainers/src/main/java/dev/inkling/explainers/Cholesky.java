package dev.inkling.explainers;

/** A = L Lᵀ for a symmetric positive definite matrix, by which A x = b is solved. */
final class Cholesky {

    private final double[][] lower;

    /** @param matrix its lower half is read */
    Cholesky(double[][] matrix) {
        int size = matrix.length;
        lower = new double[size][];
        for (int i = 0; i < size; i++) {
            double[] row = new double[i + 1];
            lower[i] = row;
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i][j];
                double[] other = lower[j];
                for (int k = 0; k < j; k++) {
                    sum -= row[k] * other[k];
                }
                if (j < i) {
                    row[j] = sum / other[j];
                } else if (sum > 0) {
                    row[i] = Math.sqrt(sum);
                } else {
                    throw new IllegalArgumentException(
                            "the matrix is not positive definite: " + sum + " is left of diagonal element " + i);
                }
            }
        }
    }

    double[] solve(double[] right) {
        int size = lower.length;
        double[] solution = right.clone();
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < i; k++) {
                solution[i] -= lower[i][k] * solution[k];
            }
            solution[i] /= lower[i][i];
        }
        for (int i = size - 1; i >= 0; i--) {
            solution[i] /= lower[i][i];
            for (int k = 0; k < i; k++) {
                solution[k] -= lower[i][k] * solution[i];
            }
        }
        return solution;
    }
}

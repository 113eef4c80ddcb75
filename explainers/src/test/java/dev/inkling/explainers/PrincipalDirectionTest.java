package dev.inkling.explainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PrincipalDirectionTest {

    @Test
    void theLongerOfTwoAxes() {
        double[] direction = PrincipalDirection.of(new double[][] {{1, 0}, {0, -2}});
        assertThat(direction[0]).isCloseTo(0, within(1e-12));
        assertThat(Math.abs(direction[1])).isCloseTo(1, within(1e-12));
    }

    /** The largest entry on the diagonal belongs to another direction: a start there would stay there. */
    @Test
    void isNotMisledByTheLongestColumn() {
        double root = Math.sqrt(2);
        double[] direction = PrincipalDirection.of(new double[][] {{1.7, 0, 0}, {0, root, root}, {0, 0, 0}});
        assertThat(Math.abs(direction[1])).isCloseTo(Math.sqrt(0.5), within(1e-12));
        assertThat(direction[2]).isCloseTo(direction[1], within(1e-12));
        assertThat(direction[0]).isCloseTo(0, within(1e-12));
    }

    /** Two directions that differ by a millionth: plain multiplication would take millions of steps. */
    @Test
    void tellsDirectionsApartThatAreAlmostEqual() {
        double[] direction = PrincipalDirection.of(new double[][] {{1, 0}, {0, 1 + 1e-6}});
        assertThat(direction[0]).isCloseTo(0, within(1e-8));
        assertThat(Math.abs(direction[1])).isCloseTo(1, within(1e-8));
    }

    @Test
    void nothingVaries() {
        assertThat(PrincipalDirection.of(new double[3][2])).containsOnly(0);
        assertThat(PrincipalDirection.of(new double[2][3])).containsOnly(0);
    }

    /** Against Jacobi's rotations, which find all eigenvectors at once; wide, tall and square. */
    @Test
    void equalsTheFirstOfAllEigenvectors() {
        SplittableRandom random = new SplittableRandom(4);
        for (int[] size : new int[][] {{4, 9}, {9, 4}, {6, 6}, {1, 5}, {5, 1}}) {
            double[][] rows = new double[size[0]][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = random.doubles(size[1], -1, 1).toArray();
            }
            double[] expected = firstByJacobi(rows);
            double[] found = PrincipalDirection.of(rows);
            double sign = 0;
            for (int i = 0; i < found.length; i++) {
                sign += found[i] * expected[i];
            }
            for (int i = 0; i < found.length; i++) {
                assertThat(Math.signum(sign) * found[i]).isCloseTo(expected[i], within(1e-9));
            }
        }
    }

    /** The eigenvector of rowsᵀ · rows with the largest eigenvalue. */
    static double[] firstByJacobi(double[][] rows) {
        int size = rows[0].length;
        double[][] matrix = new double[size][size];
        double[][] vectors = new double[size][size];
        for (int i = 0; i < size; i++) {
            vectors[i][i] = 1;
            for (int j = 0; j < size; j++) {
                for (double[] row : rows) {
                    matrix[i][j] += row[i] * row[j];
                }
            }
        }
        for (int sweep = 0; sweep < 60; sweep++) {
            for (int p = 0; p < size; p++) {
                for (int q = p + 1; q < size; q++) {
                    double angle = 0.5 * Math.atan2(2 * matrix[p][q], matrix[p][p] - matrix[q][q]);
                    rotate(matrix, vectors, p, q, Math.cos(angle), Math.sin(angle));
                }
            }
        }
        int largest = 0;
        for (int i = 1; i < size; i++) {
            largest = matrix[i][i] > matrix[largest][largest] ? i : largest;
        }
        double[] first = new double[size];
        for (int i = 0; i < size; i++) {
            first[i] = vectors[i][largest];
        }
        return first;
    }

    private static void rotate(double[][] matrix, double[][] vectors, int p, int q, double cos, double sin) {
        for (double[] row : matrix) {
            turn(row, p, q, cos, sin);
        }
        for (int i = 0; i < matrix.length; i++) {
            double above = matrix[p][i];
            double below = matrix[q][i];
            matrix[p][i] = cos * above + sin * below;
            matrix[q][i] = cos * below - sin * above;
        }
        for (double[] row : vectors) {
            turn(row, p, q, cos, sin);
        }
    }

    private static void turn(double[] row, int p, int q, double cos, double sin) {
        double left = row[p];
        double right = row[q];
        row[p] = cos * left + sin * right;
        row[q] = cos * right - sin * left;
    }
}

package dev.inkling.explainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PrincipalEigenvectorTest {

    /** rowsᵀ · rows. */
    private static double[][] products(double[][] rows) {
        double[][] products = new double[rows[0].length][rows[0].length];
        for (double[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                for (int j = 0; j < row.length; j++) {
                    products[i][j] += row[i] * row[j];
                }
            }
        }
        return products;
    }

    private static double[] direction(double[][] rows) {
        return PrincipalEigenvector.of(products(rows)).direction();
    }

    @Test
    void theLongerOfTwoAxes() {
        PrincipalEigenvector found = PrincipalEigenvector.of(new float[] {1, 0, 0, 4});
        assertThat(found.direction()[0]).isCloseTo(0, within(1e-12));
        assertThat(Math.abs(found.direction()[1])).isCloseTo(1, within(1e-12));
        assertThat(found.eigenvalue()).isCloseTo(4, within(1e-12));
    }

    /** The largest entry on the diagonal belongs to another direction: a start there would stay there. */
    @Test
    void isNotMisledByTheLongestColumn() {
        double root = Math.sqrt(2);
        double[] direction = direction(new double[][] {{1.7, 0, 0}, {0, root, root}, {0, 0, 0}});
        assertThat(Math.abs(direction[1])).isCloseTo(Math.sqrt(0.5), within(1e-12));
        assertThat(direction[2]).isCloseTo(direction[1], within(1e-12));
        assertThat(direction[0]).isCloseTo(0, within(1e-12));
    }

    /** Two directions that differ by a millionth: plain multiplication would take millions of steps. */
    @Test
    void tellsDirectionsApartThatAreAlmostEqual() {
        double[] direction = direction(new double[][] {{1, 0}, {0, 1 + 1e-6}});
        assertThat(direction[0]).isCloseTo(0, within(1e-8));
        assertThat(Math.abs(direction[1])).isCloseTo(1, within(1e-8));
    }

    /** Within one matrix, of which the start shows no more than a few products' worth at first. */
    @Test
    void tellsTwoOfManyApartThatAreAlmostEqual() {
        double[][] rows = new double[40][40];
        for (int i = 0; i < 40; i++) {
            rows[i][i] = i == 17 ? 1 + 1e-6 : i == 31 ? 1 : 0.9 * i / 40;
        }
        double[] direction = direction(rows);
        for (int i = 0; i < 40; i++) {
            assertThat(Math.abs(direction[i])).isCloseTo(i == 17 ? 1 : 0, within(1e-8));
        }
    }

    /** Two directions of length 3 among others of at most 2: any of their plane is right, and always the same one. */
    @Test
    void equalDirections() {
        double[][] rows = {{0, 3, 0, 0}, {2, 0, 0, 0}, {0, 0, 0, 3}, {0, 0, 1, 0}, {0, 0, 0, 0}};
        double[] direction = direction(rows);
        assertThat(Math.hypot(direction[1], direction[3])).isCloseTo(1, within(1e-12));
        assertThat(direction(rows)).containsExactly(direction);
    }

    @Test
    void multiplesOfOneRow() {
        PrincipalEigenvector found =
                PrincipalEigenvector.of(products(new double[][] {{3, 0, -4}, {0, 0, 0}, {-6, 0, 8}}));
        double sign = Math.signum(found.direction()[0]);
        assertThat(found.direction()).usingComparatorWithPrecision(1e-12).containsExactly(sign * 0.6, 0, sign * -0.8);
        assertThat(found.eigenvalue()).isCloseTo(125, within(1e-10));
    }

    @Test
    void whatIsNotANumberStaysSo() {
        assertThat(direction(new double[][] {{1, Double.NaN}, {2, 3}})).containsOnly(Double.NaN);
    }

    @Test
    void nothingVaries() {
        PrincipalEigenvector found = PrincipalEigenvector.of(new float[9]);
        assertThat(found.direction()).containsOnly(0);
        assertThat(found.eigenvalue()).isZero();
    }

    /** Against Jacobi's rotations, which find all eigenvectors at once; of many and of few dimensions. */
    @Test
    void equalsTheFirstOfAllEigenvectors() {
        SplittableRandom random = new SplittableRandom(4);
        for (int[] size : new int[][] {{4, 9}, {9, 4}, {6, 6}, {1, 5}, {5, 1}, {25, 40}, {40, 25}}) {
            double[][] rows = new double[size[0]][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = random.doubles(size[1], -1, 1).toArray();
            }
            double[] expected = firstByJacobi(rows);
            double[][] products = products(rows);
            PrincipalEigenvector principal = PrincipalEigenvector.of(products);
            double[] found = principal.direction();
            double sign = 0;
            for (int i = 0; i < found.length; i++) {
                sign += found[i] * expected[i];
            }
            for (int i = 0; i < found.length; i++) {
                assertThat(Math.signum(sign) * found[i]).isCloseTo(expected[i], within(1e-9));
            }
            for (int i = 0; i < products.length; i++) {
                double product = 0;
                for (int j = 0; j < found.length; j++) {
                    product += products[i][j] * found[j];
                }
                assertThat(principal.eigenvalue() * found[i]).isCloseTo(product, within(1e-7));
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

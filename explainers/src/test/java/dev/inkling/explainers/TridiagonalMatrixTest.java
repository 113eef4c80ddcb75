package dev.inkling.explainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TridiagonalMatrixTest {

    @Test
    void ofOneRow() {
        TridiagonalMatrix matrix = new TridiagonalMatrix(1);
        matrix.add(3, 7);
        assertThat(matrix.eigenvalue()).isEqualTo(3);
        assertThat(matrix.eigenvector()).containsExactly(1);
        assertThat(matrix.last()).isEqualTo(1);
    }

    /** (1, 2) is the eigenvector of [[1, 2], [2, 4]] to 5. */
    @Test
    void ofTwoRows() {
        TridiagonalMatrix matrix = new TridiagonalMatrix(2);
        matrix.add(1, 0);
        matrix.add(4, 2);
        assertThat(matrix.eigenvalue()).isCloseTo(5, within(1e-14));
        assertThat(matrix.eigenvector())
                .usingComparatorWithPrecision(1e-14)
                .containsExactly(Math.sqrt(0.2), Math.sqrt(0.8));
    }

    /** The first row has next to no part in the largest eigenvalue: Newton's steps alone would end at a smaller one. */
    @Test
    void theFirstRowIsNotTheLargest() {
        TridiagonalMatrix matrix = new TridiagonalMatrix(3);
        matrix.add(1, 0);
        matrix.add(2, 0.1);
        matrix.add(8, 0.1);
        assertThat(matrix.eigenvalue()).isCloseTo(8 + 0.01 / 6, within(1e-5));
        isEigenvector(matrix, new double[] {1, 2, 8}, new double[] {0, 0.1, 0.1});
    }

    @Test
    void ofManyRows() {
        SplittableRandom random = new SplittableRandom(2);
        for (int repetition = 0; repetition < 200; repetition++) {
            int size = 1 + repetition % 12;
            double[] diagonal = random.doubles(size, 2, 4).toArray();
            double[] above = random.doubles(size, 0.2, 1).toArray();
            TridiagonalMatrix matrix = new TridiagonalMatrix(size);
            double eigenvalue = 0;
            for (int i = 0; i < size; i++) {
                matrix.add(diagonal[i], above[i]);
                // Only the largest one's eigenvector has no change of sign.
                assertThat(Arrays.stream(matrix.eigenvector()).min().orElseThrow())
                        .isPositive();
                assertThat(matrix.eigenvalue()).isGreaterThanOrEqualTo(eigenvalue);
                eigenvalue = matrix.eigenvalue();
            }
            isEigenvector(matrix, diagonal, above);
        }
    }

    private static void isEigenvector(TridiagonalMatrix matrix, double[] diagonal, double[] above) {
        double[] vector = matrix.eigenvector();
        double squares = 0;
        for (int i = 0; i < vector.length; i++) {
            double product = diagonal[i] * vector[i]
                    + (i > 0 ? above[i] * vector[i - 1] : 0)
                    + (i + 1 < vector.length ? above[i + 1] * vector[i + 1] : 0);
            assertThat(product).isCloseTo(matrix.eigenvalue() * vector[i], within(1e-14 / vector[0]));
            squares += vector[i] * vector[i];
        }
        assertThat(squares).isCloseTo(1, within(1e-12));
        assertThat(matrix.last()).isEqualTo(vector[vector.length - 1]);
    }
}

package dev.inkling.explainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CholeskyTest {

    /** By hand: 4x + 2y = 10, 2x + 3y = 9 at x = 1.5, y = 2. The upper half is not looked at. */
    @Test
    void solves() {
        double[] right = {10, 9, -4};
        double[] solution = new Cholesky(new double[][] {{4, 99, 99}, {2, 3, 99}, {0, 0, 2}}).solve(right);
        assertThat(solution).containsExactly(new double[] {1.5, 2, -2}, within(1e-12));
        assertThat(right).containsExactly(10, 9, -4);
    }

    @Test
    void refusesWhatIsNotPositiveDefinite() {
        assertThatThrownBy(() -> new Cholesky(new double[][] {{1, 0}, {2, 4}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the matrix is not positive definite: 0.0 is left of diagonal element 1");
    }
}

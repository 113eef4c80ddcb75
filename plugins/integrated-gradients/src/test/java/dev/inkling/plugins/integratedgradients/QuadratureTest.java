package dev.inkling.plugins.integratedgradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuadratureTest {

    /** Roots and weights on [−1, 1], as in every table. */
    @Test
    void gaussLegendreHasTheKnownPoints() {
        assertOnUnitInterval(Quadrature.gaussLegendre(1), new double[] {0}, new double[] {2});
        double third = Math.sqrt(1 / 3.0);
        assertOnUnitInterval(Quadrature.gaussLegendre(2), new double[] {-third, third}, new double[] {1, 1});
        double outer = Math.sqrt(3 / 5.0);
        assertOnUnitInterval(
                Quadrature.gaussLegendre(3), new double[] {-outer, 0, outer}, new double[] {5 / 9.0, 8 / 9.0, 5 / 9.0});
        assertOnUnitInterval(
                Quadrature.gaussLegendre(5),
                new double[] {-0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831, 0.9061798459386640},
                new double[] {
                    0.2369268850561891, 0.4786286704993665, 0.5688888888888889, 0.4786286704993665, 0.2369268850561891
                });
    }

    private static void assertOnUnitInterval(Quadrature found, double[] roots, double[] weights) {
        for (int i = 0; i < roots.length; i++) {
            assertThat(found.nodes()[i]).isCloseTo((1 + roots[i]) / 2, within(1e-15));
            assertThat(found.weights()[i]).isCloseTo(weights[i] / 2, within(1e-15));
        }
        assertThat(found.nodes()).hasSameSizeAs(roots);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 10, 50, 51, 333, 1000})
    void gaussLegendreIsExactUpToDegreeTwiceNLessOne(int n) {
        Quadrature rule = Quadrature.gaussLegendre(n);
        assertThat(rule.nodes()).isSorted().doesNotContain(0, 1);
        for (int degree : new int[] {0, 1, n, 2 * n - 1}) {
            double integral = 0;
            for (int i = 0; i < n; i++) {
                integral += rule.weights()[i] * Math.pow(rule.nodes()[i], degree);
            }
            assertThat(integral).isCloseTo(1.0 / (degree + 1), within(1e-12));
        }
    }

    @Test
    void trapezoidHasHalfWeightsAtItsEnds() {
        assertThat(Quadrature.trapezoid(2).nodes()).containsExactly(0, 1);
        assertThat(Quadrature.trapezoid(2).weights()).containsExactly(0.5, 0.5);
        assertThat(Quadrature.trapezoid(5).nodes()).containsExactly(0, 0.25, 0.5, 0.75, 1);
        assertThat(Quadrature.trapezoid(5).weights()).containsExactly(0.125, 0.25, 0.25, 0.25, 0.125);
    }

    @Test
    void midpointHasEqualWeightsInTheMiddles() {
        assertThat(Quadrature.midpoint(1).nodes()).containsExactly(0.5);
        assertThat(Quadrature.midpoint(2).nodes()).containsExactly(0.25, 0.75);
        assertThat(Quadrature.midpoint(2).weights()).containsExactly(0.5, 0.5);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 50, 500})
    void weightsOfEveryRuleSumToOne(int n) {
        for (Quadrature rule :
                new Quadrature[] {Quadrature.gaussLegendre(n), Quadrature.trapezoid(n), Quadrature.midpoint(n)}) {
            assertThat(Arrays.stream(rule.weights()).sum()).isCloseTo(1, within(1e-12));
        }
    }
}

package dev.inkling.plugins.integratedgradients;

import java.util.Arrays;

/**
 * A rule for integrals over [0, 1]: ∫f ≈ Σ weightᵢ · f(nodeᵢ). Weights sum to 1; nodes ascend.
 *
 * @param nodes in [0, 1]
 * @param weights as many
 */
record Quadrature(double[] nodes, double[] weights) {

    /** Errors square in every round, from less than 1/n²: this is beyond what a double resolves. */
    private static final int NEWTON_ROUNDS = 6;

    /**
     * Exact for polynomials of degree 2n − 1: the roots of the Legendre polynomial Pₙ, found by Newton's iteration from
     * Chebyshev-like guesses, mapped from [−1, 1].
     */
    static Quadrature gaussLegendre(int n) {
        double[] nodes = new double[n];
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) {
            double x = -Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
            double slope = 1;
            for (int round = 0; round < NEWTON_ROUNDS; round++) {
                // Bonnet's recursion: (k + 1) P(k+1) = (2k + 1) x P(k) − k P(k−1).
                double value = 1;
                double before = 0;
                for (int k = 0; k < n; k++) {
                    double next = ((2 * k + 1) * x * value - k * before) / (k + 1);
                    before = value;
                    value = next;
                }
                slope = n * (x * value - before) / (x * x - 1);
                x -= value / slope;
            }
            nodes[i] = (1 + x) / 2;
            weights[i] = 1 / ((1 - x * x) * slope * slope);
        }
        return new Quadrature(nodes, weights);
    }

    /** n ≥ 2 evenly spaced nodes from 0 to 1, the two ends with half the weight of the others. */
    static Quadrature trapezoid(int n) {
        double[] nodes = new double[n];
        double[] weights = new double[n];
        Arrays.setAll(nodes, i -> i / (n - 1.0));
        Arrays.fill(weights, 1.0 / (n - 1));
        weights[0] /= 2;
        weights[n - 1] /= 2;
        return new Quadrature(nodes, weights);
    }

    /** The middles of n equal intervals. */
    static Quadrature midpoint(int n) {
        double[] nodes = new double[n];
        double[] weights = new double[n];
        Arrays.setAll(nodes, i -> (i + 0.5) / n);
        Arrays.fill(weights, 1.0 / n);
        return new Quadrature(nodes, weights);
    }
}

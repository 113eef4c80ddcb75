package dev.inkling.explainers;

import java.util.Arrays;

/**
 * A weighted linear regression of scores on which features are kept: y ≈ intercept + Σ over kept of βᵢ. Takes observations one by
 * one and keeps their second moments only; fits by coordinate descent.
 */
final class CoalitionRegression {

    /** Rounds of coordinate descent: a bound, not a target. */
    private static final int MAX_ROUNDS = 1000;

    /** Converged when no coefficient moves by more, relative to the largest. */
    private static final double TOLERANCE = 1e-10;

    /** What is kept always, or never, has a variance of rounding alone. */
    private static final double NO_VARIANCE = 1e-12;

    private final int features;
    private double weights;
    private double scores;
    private double squares;
    private final double[] kept;
    private final double[] products;

    /** Weights of observations in which both features are kept; the lower half. */
    private final double[][] together;

    private final int[] members;

    CoalitionRegression(int features) {
        this.features = features;
        this.kept = new double[features];
        this.products = new double[features];
        this.together = new double[features][];
        Arrays.setAll(together, i -> new double[i + 1]);
        this.members = new int[features];
    }

    void observe(boolean[] coalition, double weight, double score) {
        weights += weight;
        scores += weight * score;
        squares += weight * score * score;
        int count = 0;
        for (int i = 0; i < features; i++) {
            if (coalition[i]) {
                members[count++] = i;
                kept[i] += weight;
                products[i] += weight * score;
                for (int j = 0; j < count; j++) {
                    together[i][members[j]] += weight;
                }
            }
        }
    }

    /** The penalty on coefficients; the intercept is free. */
    enum Penalty {
        /** α Σ |β|. */
        LASSO {
            @Override
            double minimiser(double gradient, double curvature, double alpha) {
                double beyond = Math.abs(gradient) - alpha;
                return beyond > 0 ? Math.copySign(beyond, gradient) / curvature : 0;
            }
        },
        /** α/2 Σ β². */
        RIDGE {
            @Override
            double minimiser(double gradient, double curvature, double alpha) {
                return gradient / (curvature + alpha);
            }
        };

        /** Of curvature/2 · β² − gradient · β + penalty. */
        abstract double minimiser(double gradient, double curvature, double alpha);
    }

    /**
     * The coefficients that minimise Σ w (y − ŷ)² / (2 Σ w) + penalty.
     *
     * @param coefficients one per feature
     * @param explained R², the part of the scores' weighted variance that the fit explains; 1 where there is none
     */
    record Fit(double[] coefficients, double explained) {}

    Fit fit(Penalty penalty, double alpha) {
        double[][] covariances = new double[features][features];
        double[] right = new double[features];
        for (int i = 0; i < features; i++) {
            right[i] = products[i] / weights - kept[i] / weights * scores / weights;
            for (int j = 0; j <= i; j++) {
                covariances[i][j] = together[i][j] / weights - kept[i] / weights * kept[j] / weights;
                covariances[j][i] = covariances[i][j];
            }
        }
        double[] beta = descend(covariances, right, penalty, alpha);
        double variance = squares / weights - scores / weights * scores / weights;
        double residual = variance;
        for (int i = 0; i < features; i++) {
            residual -= 2 * beta[i] * right[i];
            for (int j = 0; j < features; j++) {
                residual += beta[i] * beta[j] * covariances[i][j];
            }
        }
        boolean constant = variance <= NO_VARIANCE * squares / weights;
        return new Fit(beta, constant ? 1 : 1 - residual / variance);
    }

    private double[] descend(double[][] covariances, double[] right, Penalty penalty, double alpha) {
        double[] beta = new double[features];
        // right − covariances · beta
        double[] rest = right.clone();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            double moved = 0;
            double largest = 0;
            for (int i = 0; i < features; i++) {
                double curvature = covariances[i][i];
                if (curvature <= NO_VARIANCE) {
                    continue;
                }
                double before = beta[i];
                beta[i] = penalty.minimiser(rest[i] + curvature * before, curvature, alpha);
                double step = beta[i] - before;
                if (step != 0) {
                    double[] row = covariances[i];
                    for (int j = 0; j < features; j++) {
                        rest[j] -= step * row[j];
                    }
                }
                moved = Math.max(moved, Math.abs(step));
                largest = Math.max(largest, Math.abs(beta[i]));
            }
            if (moved <= TOLERANCE * largest) {
                break;
            }
        }
        return beta;
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Shapley values by a regression: the φ that come closest, under the Shapley kernel, to v(S) = v(∅) + Σ over S of φᵢ for the
 * coalitions S of segments that are drawn; v(S) is the target's score of the image in which all segments outside S are replaced
 * by the baseline. The map is (N, H, W, 1), in logits. Needs scores only.
 *
 * <p>Where the budget allows all 2ᴹ coalitions of the M segments that differ from their baseline, the values are exact. Otherwise
 * each coalition drawn is paired with its complement: sizes k by the kernel's weight 1 / (k (M − k)), then uniformly. For pairs
 * the regression is of v(S) − v(complement) on Σ ±φᵢ, least squares under the constraint that the values sum to v(all) − v(∅),
 * which therefore holds exactly, not by a large weight.
 *
 * <p>Diagnostics: {@code standard error}, the largest of the map, in its unit, from the regression's residuals without
 * assuming that they are alike; {@code additivity gap}, zero but for rounding.
 *
 * <p>Not for asking what the network does to real images: most coalitions are images that nobody would draw. And where segments
 * act together, a regression on few coalitions is off by more than its standard error; compare {@code permutation-shapley},
 * which is unbiased.
 *
 * @see <a href="https://arxiv.org/abs/1705.07874">Lundberg and Lee 2017, A Unified Approach to Interpreting Model Predictions</a>
 * @see <a href="https://arxiv.org/abs/2012.01536">Covert and Lee 2021, Improving KernelSHAP: Practical Shapley Value Estimation
 *     via Linear Regression</a>
 */
public final class KernelShap implements Explainer {

    /** The regression's matrices grow with the square of the number of features, and the work with its cube. */
    private static final int MOST_FEATURES = 1024;

    private final ShapleyOptions options;

    public KernelShap(ShapleyOptions options) {
        this.options = options;
    }

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        return ShapleyMaps.explain(model, images, targets, options, this::sampled);
    }

    private Perturbations<?> sampled(SegmentedImage image, ShapleyMaps maps) {
        int features = image.features();
        if (features > MOST_FEATURES) {
            throw new InvalidInputException(
                    "%,d segments are too many for kernel-shap, which takes at most %,d; choose larger ones, such as grid:7,"
                            + " or permutation-shapley",
                    features, MOST_FEATURES);
        }
        // Twice as many pairs as unknowns: with fewer the residuals say nothing about the error.
        Budget.requireAtLeast(options.budget(), 2 + 4 * features, features, "kernel-shap");
        return new PairedCoalitions(image, maps, (options.budget() - 2) / 2);
    }

    /** Draws coalitions; two that begin with the same randomness draw the same. */
    private static final class Coalitions {

        private final RandomGenerator random;
        private final int[] order;
        private final double[] cumulative;

        Coalitions(RandomGenerator random, int features) {
            this.random = random;
            this.order = new int[features];
            Arrays.setAll(order, i -> i);
            this.cumulative = new double[features - 1];
            double sum = 0;
            for (int k = 1; k < features; k++) {
                sum += 1.0 / ((double) k * (features - k));
                cumulative[k - 1] = sum;
            }
        }

        /** Neither empty nor all. */
        boolean[] next() {
            double at = random.nextDouble() * cumulative[cumulative.length - 1];
            int size = 1;
            while (cumulative[size - 1] <= at) {
                size++;
            }
            boolean[] kept = new boolean[order.length];
            for (int i = 0; i < size; i++) {
                int other = i + random.nextInt(order.length - i);
                int chosen = order[other];
                order[other] = order[i];
                order[i] = chosen;
                kept[chosen] = true;
            }
            return kept;
        }
    }

    /** The image, its baseline, then pairs of a coalition and its complement. */
    private final class PairedCoalitions implements Perturbations<Void> {

        /** Draws per word of bits. */
        private static final int WORD = Long.SIZE;

        /** Of the mean diagonal: decides for equal shares where the coalitions drawn do not decide. */
        private static final double RIDGE = 1e-10;

        private final SegmentedImage image;
        private final ShapleyMaps maps;
        private final Coalitions coalitions;
        private final int features;
        private final int pairs;
        private final float[] scores;
        private boolean[] kept;
        private int observed;

        PairedCoalitions(SegmentedImage image, ShapleyMaps maps, int pairs) {
            this.image = image;
            this.maps = maps;
            this.features = image.features();
            this.coalitions = coalitions();
            this.pairs = pairs;
            this.scores = new float[2 + 2 * pairs];
        }

        /** Always the same. */
        private Coalitions coalitions() {
            return new Coalitions(image.random(options.seed()), features);
        }

        @Override
        public int copies() {
            return scores.length;
        }

        @Override
        public Void perturb(int copy, float[] batch, int offset) {
            if (copy == 0) {
                return null;
            }
            if (copy == 1) {
                kept = new boolean[features];
            } else if (copy % 2 == 0) {
                kept = coalitions.next();
            } else {
                for (int i = 0; i < features; i++) {
                    kept[i] = !kept[i];
                }
            }
            image.keep(kept, batch, offset);
            return null;
        }

        @Override
        public void observe(Void nothing, float score) {
            scores[observed++] = score;
        }

        /** v(S) − v(complement). */
        private double difference(int pair) {
            return (double) scores[2 + 2 * pair] - scores[3 + 2 * pair];
        }

        /**
         * With s = +1 for what is in S and −1 for what is not, and ψ = φ − equal shares: the least Σ (difference − share Σ s − sᵀψ)²
         * under Σ ψ = 0. The coalitions are drawn again, rather than kept, so that memory does not grow with their size.
         */
        @Override
        public void conclude() {
            double total = (double) scores[0] - scores[1];
            double share = total / features;
            Cholesky system = new Cholesky(products());
            double[] right = new double[features];
            Coalitions again = coalitions();
            for (int pair = 0; pair < pairs; pair++) {
                double[] signs = signs(again.next());
                double rest = difference(pair) - share * Arrays.stream(signs).sum();
                for (int i = 0; i < features; i++) {
                    right[i] += signs[i] * rest / pairs;
                }
            }
            double[] ones = new double[features];
            Arrays.fill(ones, 1);
            double[] towardsOnes = system.solve(ones);
            double[] values = withoutSum(system.solve(right), towardsOnes);
            for (int i = 0; i < features; i++) {
                values[i] += share;
            }
            maps.put(image, values, standardErrors(system, towardsOnes, values), total);
        }

        /** The mean of s sᵀ, plus 1 everywhere, which the constraint cancels and the factorisation is glad of. */
        private double[][] products() {
            int[][] equal = new int[features][features];
            Coalitions again = coalitions();
            for (int from = 0; from < pairs; from += WORD) {
                int draws = Math.min(WORD, pairs - from);
                long[] bits = new long[features];
                for (int draw = 0; draw < draws; draw++) {
                    boolean[] drawn = again.next();
                    for (int i = 0; i < features; i++) {
                        bits[i] |= drawn[i] ? 1L << draw : 0;
                    }
                }
                for (int i = 0; i < features; i++) {
                    for (int j = 0; j < i; j++) {
                        equal[i][j] += draws - Long.bitCount(bits[i] ^ bits[j]);
                    }
                }
            }
            double[][] products = new double[features][features];
            for (int i = 0; i < features; i++) {
                for (int j = 0; j < i; j++) {
                    products[i][j] = 2.0 * equal[i][j] / pairs;
                    products[j][i] = products[i][j];
                }
                products[i][i] = 2 + RIDGE;
            }
            return products;
        }

        private static double[] signs(boolean[] kept) {
            double[] signs = new double[kept.length];
            for (int i = 0; i < signs.length; i++) {
                signs[i] = kept[i] ? 1 : -1;
            }
            return signs;
        }

        /** Along the direction in which it costs least, so that the sum becomes 0. */
        private static double[] withoutSum(double[] solution, double[] towardsOnes) {
            double excess =
                    Arrays.stream(solution).sum() / Arrays.stream(towardsOnes).sum();
            double[] values = new double[solution.length];
            Arrays.setAll(values, i -> solution[i] - excess * towardsOnes[i]);
            return values;
        }

        /** The sandwich estimate: P (Σ r² s sᵀ) P / pairs², P being the constrained inverse and r the residuals. */
        private double[] standardErrors(Cholesky system, double[] towardsOnes, double[] values) {
            double[][] meat = new double[features][features];
            Coalitions again = coalitions();
            for (int pair = 0; pair < pairs; pair++) {
                double[] signs = signs(again.next());
                double residual = difference(pair);
                for (int i = 0; i < features; i++) {
                    residual -= signs[i] * values[i];
                }
                double square = residual * residual / pairs;
                for (int i = 0; i < features; i++) {
                    double weight = square * signs[i];
                    double[] row = meat[i];
                    for (int j = 0; j <= i; j++) {
                        row[j] += weight * signs[j];
                    }
                }
            }
            double[] errors = new double[features];
            // As many values as the regression has fitted are lost to the residuals.
            double free = pairs - (features - 1.0);
            for (int i = 0; i < features; i++) {
                double[] unit = new double[features];
                unit[i] = 1;
                double[] direction = withoutSum(system.solve(unit), towardsOnes);
                double variance = 0;
                for (int j = 0; j < features; j++) {
                    for (int k = 0; k < j; k++) {
                        variance += 2 * direction[j] * direction[k] * meat[j][k];
                    }
                    variance += direction[j] * direction[j] * meat[j][j];
                }
                errors[i] = Math.sqrt(Math.max(0, variance) / free);
            }
            return errors;
        }
    }

    /** Registers {@code kernel-shap}. */
    public static final class Provider implements ExplainerProvider<ShapleyOptions> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "kernel-shap",
                    "KernelSHAP",
                    "Each segment's Shapley value: its fair share of the score's difference from the baseline, by regression.",
                    "Lundberg, Lee (2017): A Unified Approach to Interpreting Model Predictions."
                            + " https://arxiv.org/abs/1705.07874",
                    ExplainerCard.Family.PERTURBATION,
                    Set.of(),
                    Credit.SHARED.contract());
        }

        @Override
        public Class<ShapleyOptions> options() {
            return ShapleyOptions.class;
        }

        @Override
        public Explainer create(ShapleyOptions options) {
            return new KernelShap(options);
        }

        @Override
        public OptionalLong evaluations(ShapleyOptions options, ModelSignature signature) {
            return OptionalLong.of(options.budget());
        }
    }
}

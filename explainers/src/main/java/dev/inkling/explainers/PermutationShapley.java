package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Shapley values by permutations: the mean, over random orders, of what each segment adds to the target's score when the segments
 * of the image enter the baseline one after the other. The map is (N, H, W, 1), in logits. Needs scores only.
 *
 * <p>Where the budget allows all 2ᴹ coalitions of the M segments that differ from their baseline, the values are exact. Otherwise
 * orders come in antithetic pairs, one and its reverse, at 2 (M − 1) evaluations a pair: what interaction of two segments
 * credits to one of them in one order, it credits to the other in the other. Unbiased, and every order sums to the difference
 * between image and baseline, so the mean does.
 *
 * <p>Diagnostics: {@code standard error}, the largest of the map, in its unit, from the spread of the pairs' means; {@code
 * additivity gap}, zero but for rounding.
 *
 * <p>Not for asking what the network does to real images: most coalitions are images that nobody would draw.
 *
 * @see <a href="https://doi.org/10.1016/j.cor.2008.04.004">Castro, Gómez and Tejada 2009, Polynomial calculation of the Shapley
 *     value based on sampling</a>
 * @see <a href="https://arxiv.org/abs/2104.12199">Mitchell et al. 2022, Sampling Permutations for Shapley Value Estimation</a>
 */
public final class PermutationShapley implements Explainer {

    private final ShapleyOptions options;

    public PermutationShapley(ShapleyOptions options) {
        this.options = options;
    }

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        return ShapleyMaps.explain(model, images, targets, options, this::sampled);
    }

    private Perturbations<?> sampled(SegmentedImage image, ShapleyMaps maps) {
        int features = image.features();
        long perPair = 2 * (features - 1L);
        // Two pairs: one has no spread from which to tell the error.
        Budget.requireAtLeast(options.budget(), 2 + 2 * perPair, features, "permutation-shapley");
        return new AntitheticOrders(
                image, maps, image.random(options.seed()), (int) ((options.budget() - 2) / perPair));
    }

    /**
     * The last step of an order that a copy has taken.
     *
     * @param order in which features enter
     * @param entered how many of them have: the image and the baseline, which all orders share, are scored once
     */
    private record Step(int[] order, int entered) {}

    /** The image, its baseline, then pairs of an order and its reverse, each but for its beginning and its end. */
    private static final class AntitheticOrders implements Perturbations<Step> {

        private final SegmentedImage image;
        private final ShapleyMaps maps;
        private final RandomGenerator random;
        private final int pairs;
        private final int features;
        private final boolean[] kept;
        private int[] order;

        private double whole;
        private double nothing;
        private double previous;

        /** What each feature has added in this pair's orders so far, and the mean and spread of that over the pairs before. */
        private final double[] added;

        private final double[] means;
        private final double[] squares;
        private int orders;

        AntitheticOrders(SegmentedImage image, ShapleyMaps maps, RandomGenerator random, int pairs) {
            this.image = image;
            this.maps = maps;
            this.random = random;
            this.pairs = pairs;
            this.features = image.features();
            this.kept = new boolean[features];
            this.order = new int[features];
            Arrays.setAll(order, i -> i);
            this.added = new double[features];
            this.means = new double[features];
            this.squares = new double[features];
        }

        @Override
        public int copies() {
            return 2 + 2 * pairs * (features - 1);
        }

        @Override
        public Step perturb(int copy, float[] batch, int offset) {
            if (copy == 0) {
                return new Step(order, features);
            }
            if (copy == 1) {
                image.keep(kept, batch, offset);
                return new Step(order, 0);
            }
            int step = (copy - 2) % (features - 1);
            if (step == 0) {
                Arrays.fill(kept, false);
                order = (copy - 2) / (features - 1) % 2 == 0 ? shuffled(order) : reversed(order);
            }
            kept[order[step]] = true;
            image.keep(kept, batch, offset);
            return new Step(order, step + 1);
        }

        private int[] shuffled(int[] before) {
            int[] shuffled = before.clone();
            for (int i = features - 1; i > 0; i--) {
                int other = random.nextInt(i + 1);
                int swapped = shuffled[i];
                shuffled[i] = shuffled[other];
                shuffled[other] = swapped;
            }
            return shuffled;
        }

        private static int[] reversed(int[] before) {
            int[] reversed = new int[before.length];
            Arrays.setAll(reversed, i -> before[before.length - 1 - i]);
            return reversed;
        }

        @Override
        public void observe(Step step, float score) {
            if (step.entered() == features) {
                whole = score;
            } else if (step.entered() == 0) {
                nothing = score;
            } else {
                int[] entering = step.order();
                double before = step.entered() == 1 ? nothing : previous;
                added[entering[step.entered() - 1]] += score - before;
                previous = score;
                if (step.entered() == features - 1) {
                    added[entering[features - 1]] += whole - score;
                    orders++;
                    if (orders % 2 == 0) {
                        pairIsComplete();
                    }
                }
            }
        }

        /** Welford's update. */
        private void pairIsComplete() {
            for (int i = 0; i < features; i++) {
                double value = added[i] / 2;
                double deviation = value - means[i];
                means[i] += deviation / (orders / 2);
                squares[i] += deviation * (value - means[i]);
                added[i] = 0;
            }
        }

        @Override
        public void conclude() {
            double[] errors = new double[features];
            Arrays.setAll(errors, i -> Math.sqrt(squares[i] / (pairs - 1) / pairs));
            maps.put(image, means, errors, whole - nothing);
        }
    }

    /** Registers {@code permutation-shapley}. */
    public static final class Provider implements ExplainerProvider<ShapleyOptions> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "permutation-shapley",
                    "Permutation Shapley",
                    "Each segment's Shapley value: what it adds to the score, averaged over the orders in which segments enter.",
                    "Castro, Gómez, Tejada (2009): Polynomial calculation of the Shapley value based on sampling."
                            + " https://doi.org/10.1016/j.cor.2008.04.004",
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
            return new PermutationShapley(options);
        }

        @Override
        public OptionalLong evaluations(ShapleyOptions options, ModelSignature signature) {
            return OptionalLong.of(options.budget());
        }
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Segments;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Total Sobol' indices: the part of the score's variance that would vanish if one segment were fixed, interactions with all others
 * included, when every segment is faded by a random amount, uniform from 0, the baseline, to 1, the image. The map is (N, H, W, 1),
 * each pixel showing its segment's index, without unit; indices of one image sum to 1 where segments do not interact and to more
 * where they do. Needs scores only, N (M + 1) of them for N designs and the M segments that differ from their baseline.
 *
 * <p>Jansen's estimator, Σ (s(A) − s(A with one column of B))² / (2 N V): A and B are two designs drawn together as a Latin
 * hypercube of 2 M dimensions, and V is the variance of all scores.
 *
 * <p>Diagnostic: {@code standard error}, the largest of the map, as if V were known and rows were independent.
 *
 * <p>Not for asking whether a segment speaks for or against the target: variance has no sign.
 *
 * @see <a href="https://arxiv.org/abs/2111.04138">Fel et al. 2021, Look at the Variance! Efficient Black-box Explanations with
 *     Sobol-based Sensitivity Analysis</a>
 * @see <a href="https://doi.org/10.1016/S0010-4655(98)00154-4">Jansen 1999, Analysis of variance designs for model output</a>
 */
public final class Sobol implements Explainer {

    private static final Attribution.Contract CONTRACT =
            new Attribution.Contract(Sign.POSITIVE, false, "share of the score's variance");

    private final Options options;

    public Sobol(Options options) {
        this.options = options;
    }

    /**
     * @param segments what fades
     * @param baseline what it fades to
     * @param budget evaluations of the model for each image, at most
     * @param seed of the designs
     */
    public record Options(
            @Option(value = "grid:7", help = "what fades as one: pixels, grid:7, grid:4x7, strokes or strokes:8")
            Segments segments,

            @Option(value = "black", help = "what it fades to: black, white, a number, uniform, blur:SIGMA or mean")
            Baseline baseline,

            @Option(value = "1024", max = 1_000_000, help = "evaluations of the model per image, at most")
            int budget,

            @Option(value = "0", help = "same seed, same designs")
            long seed) {

        public Options {
            Budget.requireTwo(budget);
        }
    }

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        SegmentedImages segmented = new SegmentedImages(model, images, targets, options.segments(), options.baseline());
        float[] standardErrors = new float[segmented.count()];
        segmented.score(image -> {
            int features = image.features();
            // Two designs: one has no spread from which to tell the error.
            Budget.requireAtLeast(options.budget(), 2 * (features + 1L), features, "sobol");
            return new Designs(
                    image, options.budget() / (features + 1), image.random(options.seed()), (indices, error) -> {
                        segmented.put(image, indices);
                        standardErrors[image.index()] = (float) error;
                    });
        });
        return segmented.attribution(CONTRACT).with("standard error", standardErrors);
    }

    private interface Result {
        void accept(double[] indices, double standardError);
    }

    /** For each of N rows: A's, then for each feature A's with that feature from B. */
    private static final class Designs implements Perturbations<Void> {

        private final SegmentedImage image;
        private final int features;
        private final int designs;
        private final Result result;

        /** (N, 2 M): a row of A, then one of B. */
        private final float[][] hypercube;

        private final double[] shares;

        private int observed;
        private double own;
        private double sum;
        private double sumOfSquares;
        private final double[] differences;
        private final double[] differenceSquares;

        Designs(SegmentedImage image, int designs, RandomGenerator random, Result result) {
            this.image = image;
            this.features = image.features();
            this.designs = designs;
            this.result = result;
            this.hypercube = latinHypercube(designs, 2 * features, random);
            this.shares = new double[features];
            this.differences = new double[features];
            this.differenceSquares = new double[features];
        }

        /** Each column has one value in each of as many equal parts of [0, 1) as there are rows. */
        static float[][] latinHypercube(int rows, int columns, RandomGenerator random) {
            float[][] values = new float[rows][columns];
            int[] parts = new int[rows];
            Arrays.setAll(parts, i -> i);
            for (int column = 0; column < columns; column++) {
                for (int row = rows - 1; row >= 0; row--) {
                    int other = random.nextInt(row + 1);
                    int part = parts[other];
                    parts[other] = parts[row];
                    parts[row] = part;
                    values[row][column] = (float) ((part + random.nextDouble()) / rows);
                }
            }
            return values;
        }

        @Override
        public int copies() {
            return features == 0 ? 0 : designs * (features + 1);
        }

        @Override
        public Void perturb(int copy, float[] batch, int offset) {
            float[] row = hypercube[copy / (features + 1)];
            int replaced = copy % (features + 1) - 1;
            for (int i = 0; i < features; i++) {
                shares[i] = row[i == replaced ? features + i : i];
            }
            image.mix(shares, batch, offset);
            return null;
        }

        @Override
        public void observe(Void nothing, float score) {
            int replaced = observed % (features + 1) - 1;
            sum += score;
            sumOfSquares += (double) score * score;
            if (replaced < 0) {
                own = score;
            } else {
                double half = (own - score) * (own - score) / 2;
                differences[replaced] += half;
                differenceSquares[replaced] += half * half;
            }
            observed++;
        }

        @Override
        public void conclude() {
            double variance = observed == 0 ? 0 : (sumOfSquares - sum * sum / observed) / (observed - 1);
            double[] indices = new double[features];
            double largest = 0;
            for (int i = 0; i < features && variance > 0; i++) {
                double mean = differences[i] / designs;
                indices[i] = mean / variance;
                double spread = Math.max(0, differenceSquares[i] / designs - mean * mean);
                largest = Math.max(largest, Math.sqrt(spread / (designs - 1)) / variance);
            }
            result.accept(indices, largest);
        }
    }

    /** Registers {@code sobol}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "sobol",
                    "Sobol' total indices",
                    "The part of the score's variance that depends on each segment when all are faded at random.",
                    "Fel, Cadène, Chalvidal, Cord, Vigouroux, Serre (2021): Look at the Variance! Efficient Black-box Explanations"
                            + " with Sobol-based Sensitivity Analysis. https://arxiv.org/abs/2111.04138",
                    ExplainerCard.Family.PERTURBATION,
                    Set.of(),
                    CONTRACT);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new Sobol(options);
        }

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return OptionalLong.of(options.budget());
        }
    }
}

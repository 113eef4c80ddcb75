package dev.inkling.explainers;

import dev.inkling.explainers.CoalitionRegression.Penalty;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Segments;
import dev.inkling.spi.Targets;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * The coefficients of a linear model that imitates the target's score near the image: on copies in which each segment is kept with
 * probability ½ and otherwise replaced by the baseline, the score is regressed on which segments are kept, nearer copies counting
 * more; the first copy is the image itself. The map is (N, H, W, 1), in logits; each pixel shows the coefficient of its segment. Needs scores only.
 *
 * <p>A copy counts exp(−d² / 2σ²), d being its distance from the image (1 − cosine, or Euclidean) and σ the kernel width. The
 * regression minimises Σ w (y − ŷ)² / (2 Σ w) + α Σ |β|, or α/2 Σ β², with a free intercept: scikit-learn's Lasso, and its Ridge
 * with an α that does not depend on the number of copies. Where the budget allows all 2ᴹ combinations, each is scored once.
 *
 * <p>Diagnostic: {@code R²}, the part of the copies' weighted variance that the linear model explains; where it is low, so is the
 * map's worth.
 *
 * <p>Not for a score that is not nearly additive over segments, and not for comparing numbers between options: kernel width and
 * penalty shape the answer as much as the network does.
 *
 * @see <a href="https://arxiv.org/abs/1602.04938">Ribeiro, Singh and Guestrin 2016, "Why Should I Trust You?": Explaining the
 *     Predictions of Any Classifier</a>
 */
public final class Lime implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, false, "logits");

    /** The regression's matrices grow with the square of the number of features. */
    private static final int MOST_FEATURES = 1024;

    private final Options options;

    public Lime(Options options) {
        this.options = options;
    }

    /** How far a copy is from its image, over all values of both. */
    public enum Distance {
        /** 1 − the cosine of the angle between them; 1 from or to an image of zeros. */
        COSINE {
            @Override
            double between(float[] image, int imageOffset, float[] copy, int copyOffset, int size) {
                double product = 0;
                double imageSquares = 0;
                double copySquares = 0;
                for (int i = 0; i < size; i++) {
                    double x = image[imageOffset + i];
                    double y = copy[copyOffset + i];
                    product += x * y;
                    imageSquares += x * x;
                    copySquares += y * y;
                }
                double norms = Math.sqrt(imageSquares) * Math.sqrt(copySquares);
                return norms == 0 ? 1 : 1 - product / norms;
            }
        },
        /** The root of the sum of squared differences. */
        EUCLIDEAN {
            @Override
            double between(float[] image, int imageOffset, float[] copy, int copyOffset, int size) {
                double squares = 0;
                for (int i = 0; i < size; i++) {
                    double difference = (double) image[imageOffset + i] - copy[copyOffset + i];
                    squares += difference * difference;
                }
                return Math.sqrt(squares);
            }
        };

        abstract double between(float[] image, int imageOffset, float[] copy, int copyOffset, int size);
    }

    /** What keeps coefficients small. */
    public enum Regression {
        /** The sum of their absolute values: sets many to zero. */
        LASSO(Penalty.LASSO),
        /** The sum of their squares: shrinks all. */
        RIDGE(Penalty.RIDGE);

        private final Penalty penalty;

        Regression(Penalty penalty) {
            this.penalty = penalty;
        }
    }

    /**
     * @param segments the features of the linear model
     * @param baseline what takes the place of those that are not kept
     * @param budget evaluations of the model for each image: copies
     * @param distance of a copy from the image
     * @param kernelWidth σ, in units of the distance
     * @param regression what keeps coefficients small
     * @param alpha how small, in logits for the lasso
     * @param seed of the copies
     */
    public record Options(
            @Option(value = "grid:7", help = "what is kept or not: pixels, grid:7, grid:4x7, strokes or strokes:8")
            Segments segments,

            @Option(
                    value = "black",
                    help =
                            "what takes the place of segments not kept: black, white, a number, uniform, blur:SIGMA or mean")
            Baseline baseline,

            @Option(value = "1024", min = 2, max = 1_000_000, help = "evaluations of the model per image, at most")
            int budget,

            @Option(value = "cosine", help = "how far a copy is from the image: 1 - cosine, or Euclidean")
            Distance distance,

            @Option(
                    value = "1",
                    min = 1e-3,
                    max = 1e9,
                    help = "distance at which a copy counts 0.6 of one at the image; small ones make a local model")
            double kernelWidth,

            @Option(value = "lasso", help = "penalty on coefficients: lasso makes many zero, ridge makes all smaller")
            Regression regression,

            @Option(value = "0.01", min = 0, max = 1e9, help = "strength of the penalty")
            double alpha,

            @Option(value = "0", help = "same seed, same copies")
            long seed) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        SegmentedImages segmented = new SegmentedImages(model, images, targets, options.segments(), options.baseline());
        float[] explained = new float[segmented.count()];
        segmented.score(image -> {
            if (image.features() > MOST_FEATURES) {
                throw new InvalidInputException(
                        "%,d segments are too many for lime, which takes at most %,d; choose larger ones, such as grid:7",
                        image.features(), MOST_FEATURES);
            }
            return new Copies(image, fit -> {
                segmented.put(image, fit.coefficients());
                explained[image.index()] = (float) fit.explained();
            });
        });
        return segmented.attribution(CONTRACT).with("R²", explained);
    }

    /** A copy that was made: which features it keeps, and how much it counts. */
    private record Copy(boolean[] kept, double weight) {}

    private final class Copies implements Perturbations<Copy> {

        private final SegmentedImage image;
        private final RandomGenerator random;
        private final Consumer<CoalitionRegression.Fit> result;
        private final boolean all;
        private final CoalitionRegression observations;

        Copies(SegmentedImage image, Consumer<CoalitionRegression.Fit> result) {
            this.image = image;
            this.random = image.random(options.seed());
            this.result = result;
            this.all = ExactShapley.isWithin(options.budget(), image.features());
            this.observations = new CoalitionRegression(image.features());
        }

        @Override
        public int copies() {
            return all ? 1 << image.features() : options.budget();
        }

        @Override
        public Copy perturb(int copy, float[] batch, int offset) {
            boolean[] kept = new boolean[image.features()];
            for (int i = 0; i < kept.length; i++) {
                kept[i] = all ? (copy >> i & 1) == 0 : copy == 0 || random.nextBoolean();
            }
            image.keep(kept, batch, offset);
            double distance = image.distance(options.distance()::between, batch, offset) / options.kernelWidth();
            return new Copy(kept, Math.exp(-distance * distance / 2));
        }

        @Override
        public void observe(Copy copy, float score) {
            observations.observe(copy.kept(), copy.weight(), score);
        }

        @Override
        public void conclude() {
            result.accept(observations.fit(options.regression().penalty, options.alpha()));
        }
    }

    /** Registers {@code lime}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "lime",
                    "LIME",
                    "The coefficients of a linear model of the segments that imitates the network near the image.",
                    "Ribeiro, Singh, Guestrin (2016): \"Why Should I Trust You?\": Explaining the Predictions of Any Classifier."
                            + " https://arxiv.org/abs/1602.04938",
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
            return new Lime(options);
        }

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return OptionalLong.of(options.budget());
        }
    }
}

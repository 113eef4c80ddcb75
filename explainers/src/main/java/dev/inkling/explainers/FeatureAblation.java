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
import org.tensorflow.ndarray.FloatNdArray;

/**
 * s(x) − s(x with a segment replaced by the baseline), s being the target's score: what it costs to remove one segment while all
 * others stay. The map is (N, H, W, 1), in logits; each pixel shows the whole cost of its segment. Needs scores only, and 1 + as
 * many evaluations as there are segments that differ from their baseline.
 *
 * <p>Not for images in which segments stand in for each other: removing either alone costs nothing. Shapley values share such
 * credit out.
 *
 * @see <a href="https://arxiv.org/abs/1311.2901">Zeiler and Fergus 2013, Visualizing and Understanding Convolutional
 *     Networks</a>
 */
public final class FeatureAblation implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, false, "logits");

    private final Options options;

    public FeatureAblation(Options options) {
        this.options = options;
    }

    /**
     * @param segments what is removed at a time
     * @param baseline what takes its place
     */
    public record Options(
            @Option(
                    value = "grid:7",
                    help = "what is removed at a time: pixels, grid:7, grid:4x7, strokes or strokes:8")
            Segments segments,

            @Option(value = "black", help = "what takes its place: black, white, a number, uniform, blur:SIGMA or mean")
            Baseline baseline) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        SegmentedImages segmented = new SegmentedImages(model, images, targets, options.segments(), options.baseline());
        segmented.score(image -> new AblatedCopies(image, segmented));
        return segmented.attribution(CONTRACT);
    }

    /** The image itself, then one copy without each feature. */
    private static final class AblatedCopies implements Perturbations<Integer> {

        private static final int WHOLE = -1;

        private final SegmentedImage image;
        private final SegmentedImages segmented;
        private final double[] costs;
        private double whole;

        AblatedCopies(SegmentedImage image, SegmentedImages segmented) {
            this.image = image;
            this.segmented = segmented;
            this.costs = new double[image.features()];
        }

        @Override
        public int copies() {
            return costs.length == 0 ? 0 : 1 + costs.length;
        }

        @Override
        public Integer perturb(int copy, float[] batch, int offset) {
            int feature = copy - 1;
            if (feature != WHOLE) {
                boolean[] kept = new boolean[costs.length];
                Arrays.fill(kept, true);
                kept[feature] = false;
                image.keep(kept, batch, offset);
            }
            return feature;
        }

        @Override
        public void observe(Integer feature, float score) {
            if (feature == WHOLE) {
                whole = score;
            } else {
                costs[feature] = whole - score;
            }
        }

        @Override
        public void conclude() {
            segmented.put(image, costs);
        }
    }

    /** Registers {@code feature-ablation}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "feature-ablation",
                    "Feature ablation",
                    "How much the score drops when one segment of the image is removed.",
                    "Zeiler, Fergus (2013): Visualizing and Understanding Convolutional Networks."
                            + " https://arxiv.org/abs/1311.2901",
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
            return new FeatureAblation(options);
        }

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return OptionalLong.of(1L + options.segments().most(signature));
        }
    }
}

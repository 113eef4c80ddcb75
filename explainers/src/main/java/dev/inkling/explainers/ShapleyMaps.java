package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import org.tensorflow.ndarray.FloatNdArray;

/** Collects the Shapley values of several images, with what tells how far to trust them. */
final class ShapleyMaps {

    private final SegmentedImages images;
    private final Credit credit;
    private final float[] standardErrors;
    private final float[] gaps;

    private ShapleyMaps(SegmentedImages images, Credit credit) {
        this.images = images;
        this.credit = credit;
        this.standardErrors = new float[images.count()];
        this.gaps = new float[images.count()];
    }

    /** How one image's values are estimated where there are too many coalitions for all. */
    @FunctionalInterface
    interface Sampler {

        /**
         * The copies to score.
         *
         * @param maps told of the values
         */
        Perturbations<?> of(SegmentedImage image, ShapleyMaps maps);
    }

    /** Explains by exact values where the budget allows, by sampled ones elsewhere. */
    static Attribution explain(
            Model model, FloatNdArray images, Targets targets, ShapleyOptions options, Sampler sampler) {
        SegmentedImages segmented = new SegmentedImages(model, images, targets, options.segments(), options.baseline());
        ShapleyMaps maps = new ShapleyMaps(segmented, options.credit());
        segmented.score(image -> ExactShapley.isWithin(options.budget(), image.features())
                ? new ExactShapley(image, maps)
                : sampler.of(image, maps));
        return maps.attribution();
    }

    /**
     * One image's values.
     *
     * @param values one for each feature
     * @param errors the standard error of each
     * @param difference the score of the image minus that of its baseline, which the values should sum to
     */
    void put(SegmentedImage image, double[] values, double[] errors, double difference) {
        boolean shared = credit == Credit.SHARED;
        images.put(image, shared ? image.shared(values) : values);
        standardErrors[image.index()] = (float)
                Arrays.stream(shared ? image.shared(errors) : errors).max().orElse(0);
        gaps[image.index()] = (float) (Arrays.stream(values).sum() - difference);
    }

    /**
     * The maps (N, H, W, 1), with diagnostics: {@code standard error}, the largest of any place, in logits; and {@code additivity
     * gap}, the sum of all values minus what it should be.
     */
    Attribution attribution() {
        return images.attribution(credit.contract())
                .with("standard error", standardErrors)
                .with("additivity gap", gaps);
    }
}

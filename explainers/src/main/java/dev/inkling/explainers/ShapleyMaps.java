package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/** Collects the Shapley values of several images, with what tells how far to trust them. */
final class ShapleyMaps {

    private final ModelSignature signature;
    private final int area;
    private final Credit credit;
    private final float[] maps;
    private final float[] standardErrors;
    private final float[] gaps;

    private ShapleyMaps(ModelSignature signature, int count, Credit credit) {
        this.signature = signature;
        this.area = signature.height() * signature.width();
        this.credit = credit;
        this.maps = new float[count * area];
        this.standardErrors = new float[count];
        this.gaps = new float[count];
    }

    /** How one image's values are estimated where there are too many coalitions for all. */
    @FunctionalInterface
    interface Sampler {

        /**
         * The copies to score.
         *
         * @param n the image's index
         * @param maps told of the values
         * @param random always begins with the same randomness
         */
        Perturbations<?> of(SegmentedImage image, int n, ShapleyMaps maps, Supplier<RandomGenerator> random);
    }

    /** Explains by exact values where the budget allows, by sampled ones elsewhere. */
    static Attribution explain(
            Model model, FloatNdArray images, Targets targets, ShapleyOptions options, Sampler sampler) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        float[] pixels = FloatArrays.flat(images);
        int size = signature.imageSize();
        SegmentedImage.Cutter cutter =
                new SegmentedImage.Cutter(model, images, pixels, options.segments(), options.baseline());
        ShapleyMaps maps = new ShapleyMaps(signature, count, options.credit());
        PerturbationBatches.run(model, pixels, targets, n -> {
            SegmentedImage image = cutter.image(n);
            return ExactShapley.isWithin(options.budget(), image.features())
                    ? new ExactShapley(image, n, maps)
                    : sampler.of(image, n, maps, () -> ImageRandom.of(options.seed(), pixels, n * size, size));
        });
        return maps.attribution();
    }

    /**
     * One image's values.
     *
     * @param values one for each feature
     * @param errors the standard error of each
     * @param difference the score of the image minus that of its baseline, which the values should sum to
     */
    void put(int n, SegmentedImage image, double[] values, double[] errors, double difference) {
        boolean shared = credit == Credit.SHARED;
        image.repeat(shared ? image.shared(values) : values, maps, n * area);
        standardErrors[n] = (float)
                Arrays.stream(shared ? image.shared(errors) : errors).max().orElse(0);
        gaps[n] = (float) (Arrays.stream(values).sum() - difference);
    }

    /**
     * The maps (N, H, W, 1), with diagnostics: {@code standard error}, the largest of any place, in logits; and {@code additivity
     * gap}, the sum of all values minus what it should be.
     */
    Attribution attribution() {
        return new Attribution(
                        FloatArrays.of(maps, standardErrors.length, signature.height(), signature.width(), 1),
                        credit.contract())
                .with("standard error", standardErrors)
                .with("additivity gap", gaps);
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.ModelSignature;
import java.util.Arrays;

/** Collects the Shapley values of several images, with what tells how far to trust them. */
final class ShapleyMaps {

    private final ModelSignature signature;
    private final int area;
    private final Credit credit;
    private final float[] maps;
    private final float[] standardErrors;
    private final float[] gaps;

    ShapleyMaps(ModelSignature signature, int count, Credit credit) {
        this.signature = signature;
        this.area = signature.height() * signature.width();
        this.credit = credit;
        this.maps = new float[count * area];
        this.standardErrors = new float[count];
        this.gaps = new float[count];
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

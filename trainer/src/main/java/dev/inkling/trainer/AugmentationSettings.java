package dev.inkling.trainer;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * How much training images are changed at random, anew every time that they are seen. Zero leaves an effect out.
 *
 * @param rotation largest angle in degrees, in [0, 180]
 * @param translation largest shift as a share of the image's side, in [0, 1]
 * @param scale largest growth as a share, in [0, 10]: 0.1 makes images 1/1.1 to 1.1 times as large
 * @param shear largest slant in degrees, in [0, 60]
 * @param elastic α of {@link ElasticDeformation}, at least 0
 * @param elasticSigma σ of {@link ElasticDeformation} in pixels, above 0
 * @param flip probability of mirroring left and right, in [0, 1]
 * @param erasing probability of {@link RandomErasing}, in [0, 1]
 */
public record AugmentationSettings(
        double rotation,
        double translation,
        double scale,
        double shear,
        double elastic,
        double elasticSigma,
        double flip,
        double erasing) {

    /** The paper's σ, in pixels. */
    static final double ELASTIC_SIGMA = 4;

    /** Images as they are. */
    public static final AugmentationSettings NONE = new AugmentationSettings(0, 0, 0, 0, 0, ELASTIC_SIGMA, 0, 0);

    public AugmentationSettings {
        List<String> problems = new ArrayList<>();
        requireIn(problems, "rotation", rotation, 180);
        requireIn(problems, "translation", translation, 1);
        requireIn(problems, "scale", scale, 10);
        requireIn(problems, "shear", shear, 60);
        requireIn(problems, "elastic", elastic, 1000);
        requireIn(problems, "flip", flip, 1);
        requireIn(problems, "erasing", erasing, 1);
        if (!(elasticSigma >= 0.5 && elasticSigma <= 100)) {
            problems.add("elastic sigma is " + elasticSigma + ", expected 0.5 to 100");
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("%s", String.join("; ", problems));
        }
    }

    private static void requireIn(List<String> problems, String name, double value, int most) {
        if (!(value >= 0 && value <= most)) {
            problems.add(name + " is " + value + ", expected 0 to " + most);
        }
    }

    /**
     * One image as training would see it.
     *
     * @param epoch counted from 1
     * @param seed of the run
     * @return (1, H, W, C) in [0, 1], owned by the caller
     * @throws InvalidInputException if there is no such image
     */
    public FloatNdArray apply(Dataset data, int index, int epoch, long seed) {
        float[] pixels = new float[data.height() * data.width() * data.channels()];
        data.copyImages(new int[] {index}, 0, 1, pixels);
        new Augmenter(this, data.height(), data.width(), data.channels(), seed).apply(pixels, 0, epoch, index);
        return FloatArrays.of(pixels, 1, data.height(), data.width(), data.channels());
    }

    /** The changes of shape, in the order in which they are applied; without those of strength 0. */
    List<Warp> warps() {
        List<Warp> warps = new ArrayList<>();
        if (flip > 0) {
            warps.add(Warp.flip(flip));
        }
        if (rotation > 0) {
            warps.add(Warp.rotation(rotation));
        }
        if (shear > 0) {
            warps.add(Warp.shear(shear));
        }
        if (scale > 0) {
            warps.add(Warp.scale(scale));
        }
        if (translation > 0) {
            warps.add(Warp.translation(translation));
        }
        if (elastic > 0) {
            warps.add(new ElasticDeformation(elastic, elasticSigma));
        }
        return warps;
    }
}

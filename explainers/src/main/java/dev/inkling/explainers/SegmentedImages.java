package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Segments;
import dev.inkling.spi.Targets;
import java.util.function.Function;
import org.tensorflow.ndarray.FloatNdArray;

/** The images of one call, cut into segments, and the map that each of them gets: a value for every segment. */
final class SegmentedImages {

    private final Model model;
    private final ModelSignature signature;
    private final Targets targets;
    private final Segments segments;
    private final float[] pixels;
    private final float[] baselines;
    private final int area;
    private final float[] maps;

    /**
     * Checks what every explainer checks.
     *
     * @throws InvalidInputException if the images, targets or baseline do not fit the model
     */
    SegmentedImages(Model model, FloatNdArray images, Targets targets, Segments segments, Baseline baseline) {
        this.model = model;
        this.signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        this.targets = targets;
        this.segments = segments;
        this.pixels = FloatArrays.flat(images);
        this.baselines = FloatArrays.flat(baseline.forImages(model, images));
        this.area = signature.height() * signature.width();
        this.maps = new float[count * area];
    }

    int count() {
        return targets.count();
    }

    /**
     * Scores the perturbed copies of every image.
     *
     * @param copies of an image; asked for each once, by several threads
     */
    void score(Function<SegmentedImage, ? extends Perturbations<?>> copies) {
        PerturbationBatches.run(
                model,
                pixels,
                targets,
                n -> copies.apply(new SegmentedImage(
                        n,
                        pixels,
                        baselines,
                        signature.channels(),
                        segments.of(signature, pixels, n * signature.imageSize()))));
    }

    /** An image's map: to each pixel the value of its feature, 0 to those of none. */
    void put(SegmentedImage image, double[] values) {
        image.repeat(values, maps, image.index() * area);
    }

    /** The maps, (N, H, W, 1). */
    Attribution attribution(Attribution.Contract contract) {
        return new Attribution(FloatArrays.of(maps, count(), signature.height(), signature.width(), 1), contract);
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.Arrays;

/**
 * Gradients at many points for each image, a bounded number of points at a time whatever the method and its options. Safe for use by
 * several threads, each with an image of its own: then the place of one image's points is found while another's gradients are computed.
 */
final class PointGradients {

    /** Points in a batch: larger ones fall out of the processor's cache and gain nothing. */
    static final int POINTS = 128;

    /** Values in the batches of all images at work, so that large images do not fill the memory. */
    private static final int VALUES = 1 << 24;

    private final Gradients gradients;
    private final ModelSignature signature;
    private final Targets targets;

    /** @throws dev.inkling.spi.InvalidInputException if the model has no gradients */
    PointGradients(Model model, Targets targets) {
        this.gradients = model.require(Gradients.class);
        this.signature = model.signature();
        this.targets = targets;
    }

    /** Where the points are; asked for each once, in order. */
    interface Points {

        /** Writes a point (H, W, C) to {@code to}, from {@code offset} on. */
        void place(int point, float[] to, int offset);
    }

    /** Told of each point's gradient once, in order. */
    interface Slopes {

        /** A point and the gradient there, (H, W, C) each, from {@code offset} on. */
        void take(int point, float[] at, float[] gradient, int offset);
    }

    /**
     * How many points of each image may be at work at once.
     *
     * @param images of which each processor may have one at work
     */
    static int batch(ModelSignature signature, int images) {
        int atWork = Math.min(images, Runtime.getRuntime().availableProcessors());
        return Math.max(1, Math.min(POINTS, VALUES / atWork / signature.imageSize()));
    }

    /** Asks for the gradients of one image's target at these points. */
    void forImage(int image, int count, Points points, Slopes slopes) {
        int size = signature.imageSize();
        int batch = Math.min(count, batch(signature, targets.count()));
        float[] at = new float[batch * size];
        for (int from = 0; from < count; from += batch) {
            int held = Math.min(batch, count - from);
            for (int i = 0; i < held; i++) {
                points.place(from + i, at, i * size);
            }
            float[] found = FloatArrays.flat(gradients.gradients(
                    FloatArrays.of(
                            held == batch ? at : Arrays.copyOf(at, held * size),
                            held,
                            signature.height(),
                            signature.width(),
                            signature.channels()),
                    targets.repeat(image, held)));
            for (int i = 0; i < held; i++) {
                slopes.take(from + i, at, found, i * size);
            }
        }
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.Arrays;

/**
 * Gradients at many points for each image, a bounded number of points at a time whatever the method and its options. Safe for use by
 * several threads.
 */
final class PointGradients {

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

    /** Asks for the gradients of one image's target at these points. */
    void forImage(int image, int count, Points points, Slopes slopes) {
        int size = signature.imageSize();
        int batch = Math.min(count, BatchSize.of(size, targets.count()));
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

package dev.inkling.app;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.List;
import java.util.Optional;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * A closed-form model of 2×2×1 images: logit k is 4 · pixel k, so its gradient is 4 at pixel k. Four classes a to d.
 */
final class LinearModel implements Model, Gradients {

    static final List<String> LABELS = List.of("a", "b", "c", "d");
    private static final ModelSignature SIGNATURE = new ModelSignature(
            "linear",
            2,
            2,
            1,
            ModelSignature.ValueRange.UNIT,
            LABELS,
            List.of(new ModelSignature.Layer("conv", ModelSignature.Layer.Kind.CONVOLUTION, 2, 2, 1)));

    @Override
    public ModelSignature signature() {
        return SIGNATURE;
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        int count = SIGNATURE.requireImages(images);
        float[] scores = FloatArrays.flat(images);
        for (int i = 0; i < scores.length; i++) {
            scores[i] *= 4;
        }
        return FloatArrays.of(scores, count, 4);
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return type == Gradients.class ? Optional.of(type.cast(this)) : Optional.empty();
    }

    @Override
    public FloatNdArray gradients(FloatNdArray images, Targets targets) {
        int count = SIGNATURE.requireImages(images);
        targets.require(count, SIGNATURE);
        float[] gradients = FloatArrays.flat(targets.weights());
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] *= 4;
        }
        return FloatArrays.of(gradients, count, 2, 2, 1);
    }
}

package dev.inkling.spi;

import java.util.Objects;
import java.util.Optional;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Another model with a set of reference images, which it offers as {@link Background}; everything else is the model's own.
 * Immutable, and as safe for use by several threads as the model.
 */
public final class BackgroundModel implements Model, Background {

    private final Model model;
    private final float[] pixels;
    private final long[] shape;

    /**
     * @param model which stays the caller's
     * @param images (M, H, W, C), M ≥ 1, in the model's value range; copied
     * @throws InvalidInputException if the images do not fit the model or hold a value that is not finite
     */
    public BackgroundModel(Model model, FloatNdArray images) {
        this.model = Objects.requireNonNull(model, "model");
        model.signature().requireImages(images);
        this.pixels = FloatArrays.flat(images);
        this.shape = images.shape().asArray();
    }

    @Override
    public FloatNdArray images() {
        return FloatArrays.of(pixels.clone(), shape);
    }

    @Override
    public ModelSignature signature() {
        return model.signature();
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        return model.scores(images);
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return type == Background.class ? Optional.of(type.cast(this)) : model.capability(type);
    }
}

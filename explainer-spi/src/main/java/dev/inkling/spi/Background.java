package dev.inkling.spi;

import org.tensorflow.ndarray.FloatNdArray;

/**
 * A model's capability to show images like those it is asked about, for methods that explain a score by its difference from
 * what is usual. {@link BackgroundModel} gives it to any model. Safe for use by several threads.
 */
public interface Background {

    /**
     * The reference images, always the same in the same order.
     *
     * @return (M, H, W, C), M ≥ 1, in the model's value range
     */
    FloatNdArray images();
}

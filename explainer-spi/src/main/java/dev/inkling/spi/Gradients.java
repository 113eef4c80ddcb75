package dev.inkling.spi;

import org.tensorflow.ndarray.FloatNdArray;

/** A model's capability to differentiate its scores with respect to the image. Safe for use by several threads. */
public interface Gradients {

    /**
     * ∂(Σₖ wₖ · logitₖ)/∂image for each image and its row w of the targets.
     *
     * @param images (N, H, W, C)
     * @param targets N rows
     * @return (N, H, W, C), in logits per unit of input
     * @throws InvalidInputException if the images or targets do not fit the model
     */
    FloatNdArray gradients(FloatNdArray images, Targets targets);
}

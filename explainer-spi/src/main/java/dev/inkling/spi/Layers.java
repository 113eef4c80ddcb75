package dev.inkling.spi;

import org.tensorflow.ndarray.FloatNdArray;

/**
 * A model's capability to look inside: activations of a named layer, gradients with respect to them, and scores from
 * there on. Layer names are those of {@link ModelSignature#layers()}. Safe for use by several threads.
 *
 * <p>A dense layer's output is (N, 1, 1, units).
 */
public interface Layers {

    /**
     * A layer's output.
     *
     * @param images (N, H, W, C)
     * @return (N, h, w, c)
     * @throws InvalidInputException if there is no such layer or the images do not fit the model
     */
    FloatNdArray activations(String layer, FloatNdArray images);

    /**
     * A layer's output A and ∂(Σₖ wₖ · logitₖ)/∂A, from one pass that goes back no further than the layer.
     *
     * @param images (N, H, W, C)
     * @param targets N rows
     * @throws InvalidInputException if there is no such layer, or the images or targets do not fit the model
     */
    LayerGradients gradients(String layer, FloatNdArray images, Targets targets);

    /**
     * The logits that follow from a layer's output.
     *
     * @param activations (N, h, w, c), to stand in for the layer's output
     * @return (N, K)
     * @throws InvalidInputException if there is no such layer, the activations do not have its shape, or the logits do not
     *     follow from them alone, as in a residual block, where the block's input leads around the layer
     */
    FloatNdArray scoresFrom(String layer, FloatNdArray activations);

    /**
     * A layer's output and the gradient with respect to it.
     *
     * @param activations (N, h, w, c)
     * @param gradients (N, h, w, c), in logits per unit of activation
     */
    record LayerGradients(FloatNdArray activations, FloatNdArray gradients) {}
}

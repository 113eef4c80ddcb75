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
     * The same outputs image by image: a layer may be many times larger than its image, and that of a whole batch need not be in memory
     * at once. This implementation asks for the whole.
     *
     * @param images (N, H, W, C)
     * @throws InvalidInputException as {@link #activations(String, FloatNdArray)} does
     */
    default void activations(String layer, FloatNdArray images, Visitor visitor) {
        FloatNdArray all = activations(layer, images);
        for (int n = 0; n < all.shape().get(0); n++) {
            visitor.visit(n, FloatArrays.flat(all.get(n)), new float[0]);
        }
    }

    /**
     * The same outputs and gradients image by image. This implementation asks for the whole.
     *
     * @param images (N, H, W, C)
     * @param targets N rows
     * @throws InvalidInputException as {@link #gradients(String, FloatNdArray, Targets)} does
     */
    default void gradients(String layer, FloatNdArray images, Targets targets, Visitor visitor) {
        LayerGradients all = gradients(layer, images, targets);
        for (int n = 0; n < all.activations().shape().get(0); n++) {
            visitor.visit(
                    n,
                    FloatArrays.flat(all.activations().get(n)),
                    FloatArrays.flat(all.gradients().get(n)));
        }
    }

    /** What sees the values of one image after the other. */
    @FunctionalInterface
    interface Visitor {

        /**
         * Called once for every image, in any order, by several threads at once.
         *
         * @param image its index, in [0, N)
         * @param activations h · w · c values, rows first; another image's as soon as this returns
         * @param gradients as many, in logits per unit of activation, or none where only activations were asked for
         */
        void visit(int image, float[] activations, float[] gradients);
    }

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

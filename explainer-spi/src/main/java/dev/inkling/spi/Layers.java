package dev.inkling.spi;

import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

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
     * The logits that follow from one image's output of a layer without some of its channels: these are 0 everywhere. This implementation asks
     * for them of a copy of the output for each row.
     *
     * @param activations (1, h, w, c)
     * @param channels N rows, in each the channels in [0, c) that are left out, maybe none; N &gt; 0
     * @return (N, K)
     * @throws InvalidInputException as {@link #scoresFrom} does, or if the activations are of more images than one, there are no rows or
     *     there is no such channel
     */
    default FloatNdArray scoresWithout(String layer, FloatNdArray activations, int[][] channels) {
        requireChannels(activations, channels);
        Shape shape = activations.shape();
        int size = (int) shape.size();
        float[] copies = new float[Math.multiplyExact(channels.length, size)];
        float[] values = FloatArrays.flat(activations);
        for (int n = 0; n < channels.length; n++) {
            System.arraycopy(values, 0, copies, n * size, size);
            for (int channel : channels[n]) {
                for (int i = channel; i < size; i += (int) shape.get(3)) {
                    copies[n * size + i] = 0;
                }
            }
        }
        return scoresFrom(layer, FloatArrays.of(copies, channels.length, shape.get(1), shape.get(2), shape.get(3)));
    }

    /**
     * Checks what every implementation of {@link #scoresWithout} checks.
     *
     * @throws InvalidInputException if the activations are not one image's, there are no rows, or one has a channel that they have not
     */
    static void requireChannels(FloatNdArray activations, int[][] channels) {
        Shape shape = activations.shape();
        if (shape.numDimensions() != 4 || shape.get(0) != 1) {
            throw new InvalidInputException("activations have shape %s, expected one image's: (1, h, w, c)", shape);
        }
        if (channels.length == 0) {
            throw new InvalidInputException("there are no rows of channels to leave out; expected at least one");
        }
        for (int[] row : channels) {
            for (int channel : row) {
                if (channel < 0 || channel >= shape.get(3)) {
                    throw new InvalidInputException(
                            "channel %d is to be left out; expected one from 0 to %d", channel, shape.get(3) - 1);
                }
            }
        }
    }

    /**
     * A layer's output and the gradient with respect to it.
     *
     * @param activations (N, h, w, c)
     * @param gradients (N, h, w, c), in logits per unit of activation
     */
    record LayerGradients(FloatNdArray activations, FloatNdArray gradients) {}
}

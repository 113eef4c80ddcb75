package dev.inkling.spi;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

/**
 * A model's capability to look inside: activations of a named layer, gradients with respect to them, and scores from
 * there on. Layer names are those of {@link ModelSignature#layers()}. Safe for use by several threads.
 *
 * <p>A dense layer's output is (N, 1, 1, units).
 */
public interface Layers {

    /** What formulas of a layer may read. */
    Set<Formula.Input> INPUTS = Set.of(Formula.Input.ACTIVATION, Formula.Input.GRADIENT);

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
     * What formulas make of a layer, image by image: a layer may be many times larger than its image, so that of a whole batch need
     * not be in memory at once, nor on the heap what is not asked for. This implementation asks for the whole, and computes in double.
     *
     * @param images (N, H, W, C)
     * @param targets N rows; of no account where no formula reads the gradient, which saves the way back
     * @param formulas of {@link Formula.Input#ACTIVATION} and {@link Formula.Input#GRADIENT}, at least one
     * @throws InvalidInputException if there is no such layer, the images or targets do not fit the model, or a formula reads something else
     *     or its parts do not fit each other
     */
    default void visit(String layer, FloatNdArray images, Targets targets, List<Formula> formulas, Visitor visitor) {
        Formula.require(formulas, INPUTS);
        Map<Formula.Input, FloatNdArray> inputs = new EnumMap<>(Formula.Input.class);
        if (Formula.anyReads(formulas, Formula.Input.GRADIENT)) {
            LayerGradients both = gradients(layer, images, targets);
            inputs.put(Formula.Input.ACTIVATION, both.activations());
            inputs.put(Formula.Input.GRADIENT, both.gradients());
        } else {
            inputs.put(Formula.Input.ACTIVATION, activations(layer, images));
        }
        Shape maps = inputs.get(Formula.Input.ACTIVATION).shape().tail();
        for (int n = 0; n < images.shape().get(0); n++) {
            Map<Formula.Input, float[]> own = new EnumMap<>(Formula.Input.class);
            for (var input : inputs.entrySet()) {
                own.put(input.getKey(), FloatArrays.flat(input.getValue().get(n)));
            }
            visitor.visit(n, Formula.evaluate(formulas, own, maps));
        }
    }

    /** What sees the values of one image after the other. */
    @FunctionalInterface
    interface Visitor {

        /**
         * Called once for every image, in any order, by several threads at once.
         *
         * @param image its index, in [0, N)
         * @param values of each formula, in row-major order; another image's as soon as this returns
         */
        void visit(int image, List<float[]> values);
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
     * The logits that follow from one image's output of a layer, and from the same without each of some channels, which then is 0
     * everywhere. This implementation asks for them of a copy of the output for each row.
     *
     * @param activations (1, h, w, c)
     * @param channels of [0, c), maybe none
     * @return (1 + channels, K), those of the whole output first
     * @throws InvalidInputException as {@link #scoresFrom} does, or if the activations are of more images than one or there is no such
     *     channel
     */
    default FloatNdArray scoresWithout(String layer, FloatNdArray activations, int[] channels) {
        requireChannels(activations, channels);
        Shape shape = activations.shape();
        int size = (int) shape.size();
        int rows = 1 + channels.length;
        float[] copies = new float[Math.multiplyExact(rows, size)];
        float[] values = FloatArrays.flat(activations);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(values, 0, copies, row * size, size);
            for (int i = row == 0 ? size : channels[row - 1]; i < size; i += (int) shape.get(3)) {
                copies[row * size + i] = 0;
            }
        }
        return scoresFrom(layer, FloatArrays.of(copies, rows, shape.get(1), shape.get(2), shape.get(3)));
    }

    /**
     * Checks what every implementation of {@link #scoresWithout} checks.
     *
     * @throws InvalidInputException if the activations are not one image's, or have no such channel
     */
    static void requireChannels(FloatNdArray activations, int[] channels) {
        Shape shape = activations.shape();
        if (shape.numDimensions() != 4 || shape.get(0) != 1) {
            throw new InvalidInputException("activations have shape %s, expected one image's: (1, h, w, c)", shape);
        }
        for (int channel : channels) {
            if (channel < 0 || channel >= shape.get(3)) {
                throw new InvalidInputException(
                        "channel %d is to be left out; expected one from 0 to %d", channel, shape.get(3) - 1);
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

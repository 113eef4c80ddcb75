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
    Set<Formula.Input> INPUTS = Set.of(Formula.Input.ACTIVATION, Formula.Input.GRADIENT, Formula.Input.SCORE_DROP);

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
     * <p>For {@link Formula.Input#SCORE_DROP} each image goes from the layer to the logits once as it is, and once for each channel that is
     * not 0 already.
     *
     * @param images (N, H, W, C)
     * @param targets N rows; of no account where formulas read the activation alone, which saves the way back
     * @param formulas of {@link #INPUTS}, at least one
     * @throws InvalidInputException if there is no such layer, the images or targets do not fit the model, a formula reads something else or
     *     its parts do not fit each other, or it reads the score's drop and {@link #scoresFrom} has no scores for the layer
     */
    default void visit(String layer, FloatNdArray images, Targets targets, List<Formula> formulas, Visitor visitor) {
        Set<Formula.Input> read = Formula.require(formulas, INPUTS);
        Map<Formula.Input, FloatNdArray> inputs = new EnumMap<>(Formula.Input.class);
        if (read.contains(Formula.Input.GRADIENT)) {
            LayerGradients both = gradients(layer, images, targets);
            inputs.put(Formula.Input.ACTIVATION, both.activations());
            inputs.put(Formula.Input.GRADIENT, both.gradients());
        } else {
            inputs.put(Formula.Input.ACTIVATION, activations(layer, images));
        }
        boolean drops = read.contains(Formula.Input.SCORE_DROP);
        if (drops && targets.count() != images.shape().get(0)) {
            throw new InvalidInputException(
                    "%d targets for %d images; expected one for each",
                    targets.count(), images.shape().get(0));
        }
        Shape maps = inputs.get(Formula.Input.ACTIVATION).shape().tail();
        for (int n = 0; n < images.shape().get(0); n++) {
            Map<Formula.Input, float[]> own = new EnumMap<>(Formula.Input.class);
            for (var input : inputs.entrySet()) {
                own.put(input.getKey(), FloatArrays.flat(input.getValue().get(n)));
            }
            if (drops) {
                float[] activations = own.get(Formula.Input.ACTIVATION);
                own.put(
                        Formula.Input.SCORE_DROP,
                        ScoreDrops.of(this, layer, activations, maps, targets.rows(n, n + 1)));
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
     * A layer's output and the gradient with respect to it.
     *
     * @param activations (N, h, w, c)
     * @param gradients (N, h, w, c), in logits per unit of activation
     */
    record LayerGradients(FloatNdArray activations, FloatNdArray gradients) {}
}

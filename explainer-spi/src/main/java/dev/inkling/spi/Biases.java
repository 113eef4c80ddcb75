package dev.inkling.spi;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

/** A model's capability to say what the constants that it adds on the way contribute to the scores. Safe for use by several threads. */
public interface Biases {

    /** What formulas of contributions may read. */
    Set<Formula.Input> INPUTS = Set.of(Formula.Input.CONTRIBUTION);

    /**
     * b ⊙ ∂(Σₖ wₖ · logitₖ)/∂(z + b) for every operation that adds a bias b to what it computes from the image, z. In a network
     * of linear operations, ReLUs and max-pooling they add up to what image ⊙ gradient leaves open: Σ wₖ · logitₖ = Σ image ⊙
     * gradient + Σ contributions.
     *
     * @param images (N, H, W, C)
     * @param targets N rows
     * @return in the order of the forward pass; empty where the model adds no constant
     * @throws InvalidInputException if the images or targets do not fit the model
     */
    List<Contribution> contributions(FloatNdArray images, Targets targets);

    /**
     * What formulas make of them, image by image: together they may be many times larger than the images, and need not be in memory at
     * once. This implementation asks for the whole, and computes in double.
     *
     * @param images (N, H, W, C)
     * @param targets N rows
     * @param formulas of {@link Formula.Input#CONTRIBUTION}, at least one
     * @throws InvalidInputException as {@link #contributions} does, or if a formula reads something else or its parts do not fit each
     *     other
     */
    default void visit(FloatNdArray images, Targets targets, List<Formula> formulas, Visitor visitor) {
        Formula.require(formulas, INPUTS);
        List<Contribution> all = contributions(images, targets);
        for (int n = 0; n < images.shape().get(0); n++) {
            for (Contribution contribution : all) {
                FloatNdArray values = contribution.values().get(n);
                visitor.visit(
                        n,
                        contribution.operation(),
                        values.shape(),
                        Formula.evaluate(
                                formulas,
                                Map.of(Formula.Input.CONTRIBUTION, FloatArrays.flat(values)),
                                values.shape()));
            }
        }
    }

    /** What sees the contributions to one image after the other. */
    @FunctionalInterface
    interface Visitor {

        /**
         * Called for every image and operation: one image's in the order of the forward pass, images in any order, by several threads at
         * once.
         *
         * @param image its index, in [0, N)
         * @param operation its name
         * @param shape of its contribution, (h, w, c); a dense layer's is (1, 1, units)
         * @param values of each formula, in row-major order; something else's as soon as this returns
         */
        void visit(int image, String operation, Shape shape, List<float[]> values);
    }

    /**
     * What one operation's bias adds.
     *
     * @param operation its name
     * @param values (N, h, w, c), in logits; a dense layer's are (N, 1, 1, units)
     */
    record Contribution(String operation, FloatNdArray values) {}
}

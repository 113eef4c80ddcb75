package dev.inkling.spi;

import org.tensorflow.ndarray.FloatNdArray;

/**
 * A model's capability to run the backward pass with a rule other than the chain rule. Safe for use by several threads.
 */
public interface Propagation {

    /**
     * Sends the targets' weights back from the logits to the image by the rule.
     *
     * @param images (N, H, W, C)
     * @param targets N rows: what enters at the logits (LRP starts from weight · logit, the others from the weight)
     * @return (N, H, W, C)
     * @throws InvalidInputException if the images or targets do not fit the model, or the model holds an operation that
     *     the rule does not cover; the message names it
     */
    FloatNdArray propagate(FloatNdArray images, Targets targets, Rule rule);

    /** How a backward pass differs from the chain rule. g is the incoming gradient, x the input of an operation. */
    sealed interface Rule {

        /**
         * Guided backpropagation: g·1[g&gt;0]·1[x&gt;0] at every ReLU.
         *
         * @see <a href="https://arxiv.org/abs/1412.6806">Springenberg et al. 2014, Striving for Simplicity</a>
         */
        record Guided() implements Rule {}

        /**
         * Deconvolution: relu(g) at every ReLU, whatever its input was.
         *
         * @see <a href="https://arxiv.org/abs/1311.2901">Zeiler and Fergus 2013, Visualizing and Understanding
         *     Convolutional Networks</a>
         */
        record Deconvnet() implements Rule {}

        /**
         * Layer-wise relevance propagation, ε rule: the relevance R of z = Wx + b goes to x ⊙ Wᵀ(R / (z + ε·sign z)), with
         * sign 0 = +1 and ε absolute; ReLU passes relevance on, max-pooling gives it to the winner. The bias takes its
         * share, so relevance is conserved only up to that share and ε.
         *
         * @param epsilon ε &gt; 0, in units of the layer's output
         * @see <a href="https://doi.org/10.1371/journal.pone.0130140">Bach et al. 2015, On Pixel-Wise Explanations</a>
         */
        record LrpEpsilon(double epsilon) implements Rule {
            public LrpEpsilon {
                if (!(epsilon > 0)) {
                    throw new InvalidInputException("LRP's epsilon is %s, expected a number above 0", epsilon);
                }
            }
        }
    }
}

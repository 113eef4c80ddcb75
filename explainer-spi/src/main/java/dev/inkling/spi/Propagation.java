package dev.inkling.spi;

import java.util.Objects;
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
     * @throws InvalidInputException if the images or targets do not fit the model, or the model holds an operation that
     *     the rule does not cover; the message names it
     */
    Propagated propagate(FloatNdArray images, Targets targets, Rule rule);

    /**
     * What came back, and what there was to hand out.
     *
     * @param values (N, H, W, C)
     * @param scores (N, K), of the same pass: the logits; for {@link Rule.DeepLift} the logits less the baseline's. The
     *     targets' score of them is what a rule that conserves hands out, {@code targets.scores(scores)}
     */
    record Propagated(FloatNdArray values, FloatNdArray scores) {

        /**
         * What a rule that conserves leaves over or gives too much: the sum of each image's values less the targets' score.
         *
         * @param targets what was propagated
         * @return N numbers, in logits
         */
        public float[] deltas(Targets targets) {
            float[] all = FloatArrays.flat(values);
            float[] deltas = targets.scores(scores);
            int size = all.length / deltas.length;
            for (int n = 0; n < deltas.length; n++) {
                double sum = 0;
                for (int i = n * size; i < (n + 1) * size; i++) {
                    sum += all[i];
                }
                deltas[n] = (float) (sum - deltas[n]);
            }
            return deltas;
        }
    }

    /** How a backward pass differs from the chain rule. g is the incoming gradient, x the input of an operation. */
    sealed interface Rule {

        /**
         * Guided backpropagation: g·1[g&gt;0] in place of g at every activation function of the ReLU family, whose own
         * derivative follows: at a ReLU g·1[g&gt;0]·1[x&gt;0].
         *
         * @see <a href="https://arxiv.org/abs/1412.6806">Springenberg et al. 2014, Striving for Simplicity</a>
         */
        record Guided() implements Rule {}

        /**
         * Deconvolution: relu(g) at every activation function of the ReLU family, whatever its input was.
         *
         * @see <a href="https://arxiv.org/abs/1311.2901">Zeiler and Fergus 2013, Visualizing and Understanding
         *     Convolutional Networks</a>
         */
        record Deconvnet() implements Rule {}

        /**
         * Layer-wise relevance propagation: the relevance of a layer's outputs is divided among its inputs by a rule for each
         * kind of layer. A batch normalisation right after a convolution or a dense layer belongs to that layer, its weights
         * folded.
         *
         * <p>What has no weights has no choice: activation functions pass relevance on; of a pooling window the winner takes
         * all; averages divide it in proportion to the summands, xᵢ / (Σⱼ xⱼ + δ·sign), with the {@link LrpRule#STABILISER} δ;
         * concatenations hand each part its own; attention and gates, the factors that come
         * out of a softmax or a sigmoid, count as weights, so that all relevance goes to what they weigh (Ali et al. 2022).
         *
         * <p>Definitions are those of the library zennit 0.5 (its rules' default parameters and its {@code Norm} for averages
         * and sums), unless {@link LrpRule} says otherwise.
         *
         * @param first of the layers that read the image, with no convolution or dense layer before them
         * @param convolution of all other convolutions, depthwise ones too
         * @param dense of all other dense layers
         * @param sum of residual sums, which are layers with weights of 1 and no bias: ε or αβ
         * @see <a href="https://doi.org/10.1371/journal.pone.0130140">Bach et al. 2015, On Pixel-Wise Explanations</a>
         * @see <a href="https://arxiv.org/abs/2202.07304">Ali et al. 2022, XAI for Transformers</a>
         */
        record Lrp(LrpRule first, LrpRule convolution, LrpRule dense, LrpRule sum) implements Rule {

            public Lrp {
                Objects.requireNonNull(first, "first");
                for (LrpRule hidden : new LrpRule[] {convolution, dense}) {
                    if (hidden instanceof LrpRule.Box || hidden instanceof LrpRule.Pass) {
                        throw new InvalidInputException("LRP's rule %s is for the first layer only", hidden);
                    }
                }
                if (!(sum instanceof LrpRule.Epsilon || sum instanceof LrpRule.AlphaBeta)) {
                    throw new InvalidInputException("LRP's rule %s is not for sums; expected ε or αβ", sum);
                }
            }

            /** Sums divided in proportion to their summands. */
            public Lrp(LrpRule first, LrpRule convolution, LrpRule dense) {
                this(first, convolution, dense, new LrpRule.Epsilon(LrpRule.STABILISER));
            }

            /** One rule for all layers with weights, sums divided in proportion to their summands. */
            public Lrp(LrpRule everywhere) {
                this(everywhere, everywhere, everywhere);
            }
        }

        /**
         * DeepLIFT's rescale rule: multipliers m = Δy/Δx in place of derivatives, Δ being the difference between the image and
         * a baseline; what arrives at the image is m ⊙ (x − baseline), and sums to the difference of the scores.
         *
         * <p>Activation functions: m = Δy/Δx, and where Δx is 0 the derivative. Of a max-pooling window with outputs y, and y₀ at
         * the baseline, max(y, y₀) − y₀ is credited to the image's winner and y − max(y, y₀) to the baseline's, and m is what a
         * place is credited with divided by its own Δx, 0 where that is 0. A product of two values: each is multiplied by the
         * mean of the other at image and baseline. A softmax: exponentials, their sum and a quotient, one by one. Everything
         * linear: the derivative.
         *
         * <p>Complete also where a ReLU feeds a max-pooling. Captum's is not there: it reads a gradient of before the pooling.
         *
         * @param baseline (N, H, W, C), one for each image; not copied, and not to be changed
         * @see <a href="https://arxiv.org/abs/1704.02685">Shrikumar et al. 2017, Learning Important Features Through
         *     Propagating Activation Differences</a>
         */
        record DeepLift(FloatNdArray baseline) implements Rule {

            public DeepLift {
                Objects.requireNonNull(baseline, "baseline");
            }
        }
    }
}

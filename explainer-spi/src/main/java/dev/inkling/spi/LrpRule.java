package dev.inkling.spi;

/**
 * How layer-wise relevance propagation divides the relevance R of an output z = Σᵢ xᵢwᵢ + b of a layer with weights among its
 * inputs. Every rule is a share: cᵢ / (Σⱼ cⱼ + β) of R for contributions cᵢ, where β, what is made of the bias, takes its
 * share too and loses it. Superscripts ⁺ and ⁻ keep what is above and below zero, and leave zero otherwise. A sign of 0 is +1.
 *
 * @see <a href="https://doi.org/10.1007/978-3-030-28954-6_10">Montavon et al. 2019, Layer-Wise Relevance Propagation: An
 *     Overview</a>
 */
public sealed interface LrpRule {

    /** Keeps the denominators of all rules but ε from zero: added with their own sign. */
    double STABILISER = 1e-6;

    /**
     * z⁺: of each output the positive contributions share, (xᵢwᵢ)⁺ / (Σⱼ (xⱼwⱼ)⁺ + b⁺). The same as {@link AlphaBeta} with
     * β = 0.
     */
    static LrpRule zPlus() {
        return new AlphaBeta(0, true);
    }

    /**
     * ε: xᵢwᵢ / (z + ε·sign z). A large ε absorbs what is weak or contradicts itself. Absolute: in units of the layer's output.
     *
     * @param epsilon ε &gt; 0
     */
    record Epsilon(double epsilon) implements LrpRule {
        public Epsilon {
            if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
                throw new InvalidInputException("LRP's epsilon is %s, expected a number above 0", epsilon);
            }
        }
    }

    /**
     * γ: contributions that agree with the sign of the output count 1 + γ times. Where z &gt; 0, cᵢ = xᵢwᵢ + γ(xᵢwᵢ)⁺ and
     * β = b + γb⁺; where z &lt; 0, the same with ⁻ in place of ⁺; z = 0 passes nothing on. For xᵢ ≥ 0 and z &gt; 0, as behind
     * a ReLU, this is the overview's w + γw⁺.
     *
     * @param gamma γ ≥ 0
     */
    record Gamma(double gamma) implements LrpRule {
        public Gamma {
            if (!(gamma >= 0 && gamma < Double.POSITIVE_INFINITY)) {
                throw new InvalidInputException("LRP's gamma is %s, expected a number of at least 0", gamma);
            }
        }
    }

    /**
     * αβ with α = 1 + β: positive and negative contributions apart, α·(xᵢwᵢ)⁺ / (Σⱼ (xⱼwⱼ)⁺ + b⁺) less
     * β·(xᵢwᵢ)⁻ / (Σⱼ (xⱼwⱼ)⁻ + b⁻).
     *
     * @param beta β ≥ 0
     * @param bias whether the bias takes its share; without, all relevance is handed on wherever there is a contribution, as in
     *     deep Taylor decomposition
     */
    record AlphaBeta(double beta, boolean bias) implements LrpRule {
        public AlphaBeta {
            if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
                throw new InvalidInputException("LRP's beta is %s, expected a number of at least 0", beta);
            }
        }
    }

    /**
     * zᴮ, for pixels that lie in a box: cᵢ = xᵢwᵢ − low·wᵢ⁺ − high·wᵢ⁻, at least 0 for every pixel in the box; no bias.
     *
     * @param low the least a pixel can be
     * @param high the most
     */
    record Box(double low, double high) implements LrpRule {
        public Box {
            if (!(low < high)) {
                throw new InvalidInputException("LRP's box [%s, %s] is empty", low, high);
            }
        }
    }

    /** Relevance goes on as it is: for a layer whose outputs correspond to its inputs one by one. */
    record Pass() implements LrpRule {}
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Model;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * The gradient of the target's score with g·1[g&gt;0]·1[x&gt;0] in place of g·1[x&gt;0] at every ReLU, g coming in from
 * above and x being the ReLU's input: only what excites, layer by layer. The map is (N, H, W, C), in logits per unit of
 * input.
 *
 * <p>Not for telling classes apart: it recovers edges and depends only weakly on the target and the upper layers (Nie,
 * Zhang and Patel 2018; Adebayo et al. 2018).
 *
 * @see <a href="https://arxiv.org/abs/1412.6806">Springenberg et al. 2014, Striving for Simplicity</a>
 */
public final class GuidedBackprop implements Explainer {

    private static final Attribution.Contract CONTRACT =
            new Attribution.Contract(Sign.SIGNED, false, "logits per unit of input");

    /** None. */
    public record Options() {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        targets.require(model.signature().requireImages(images), model.signature());
        return new Attribution(
                model.require(Propagation.class)
                        .propagate(images, targets, new Propagation.Rule.Guided())
                        .values(),
                CONTRACT);
    }

    /** Registers {@code guided-backprop}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "guided-backprop",
                    "Guided backpropagation",
                    "The gradient of the score with everything that inhibits held back at each ReLU.",
                    "Springenberg, Dosovitskiy, Brox, Riedmiller (2014): Striving for Simplicity: The All Convolutional"
                            + " Net. https://arxiv.org/abs/1412.6806",
                    ExplainerCard.Family.PROPAGATION,
                    Set.of(Propagation.class),
                    CONTRACT);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new GuidedBackprop();
        }
    }
}

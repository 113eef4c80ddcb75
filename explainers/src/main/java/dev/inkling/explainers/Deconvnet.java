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
 * The gradient of the target's score with relu(g) in place of g·1[x&gt;0] at every ReLU, g coming in from above and x being the
 * ReLU's input: what would excite, whether or not the unit was active. The map is (N, H, W, C), in logits per unit of input.
 *
 * <p>Not for telling classes apart, nor for networks without max-pooling, whose switches are all that ties the map to the image
 * (Mahendran and Vedaldi 2016). Where an image has equal values, as a black background has, ties in pooling decide the map.
 *
 * @see <a href="https://arxiv.org/abs/1311.2901">Zeiler and Fergus 2013, Visualizing and Understanding Convolutional
 *     Networks</a>
 */
public final class Deconvnet implements Explainer {

    private static final Attribution.Contract CONTRACT =
            new Attribution.Contract(Sign.SIGNED, false, "logits per unit of input");

    /** None. */
    public record Options() {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        targets.require(model.signature().requireImages(images), model.signature());
        return new Attribution(
                model.require(Propagation.class)
                        .propagate(images, targets, new Propagation.Rule.Deconvnet())
                        .values(),
                CONTRACT);
    }

    /** Registers {@code deconvnet}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "deconvnet",
                    "Deconvnet",
                    "The gradient of the score with only what excites sent on at each ReLU, active or not.",
                    "Zeiler, Fergus (2013): Visualizing and Understanding Convolutional Networks."
                            + " https://arxiv.org/abs/1311.2901",
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
            return new Deconvnet();
        }
    }
}

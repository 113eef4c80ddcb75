package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * x · ∂s/∂x for each value x of the image, s being the target's score: what the score would lose if it were linear and the
 * value went to 0. The map is (N, H, W, C), in logits. On a network of ReLUs without biases it sums to the score.
 *
 * <p>Not for values of 0: they get nothing whatever they mean. And what counts as 0 is a matter of how images are scaled, so
 * two models that say the same of rescaled images get different maps.
 *
 * @see <a href="https://arxiv.org/abs/1605.01713">Shrikumar et al. 2016, Not Just a Black Box: Learning Important Features
 *     Through Propagating Activation Differences</a>
 */
public final class InputXGradient implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, false, "logits");

    /** There are none. */
    public record Options() {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        targets.require(model.signature().requireImages(images), model.signature());
        float[] map = FloatArrays.flat(model.require(Gradients.class).gradients(images, targets));
        float[] pixels = FloatArrays.flat(images);
        for (int i = 0; i < map.length; i++) {
            map[i] *= pixels[i];
        }
        return new Attribution(FloatArrays.of(map, images.shape().asArray()), CONTRACT);
    }

    /** Registers {@code input-x-gradient}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "input-x-gradient",
                    "Input × gradient",
                    "The gradient of the score times the pixel: what each adds to the score to first order.",
                    "Shrikumar, Greenside, Shcherbina, Kundaje (2016): Not Just a Black Box: Learning Important Features"
                            + " Through Propagating Activation Differences. https://arxiv.org/abs/1605.01713",
                    ExplainerCard.Family.GRADIENT,
                    Set.of(Gradients.class),
                    CONTRACT);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new InputXGradient();
        }
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * |∂s/∂x| for each value x of the image, s being the target's score: how much the score reacts to a small change there.
 * The map is (N, H, W, C), in logits per unit of input, at least zero unless {@code absolute} is off.
 *
 * <p>Not for asking which pixels made the score: the gradient is local, noisy, and flat where the network is saturated.
 *
 * @see <a href="https://arxiv.org/abs/1312.6034">Simonyan, Vedaldi and Zisserman 2013, Deep Inside Convolutional
 *     Networks</a>
 */
public final class Saliency implements Explainer {

    private static final String UNIT = "logits per unit of input";

    private final Options options;

    public Saliency(Options options) {
        this.options = options;
    }

    /** @param absolute whether to drop the gradient's sign */
    public record Options(
            @Option(value = "true", help = "drop the gradient's sign; false keeps it")
            boolean absolute) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        targets.require(model.signature().requireImages(images), model.signature());
        float[] gradients = FloatArrays.flat(model.require(Gradients.class).gradients(images, targets));
        if (options.absolute()) {
            for (int i = 0; i < gradients.length; i++) {
                gradients[i] = Math.abs(gradients[i]);
            }
        }
        return new Attribution(
                FloatArrays.of(gradients, images.shape().asArray()),
                new Attribution.Contract(options.absolute() ? Sign.POSITIVE : Sign.SIGNED, false, UNIT));
    }

    /** Registers {@code saliency}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "saliency",
                    "Saliency",
                    "How strongly the score reacts to a small change of each pixel.",
                    "Simonyan, Vedaldi, Zisserman (2013): Deep Inside Convolutional Networks: Visualising Image"
                            + " Classification Models and Saliency Maps. https://arxiv.org/abs/1312.6034",
                    ExplainerCard.Family.GRADIENT,
                    Set.of(Gradients.class),
                    new Attribution.Contract(Sign.POSITIVE, false, UNIT));
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new Saliency(options);
        }
    }
}

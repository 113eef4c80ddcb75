package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Model;
import dev.inkling.spi.Option;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Propagated;
import dev.inkling.spi.Targets;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * DeepLIFT by the rescale rule ({@link Propagation.Rule.DeepLift}): the difference of the target's score between the image and a
 * baseline, divided among the pixels by what each unit's difference makes of it. The map is (N, H, W, C), in logits; one
 * backward pass, where integrated gradients need many.
 *
 * <p>Diagnostic {@code convergence delta}: the sum of an image's values less the difference of scores, in logits; rounding and no
 * more.
 *
 * <p>Not where the baseline means something: all is relative to it, and what equals it gets nothing. Nor where two
 * implementations of one function must be explained alike (Sundararajan, Taly and Yan 2017).
 *
 * @see <a href="https://arxiv.org/abs/1704.02685">Shrikumar et al. 2017, Learning Important Features Through Propagating
 *     Activation Differences</a>
 */
public final class DeepLift implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, true, "logits");

    private final Options options;

    public DeepLift(Options options) {
        this.options = options;
    }

    /** @param baseline what the image is compared with */
    public record Options(
            @Option(
                    value = "0",
                    help = "what the image is compared with: a number, black, white, uniform:SEED, blur:SIGMA or mean")
            Baseline baseline) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        targets.require(model.signature().requireImages(images), model.signature());
        Propagation propagation = model.require(Propagation.class);
        Propagated found = propagation.propagate(
                images,
                targets,
                new Propagation.Rule.DeepLift(options.baseline().forImages(model, images)));
        return new Attribution(found.values(), CONTRACT).with("convergence delta", found.deltas(targets));
    }

    /** Registers {@code deeplift}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "deeplift",
                    "DeepLIFT",
                    "The score's difference to a baseline image, divided by what each unit's difference makes of it.",
                    "Shrikumar, Greenside, Kundaje (2017): Learning Important Features Through Propagating Activation"
                            + " Differences. https://arxiv.org/abs/1704.02685",
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
            return new DeepLift(options);
        }
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * The mean of ∂s/∂(x + ε) over n noisy copies of the image, ε ~ N(0, σ²) for each value, σ = noise · (max x − min x) of
 * this image; s is the target's score. Noisy copies are not clipped. The map is (N, H, W, C), in logits per unit of input.
 *
 * <p>Modes: {@code mean} keeps the sign; {@code square} is the mean of squared gradients; {@code variance} is their
 * variance, divided by n. It is a {@link NoiseTunnel} around the signed {@link Saliency}.
 *
 * <p>Not for asking about this very image: the answer is about its neighbourhood, and on a plain background much of the
 * noise lands where no real image has any.
 *
 * @see <a href="https://arxiv.org/abs/1706.03825">Smilkov et al. 2017, SmoothGrad: removing noise by adding noise</a>
 */
public final class SmoothGrad implements Explainer {

    private static final Saliency GRADIENT = new Saliency(new Saliency.Options(false));

    private final NoiseTunnel tunnel;

    public SmoothGrad(Options options) {
        this.tunnel = new NoiseTunnel(
                GRADIENT, new NoiseTunnel.Options(options.samples(), options.noise(), options.mode(), options.seed()));
    }

    /**
     * @param samples n, noisy copies of each image
     * @param noise σ as a part of the image's max − min
     * @param mode what becomes of the gradients
     * @param seed of the noise
     */
    public record Options(
            @Option(value = "50", min = 1, max = 10_000, help = "noisy copies of each image")
            int samples,

            @Option(
                    value = "0.15",
                    min = 0,
                    max = 10,
                    help = "standard deviation of the noise, as a part of the image's max - min")
            double noise,

            @Option(value = "mean", help = "mean of the gradients, mean of their squares, or their variance")
            NoiseTunnel.Mode mode,

            @Option(value = "0", help = "same seed, same noise")
            long seed) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        return tunnel.explain(model, images, targets);
    }

    /** Registers {@code smooth-grad}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "smooth-grad",
                    "SmoothGrad",
                    "The gradient of the score averaged over noisy copies of the image.",
                    "Smilkov, Thorat, Kim, Viégas, Wattenberg (2017): SmoothGrad: removing noise by adding noise."
                            + " https://arxiv.org/abs/1706.03825",
                    ExplainerCard.Family.GRADIENT,
                    Set.of(Gradients.class),
                    new Attribution.Contract(Sign.SIGNED, false, "logits per unit of input"));
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new SmoothGrad(options);
        }

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return OptionalLong.of(2L * options.samples());
        }
    }
}

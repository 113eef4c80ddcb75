package dev.inkling.plugins.integratedgradients;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * (x − x′) · ∫₀¹ ∂s/∂x at x′ + α(x − x′) dα for each value x of the image, s being the target's score and x′ a baseline of
 * one value for every pixel. The map is (N, H, W, C), in logits, and sums to s(x) − s(x′) up to the error of the integral.
 *
 * <p>Diagnostic {@code convergence delta}: that error, Σ map − (s(x) − s(x′)); more steps make it smaller. The steps of
 * an image are one batch.
 *
 * <p>Not for pixels that equal the baseline: they get zero whatever they mean (on a black baseline, black ones).
 *
 * @see <a href="https://arxiv.org/abs/1703.01365">Sundararajan, Taly and Yan 2017, Axiomatic Attribution for Deep
 *     Networks</a>
 */
public final class IntegratedGradients implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, true, "logits");

    private final float baseline;
    private final Quadrature quadrature;

    public IntegratedGradients(Options options) {
        this.baseline = (float) options.baseline();
        this.quadrature = options.rule().quadrature(options.steps());
    }

    /** Where on the path from the baseline to the image gradients are taken, and how they are weighed. */
    public enum Rule {
        /** The most exact for smooth functions. */
        GAUSS_LEGENDRE,
        /** Evenly spaced from end to end, both ends with half the weight of the others. */
        TRAPEZOID,
        /** The middles of equal intervals. */
        MIDPOINT;

        private Quadrature quadrature(int steps) {
            return switch (this) {
                case GAUSS_LEGENDRE -> Quadrature.gaussLegendre(steps);
                case TRAPEZOID -> Quadrature.trapezoid(steps);
                case MIDPOINT -> Quadrature.midpoint(steps);
            };
        }
    }

    /**
     * @param steps points on the path
     * @param rule where they are and how they are weighed
     * @param baseline x′, the value of every pixel where the path begins
     */
    public record Options(
            @Option(value = "50", min = 1, max = 1000, help = "points on the path from the baseline to the image")
            int steps,

            @Option(value = "gauss-legendre", help = "where the points are and how they are weighed")
            Rule rule,

            @Option(value = "0", help = "value of every pixel where the path begins, in the image's units")
            double baseline) {

        public Options {
            if (rule == Rule.TRAPEZOID && steps < 2) {
                throw new InvalidInputException(
                        "rule trapezoid needs both ends of the path, at least 2 steps; found %d", steps);
            }
        }
    }

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        Gradients gradients = model.require(Gradients.class);

        int steps = quadrature.nodes().length;
        int size = signature.imageSize();
        float[] pixels = FloatArrays.flat(images);
        float[] maps = new float[pixels.length];
        float[] deltas = new float[count];
        float[] ends = targets.scores(model.scores(images));
        float[] starts = startScores(model, targets);
        for (int n = 0; n < count; n++) {
            float[] path = path(pixels, n * size, size);
            float[] slopes = FloatArrays.flat(gradients.gradients(
                    FloatArrays.of(path, steps, signature.height(), signature.width(), signature.channels()),
                    targets.repeat(n, steps)));
            double total = 0;
            for (int i = 0; i < size; i++) {
                double integral = 0;
                for (int step = 0; step < steps; step++) {
                    integral += quadrature.weights()[step] * slopes[step * size + i];
                }
                float value = (float) (((double) pixels[n * size + i] - baseline) * integral);
                maps[n * size + i] = value;
                total += value;
            }
            deltas[n] = (float) (total - ((double) ends[n] - starts[n]));
        }
        return new Attribution(FloatArrays.of(maps, images.shape().asArray()), CONTRACT)
                .with("convergence delta", deltas);
    }

    /** One image as it grows from the baseline: (steps, size). */
    private float[] path(float[] pixels, int offset, int size) {
        float[] path = new float[quadrature.nodes().length * size];
        for (int i = 0; i < path.length; i++) {
            double pixel = pixels[offset + i % size];
            path[i] = (float) (baseline + quadrature.nodes()[i / size] * (pixel - baseline));
        }
        return path;
    }

    /** Each target's score at the baseline, which is the same for all images and asked for once. */
    private float[] startScores(Model model, Targets targets) {
        ModelSignature signature = model.signature();
        float[] start = new float[signature.imageSize()];
        Arrays.fill(start, baseline);
        float[] logits = FloatArrays.flat(
                model.scores(FloatArrays.of(start, 1, signature.height(), signature.width(), signature.channels())));
        float[] repeated = new float[targets.count() * logits.length];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = logits[i % logits.length];
        }
        return targets.scores(FloatArrays.of(repeated, targets.count(), logits.length));
    }

    /** Registers {@code integrated-gradients}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "integrated-gradients",
                    "Integrated gradients",
                    "How the score's rise from an empty image to this one divides among the pixels.",
                    "Sundararajan, Taly, Yan (2017): Axiomatic Attribution for Deep Networks."
                            + " https://arxiv.org/abs/1703.01365",
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
            return new IntegratedGradients(options);
        }
    }
}

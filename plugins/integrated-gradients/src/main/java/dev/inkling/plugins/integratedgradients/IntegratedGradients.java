package dev.inkling.plugins.integratedgradients;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Parallel;
import dev.inkling.spi.Targets;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * (x − x′) · ∫₀¹ ∂s/∂x at x′ + α(x − x′) dα for each value x of the image, s being the target's score and x′ a
 * {@link Baseline}: black, one value, noise, the image blurred, the mean of reference images or an image of one's own. The map is
 * (N, H, W, C), in logits, and sums to s(x) − s(x′) up to the error of the integral.
 *
 * <p>Diagnostic {@code convergence delta}: that error, Σ map − (s(x) − s(x′)); more steps make it smaller.
 *
 * <p>Not for pixels that equal the baseline: they get zero whatever they mean (on a black baseline, black ones). Noise as a
 * baseline leaves none out, but a single one shows in the map: average the maps of several seeds.
 *
 * @see <a href="https://arxiv.org/abs/1703.01365">Sundararajan, Taly and Yan 2017, Axiomatic Attribution for Deep
 *     Networks</a>
 */
public final class IntegratedGradients implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, true, "logits");

    /** Points on the path in a batch: larger ones fall out of the processor's cache and gain nothing. */
    private static final int BATCH = 128;

    /** Values in the batches of all images at work, so that large images do not fill the memory. */
    private static final int VALUES = 1 << 24;

    private final Baseline baseline;
    private final Quadrature quadrature;

    public IntegratedGradients(Options options) {
        this.baseline = options.baseline();
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
     * @param baseline x′, where the path begins
     */
    public record Options(
            @Option(value = "50", min = 1, max = 1000, help = "points on the path from the baseline to the image")
            int steps,

            @Option(value = "gauss-legendre", help = "where the points are and how they are weighed")
            Rule rule,

            @Option(
                    value = "0",
                    help = "where the path begins: a number, black, white, uniform:SEED, blur:SIGMA or mean")
            Baseline baseline) {

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

        int size = signature.imageSize();
        float[] pixels = FloatArrays.flat(images);
        FloatNdArray baselines = baseline.forImages(model, images);
        float[] starts = FloatArrays.flat(baselines);
        float[] maps = new float[pixels.length];
        float[] deltas = new float[count];
        float[] endScores = targets.scores(model.scores(images));
        float[] startScores = targets.scores(model.scores(baselines));
        // Several images at once: while the points of one are laid out, another's gradients are computed.
        Parallel.forEach(count, n -> {
            double[] integral = integral(gradients, signature, starts, pixels, n, targets);
            double total = 0;
            for (int i = 0; i < size; i++) {
                int at = n * size + i;
                maps[at] = (float) (((double) pixels[at] - starts[at]) * integral[i]);
                total += maps[at];
            }
            deltas[n] = (float) (total - ((double) endScores[n] - startScores[n]));
        });
        return new Attribution(FloatArrays.of(maps, images.shape().asArray()), CONTRACT)
                .with("convergence delta", deltas);
    }

    /** Of one image's gradients along the path; the number of points at work at once is bounded, whatever the steps and the images. */
    private double[] integral(
            Gradients gradients, ModelSignature signature, float[] starts, float[] ends, int image, Targets targets) {
        int size = signature.imageSize();
        int steps = quadrature.nodes().length;
        int atWork = Math.min(targets.count(), Runtime.getRuntime().availableProcessors());
        int batch = Math.max(1, Math.min(BATCH, VALUES / atWork / size));
        double[] integral = new double[size];
        for (int from = 0; from < steps; from += batch) {
            int held = Math.min(batch, steps - from);
            float[] points = new float[held * size];
            for (int step = 0; step < held; step++) {
                double along = quadrature.nodes()[from + step];
                for (int i = 0; i < size; i++) {
                    double start = starts[image * size + i];
                    points[step * size + i] = (float) (start + along * (ends[image * size + i] - start));
                }
            }
            float[] slopes = FloatArrays.flat(gradients.gradients(
                    FloatArrays.of(points, held, signature.height(), signature.width(), signature.channels()),
                    targets.repeat(image, held)));
            for (int step = 0; step < held; step++) {
                double weight = quadrature.weights()[from + step];
                for (int i = 0; i < size; i++) {
                    integral[i] += weight * slopes[step * size + i];
                }
            }
        }
        return integral;
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

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return OptionalLong.of(2L * options.steps() + 2);
        }
    }
}

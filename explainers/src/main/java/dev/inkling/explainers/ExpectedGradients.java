package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Background;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Parallel;
import dev.inkling.spi.Targets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * E[(x − x′) · ∂s/∂x at x′ + α(x − x′)] over reference images x′ and α uniform in [0, 1], s being the target's score: the mean
 * of integrated gradients from all {@link Background} images, estimated by one point on each of n paths. The map is
 * (N, H, W, C), in logits.
 *
 * <p>References come in turn, in an order that is drawn for the image: with n a multiple of their number each is used equally
 * often. The unit interval is cut into n parts and each α is drawn from another. Both make the estimate more exact than
 * independent draws and leave its expectation alone.
 *
 * <p>Diagnostic {@code convergence delta}: Σ map − (s(x) − the mean of s over all references), which tends to 0 as samples grow.
 *
 * <p>Not for asking what is in this image when the references hold it too: what it has in common with them cancels.
 *
 * @see <a href="https://arxiv.org/abs/1906.10670">Erion et al. 2019, Improving performance of deep learning models with
 *     axiomatic attribution priors and expected gradients</a>
 */
public final class ExpectedGradients implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, false, "logits");

    private final Options options;

    public ExpectedGradients(Options options) {
        this.options = options;
    }

    /**
     * @param samples n, paths of which a point is drawn
     * @param seed of the order of references and the points
     */
    public record Options(
            @Option(value = "200", min = 1, max = 100_000, help = "points between reference images and the image")
            int samples,

            @Option(value = "0", help = "same seed, same points")
            long seed) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        int count = model.signature().requireImages(images);
        targets.require(count, model.signature());
        PointGradients gradients = new PointGradients(model, targets);
        FloatNdArray background = model.require(Background.class).images();
        float[] references = FloatArrays.flat(background);
        int size = model.signature().imageSize();
        int samples = options.samples();
        float[] pixels = FloatArrays.flat(images);
        float[] maps = new float[pixels.length];
        float[] deltas = new float[count];
        float[] ends = targets.scores(model.scores(images));
        double[] starts = meanScores(FloatArrays.flat(model.scores(background)), targets);
        Parallel.forEach(count, n -> {
            int offset = n * size;
            RandomGenerator random = ImageRandom.of(options.seed(), pixels, offset, size);
            int[] order = shuffled(references.length / size, random);
            double[] sums = new double[size];
            gradients.forImage(
                    n,
                    samples,
                    (sample, to, at) -> {
                        int reference = order[sample % order.length] * size;
                        double alpha = (sample + random.nextDouble()) / samples;
                        for (int i = 0; i < size; i++) {
                            double start = references[reference + i];
                            to[at + i] = (float) (start + alpha * (pixels[offset + i] - start));
                        }
                    },
                    (sample, points, slopes, at) -> {
                        int reference = order[sample % order.length] * size;
                        for (int i = 0; i < size; i++) {
                            sums[i] += ((double) pixels[offset + i] - references[reference + i]) * slopes[at + i];
                        }
                    });
            double total = 0;
            for (int i = 0; i < size; i++) {
                maps[offset + i] = (float) (sums[i] / samples);
                total += maps[offset + i];
            }
            deltas[n] = (float) (total - (ends[n] - starts[n]));
        });
        return new Attribution(FloatArrays.of(maps, images.shape().asArray()), CONTRACT)
                .with("convergence delta", deltas);
    }

    private static int[] shuffled(int count, RandomGenerator random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    /**
     * The mean of each target's score over the references.
     *
     * @param logits (M, K) of the references
     */
    static double[] meanScores(float[] logits, Targets targets) {
        int classes = targets.classCount();
        double[] means = new double[classes];
        for (int i = 0; i < logits.length; i++) {
            means[i % classes] += logits[i];
        }
        float[] weights = FloatArrays.flat(targets.weights());
        double[] scores = new double[targets.count()];
        for (int i = 0; i < weights.length; i++) {
            scores[i / classes] += weights[i] * means[i % classes] / (logits.length / classes);
        }
        return scores;
    }

    /** Registers {@code expected-gradients}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "expected-gradients",
                    "Expected gradients",
                    "How the score's rise from typical images to this one divides among the pixels.",
                    "Erion, Janizek, Sturmfels, Lundberg, Lee (2019): Improving performance of deep learning models with"
                            + " axiomatic attribution priors and expected gradients. https://arxiv.org/abs/1906.10670",
                    ExplainerCard.Family.GRADIENT,
                    new LinkedHashSet<>(List.of(Gradients.class, Background.class)),
                    CONTRACT);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new ExpectedGradients(options);
        }

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            // The references' scores come once for all images.
            return OptionalLong.of(2L * options.samples() + 1);
        }
    }
}

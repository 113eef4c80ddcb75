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
 * The mean of (z − x′) · ∂s/∂x at x′ + α(z − x′) over n independent draws of a noisy copy z = x + ε of the image, a reference
 * x′ out of the {@link Background} and α uniform in [0, 1]; ε ~ N(0, σ²) for each value, σ = noise · (max x − min x) of this
 * image; s is the target's score. The map is (N, H, W, C), in logits.
 *
 * <p>As Captum and SHAP define it. {@link ExpectedGradients} is the same without the noise, and spreads references and α evenly
 * where here they are drawn independently, so that it needs fewer samples for the same exactness.
 *
 * <p>Diagnostic {@code convergence delta}: Σ map − (s(x) − the mean of s over all references). It holds the error of sampling
 * and what the noise changes.
 *
 * <p>Not for sharp maps: it averages over neighbours of the image and over references at once, and both blur.
 *
 * @see <a href="https://arxiv.org/abs/1705.07874">Lundberg and Lee 2017, A Unified Approach to Interpreting Model
 *     Predictions</a>
 */
public final class GradientShap implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, false, "logits");

    private final Options options;

    public GradientShap(Options options) {
        this.options = options;
    }

    /**
     * @param samples n, draws
     * @param noise σ as a part of the image's max − min
     * @param seed of noise, references and points
     */
    public record Options(
            @Option(
                    value = "200",
                    min = 1,
                    max = 100_000,
                    help = "draws of noise, a reference image and a point between")
            int samples,

            @Option(
                    value = "0.1",
                    min = 0,
                    max = 10,
                    help = "standard deviation of the noise, as a part of the image's max - min")
            double noise,

            @Option(value = "0", help = "same seed, same draws")
            long seed) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        int count = model.signature().requireImages(images);
        targets.require(count, model.signature());
        PointGradients gradients = new PointGradients(model, targets);
        FloatNdArray background = model.require(Background.class).images();
        float[] references = FloatArrays.flat(background);
        int size = model.signature().imageSize();
        float[] pixels = FloatArrays.flat(images);
        float[] maps = new float[pixels.length];
        float[] deltas = new float[count];
        float[] ends = targets.scores(model.scores(images));
        double[] starts = ExpectedGradients.meanScores(FloatArrays.flat(model.scores(background)), targets);
        Parallel.forEach(count, n -> {
            int offset = n * size;
            RandomGenerator random = ImageRandom.of(options.seed(), pixels, offset, size);
            ImageNoise noise = new ImageNoise(options.noise(), pixels, offset, size);
            double[] sums = new double[size];
            // z − x′ of every point in a batch, in the places of the points.
            float[] distances = new float[Math.min(options.samples(), BatchSize.of(size, count)) * size];
            gradients.forImage(
                    n,
                    options.samples(),
                    (sample, to, at) -> {
                        int reference = random.nextInt(references.length / size) * size;
                        double alpha = random.nextDouble();
                        noise.add(random, to, at);
                        for (int i = 0; i < size; i++) {
                            float start = references[reference + i];
                            distances[at + i] = to[at + i] - start;
                            to[at + i] = (float) (start + alpha * distances[at + i]);
                        }
                    },
                    (sample, points, slopes, at) -> {
                        for (int i = 0; i < size; i++) {
                            sums[i] += (double) distances[at + i] * slopes[at + i];
                        }
                    });
            double total = 0;
            for (int i = 0; i < size; i++) {
                maps[offset + i] = (float) (sums[i] / options.samples());
                total += maps[offset + i];
            }
            deltas[n] = (float) (total - (ends[n] - starts[n]));
        });
        return new Attribution(FloatArrays.of(maps, images.shape().asArray()), CONTRACT)
                .with("convergence delta", deltas);
    }

    /** Registers {@code gradient-shap}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "gradient-shap",
                    "Gradient SHAP",
                    "How the score's rise from typical images to this one and its noisy copies divides among the pixels.",
                    "Lundberg, Lee (2017): A Unified Approach to Interpreting Model Predictions."
                            + " https://arxiv.org/abs/1705.07874",
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
            return new GradientShap(options);
        }

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            // The references' scores come once for all images.
            return OptionalLong.of(2L * options.samples() + 1);
        }
    }
}

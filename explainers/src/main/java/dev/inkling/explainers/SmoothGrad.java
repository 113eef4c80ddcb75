package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.Model;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * The mean of ∂s/∂(x + ε) over n noisy copies of the image, ε ~ N(0, σ²) for each value, σ = noise · (max x − min x) of
 * this image; s is the target's score. Noisy copies are not clipped. The map is (N, H, W, C), in logits per unit of input.
 *
 * <p>Modes: {@code mean} keeps the sign; {@code square} is the mean of squared gradients; {@code variance} is their
 * variance, divided by n. The noise of an image depends on the seed and the image alone, drawn copy by copy in the order
 * of its values. Each image is one batch of n copies.
 *
 * <p>Not for asking about this very image: the answer is about its neighbourhood, and on a plain background much of the
 * noise lands where no real image has any.
 *
 * @see <a href="https://arxiv.org/abs/1706.03825">Smilkov et al. 2017, SmoothGrad: removing noise by adding noise</a>
 */
public final class SmoothGrad implements Explainer {

    private static final String UNIT = "logits per unit of input";

    private final Options options;

    public SmoothGrad(Options options) {
        this.options = options;
    }

    /** What becomes of the gradients of the noisy copies. */
    public enum Mode {
        /** Their mean. */
        MEAN(Sign.SIGNED, UNIT),
        /** The mean of their squares. */
        SQUARE(Sign.POSITIVE, "(" + UNIT + ")²"),
        /** Their variance, divided by the number of samples. */
        VARIANCE(Sign.POSITIVE, "(" + UNIT + ")²");

        private final Attribution.Contract contract;

        Mode(Sign sign, String unit) {
            this.contract = new Attribution.Contract(sign, false, unit);
        }
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
            Mode mode,

            @Option(value = "0", help = "same seed, same noise")
            long seed) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        int count = model.signature().requireImages(images);
        targets.require(count, model.signature());
        Gradients gradients = model.require(Gradients.class);
        float[] pixels = FloatArrays.flat(images);
        int size = model.signature().imageSize();
        float[] result = new float[pixels.length];
        long[] copies = images.shape().asArray();
        copies[0] = options.samples();
        for (int n = 0; n < count; n++) {
            float[] noisy = noisyCopies(pixels, n * size, size);
            reduce(
                    FloatArrays.flat(
                            gradients.gradients(FloatArrays.of(noisy, copies), targets.repeat(n, options.samples()))),
                    result,
                    n * size,
                    size);
        }
        return new Attribution(FloatArrays.of(result, images.shape().asArray()), options.mode().contract);
    }

    private float[] noisyCopies(float[] pixels, int offset, int size) {
        double deviation = options.noise() * range(pixels, offset, size);
        RandomGenerator random = ImageRandom.of(options.seed(), pixels, offset, size);
        float[] noisy = new float[options.samples() * size];
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = (float) (pixels[offset + i % size] + deviation * random.nextGaussian());
        }
        return noisy;
    }

    private static double range(float[] pixels, int offset, int size) {
        float min = pixels[offset];
        float max = min;
        for (int i = offset + 1; i < offset + size; i++) {
            min = Math.min(min, pixels[i]);
            max = Math.max(max, pixels[i]);
        }
        return (double) max - min;
    }

    /** @param gradients (samples, size) */
    private void reduce(float[] gradients, float[] result, int offset, int size) {
        double[] mean = new double[size];
        for (int i = 0; i < gradients.length; i++) {
            mean[i % size] += gradients[i];
        }
        for (int i = 0; i < size; i++) {
            mean[i] /= options.samples();
        }
        if (options.mode() == Mode.MEAN) {
            store(mean, result, offset);
            return;
        }
        // Deviations from the mean, not the difference of two large sums: the latter can come out below zero.
        double[] squares = new double[size];
        for (int i = 0; i < gradients.length; i++) {
            double value = options.mode() == Mode.VARIANCE ? gradients[i] - mean[i % size] : gradients[i];
            squares[i % size] += value * value;
        }
        for (int i = 0; i < size; i++) {
            squares[i] /= options.samples();
        }
        store(squares, result, offset);
    }

    private static void store(double[] values, float[] result, int offset) {
        for (int i = 0; i < values.length; i++) {
            result[offset + i] = (float) values[i];
        }
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
                    Mode.MEAN.contract);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new SmoothGrad(options);
        }
    }
}

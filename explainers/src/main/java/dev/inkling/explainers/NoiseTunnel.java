package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Parallel;
import dev.inkling.spi.Targets;
import dev.inkling.spi.WrapperCard;
import dev.inkling.spi.WrapperProvider;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Another explainer's maps over n noisy copies x + ε of the image, ε ~ N(0, σ²) for each value,
 * σ = noise · (max x − min x) of this image: their mean, the mean of their squares, or their variance, divided by n. Noisy
 * copies are not clipped. Maps have the other's resolution; in mode {@code mean} its unit and sign, else its unit squared.
 * {@link SmoothGrad} is this around the gradient.
 *
 * <p>The noise of an image depends on the seed and the image alone, drawn copy by copy in the order of its values. Copies are
 * explained a bounded number at a time. Each of the other's diagnostics becomes its mean over the copies.
 *
 * <p>A mean of complete maps sums to the mean of the copies' scores, not to the image's, so it is not complete.
 *
 * <p>Not for asking about this very image: the answer is about its neighbourhood. And it costs n times the other, so not for
 * methods that are slow, and not for those that average already.
 *
 * @see <a href="https://arxiv.org/abs/1706.03825">Smilkov et al. 2017, SmoothGrad: removing noise by adding noise</a>
 * @see <a href="https://arxiv.org/abs/1810.03307">Adebayo et al. 2018, Local Explanation Methods for Deep Neural Networks
 *     Lack Sensitivity to Parameter Values</a>
 */
public final class NoiseTunnel implements Explainer {

    private final Explainer explainer;
    private final Options options;

    /** Around an explainer, which stays the caller's. */
    public NoiseTunnel(Explainer explainer, Options options) {
        this.explainer = explainer;
        this.options = options;
    }

    /** What becomes of the maps of the noisy copies. */
    public enum Mode {
        /** Their mean. */
        MEAN,
        /** The mean of their squares. */
        SQUARE,
        /** Their variance, divided by the number of samples. */
        VARIANCE;

        /** Of values of this contract. */
        Attribution.Contract contract(Attribution.Contract wrapped) {
            return this == MEAN
                    ? new Attribution.Contract(wrapped.sign(), false, wrapped.unit())
                    : new Attribution.Contract(Sign.POSITIVE, false, "(" + wrapped.unit() + ")²");
        }
    }

    /**
     * @param samples n, noisy copies of each image
     * @param noise σ as a part of the image's max − min
     * @param mode what becomes of their maps
     * @param seed of the noise
     */
    public record Options(
            @Option(value = "20", min = 1, max = 10_000, help = "noisy copies of each image")
            int samples,

            @Option(
                    value = "0.15",
                    min = 0,
                    max = 10,
                    help = "standard deviation of the noise, as a part of the image's max - min")
            double noise,

            @Option(value = "mean", help = "mean of the maps, mean of their squares, or their variance")
            Mode mode,

            @Option(value = "0", help = "same seed, same noise")
            long seed) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        int size = signature.imageSize();
        float[] pixels = FloatArrays.flat(images);
        Summary[] summaries = new Summary[count];
        Parallel.forEach(count, n -> {
            ImageNoise noise = new ImageNoise(options.noise(), pixels, n * size, size);
            RandomGenerator random = ImageRandom.of(options.seed(), pixels, n * size, size);
            summaries[n] = summary(model, noise, random, n, targets);
        });
        return result(summaries);
    }

    /** Of the maps of one image's copies, a bounded number of them at a time. */
    private Summary summary(Model model, ImageNoise noise, RandomGenerator random, int image, Targets targets) {
        ModelSignature signature = model.signature();
        int size = signature.imageSize();
        int batch = Math.min(options.samples(), BatchSize.of(size, targets.count()));
        float[] copies = new float[batch * size];
        Summary summary = null;
        for (int from = 0; from < options.samples(); from += batch) {
            int held = Math.min(batch, options.samples() - from);
            for (int copy = 0; copy < held; copy++) {
                noise.add(random, copies, copy * size);
            }
            Attribution maps = explainer.explain(
                    model,
                    FloatArrays.of(
                            held == batch ? copies : Arrays.copyOf(copies, held * size),
                            held,
                            signature.height(),
                            signature.width(),
                            signature.channels()),
                    targets.repeat(image, held));
            if (from == 0) {
                summary = new Summary(maps, options.mode());
            }
            summary.add(maps);
        }
        return summary;
    }

    private Attribution result(Summary[] summaries) {
        Attribution first = summaries[0].first;
        int size = summaries[0].sums.length;
        float[] values = new float[summaries.length * size];
        Map<String, float[]> diagnostics = new LinkedHashMap<>();
        first.diagnostics().keySet().forEach(name -> diagnostics.put(name, new float[summaries.length]));
        for (int n = 0; n < summaries.length; n++) {
            summaries[n].write(values, n * size);
            for (Map.Entry<String, float[]> diagnostic : diagnostics.entrySet()) {
                diagnostic.getValue()[n] = summaries[n].diagnostic(diagnostic.getKey());
            }
        }
        return new Attribution(
                FloatArrays.of(values, summaries.length, first.height(), first.width(), first.channels()),
                options.mode().contract(first.contract()),
                diagnostics);
    }

    /** What is kept of one image's maps: copies are added one by one, so that it does not matter in which batches they came. */
    private static final class Summary {

        private final Attribution first;
        private final Mode mode;
        private final double[] sums;
        private final double[] squares;

        /** The first map. Squares of a variance are of deviations from it: the difference of two large sums can come out below zero. */
        private final float[] shift;

        private final Map<String, Double> diagnostics = new LinkedHashMap<>();
        private int count;

        Summary(Attribution first, Mode mode) {
            this.first = first;
            this.mode = mode;
            this.sums = new double[first.height() * first.width() * first.channels()];
            this.squares = new double[mode == Mode.MEAN ? 0 : sums.length];
            this.shift = mode == Mode.VARIANCE ? FloatArrays.flat(first.values().get(0)) : new float[sums.length];
        }

        void add(Attribution maps) {
            float[] values = FloatArrays.flat(maps.values());
            for (int copy = 0; copy < maps.count(); copy++) {
                int offset = copy * sums.length;
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += (double) values[offset + i] - shift[i];
                }
                for (int i = 0; i < squares.length; i++) {
                    double value = (double) values[offset + i] - shift[i];
                    squares[i] += value * value;
                }
            }
            maps.diagnostics().forEach((name, perCopy) -> {
                double sum = diagnostics.getOrDefault(name, 0.0);
                for (float value : perCopy) {
                    sum += value;
                }
                diagnostics.put(name, sum);
            });
            count += maps.count();
        }

        void write(float[] to, int offset) {
            for (int i = 0; i < sums.length; i++) {
                double mean = sums[i] / count;
                to[offset + i] = (float)
                        switch (mode) {
                            case MEAN -> mean;
                            case SQUARE -> squares[i] / count;
                            case VARIANCE -> Math.max(0, squares[i] / count - mean * mean);
                        };
            }
        }

        float diagnostic(String name) {
            return (float) (diagnostics.get(name) / count);
        }
    }

    /** Registers {@code noise-tunnel}. */
    public static final class Provider implements WrapperProvider<Options> {

        @Override
        public WrapperCard card() {
            return new WrapperCard(
                    "noise-tunnel",
                    "Noise tunnel",
                    "Over noisy copies of the image:",
                    "Smilkov, Thorat, Kim, Viégas, Wattenberg (2017): SmoothGrad: removing noise by adding noise."
                            + " https://arxiv.org/abs/1706.03825",
                    Set.of());
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Attribution.Contract contract(Attribution.Contract wrapped, Options options) {
            return options.mode().contract(wrapped);
        }

        @Override
        public Explainer wrap(Explainer explainer, Options options) {
            return new NoiseTunnel(explainer, options);
        }

        @Override
        public OptionalLong evaluations(Options options, long wrapped) {
            return OptionalLong.of(options.samples() * wrapped);
        }
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Biases;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * ψ(x ⊙ ∂s/∂x) + Σ over layers of ψ(b ⊙ ∂s/∂z): the target's score s as what the pixels x add and what the bias b of every layer
 * adds at each place of its output z. In a network of linear operations, ReLUs and max-pooling these parts add up to s exactly.
 * The map is (N, H, W, 1). Two backward passes, and a forward pass for the diagnostic.
 *
 * <p>Mode {@code saliency}, the paper's: ψ takes magnitudes, brings each layer's to [0, 1] by their minimum and maximum, sums
 * the channels and interpolates to the image's size; a layer of a single place, such as a dense one, says nothing about places
 * and is left out. Mode {@code signed} keeps the parts as they are, in logits: each is shared evenly among the pixels under its
 * place, so that the map adds up to s.
 *
 * <p>Diagnostic {@code convergence delta}: the sum of all parts less s. It is not 0 where the network holds something else, such
 * as a softmax over places or a tanh; there the parts are not the whole.
 *
 * <p>Not for "against the target" in mode {@code saliency}, which has no sign; nor for comparing images in it, since each layer of
 * each image has a scale of its own.
 *
 * @see <a href="https://arxiv.org/abs/1905.00780">Srinivas and Fleuret 2019, Full-Gradient Representation for Neural Network
 *     Visualization</a>
 */
public final class FullGrad implements Explainer {

    /** Images whose layers are held at once: together they are many times larger than the images. */
    private static final int AT_ONCE = 64;

    private final Options options;

    public FullGrad(Options options) {
        this.options = options;
    }

    /** What becomes of the parts. */
    public enum Mode {
        /** Magnitudes, each layer's brought to [0, 1]. */
        SALIENCY(new Attribution.Contract(Sign.POSITIVE, false, "sum of shares of each layer's range")),
        /** As they are. */
        SIGNED(new Attribution.Contract(Sign.SIGNED, true, "logits"));

        private final Attribution.Contract contract;

        Mode(Attribution.Contract contract) {
            this.contract = contract;
        }
    }

    /** @param mode what becomes of the parts */
    public record Options(
            @Option(
                    value = "saliency",
                    help = "magnitudes, each layer's brought to [0, 1], or signed parts that add up to the score")
            Mode mode) {}

    /**
     * One layer's part.
     *
     * @param values flat (images, height, width, channels)
     */
    private record Part(float[] values, int height, int width, int channels) {

        static Part of(FloatNdArray values) {
            long[] shape = values.shape().asArray();
            return new Part(FloatArrays.flat(values), (int) shape[1], (int) shape[2], (int) shape[3]);
        }

        int size() {
            return height * width * channels;
        }
    }

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        Gradients gradients = model.require(Gradients.class);
        Biases biases = model.require(Biases.class);
        float[] pixels = FloatArrays.flat(images);
        int size = signature.imageSize();
        int places = signature.height() * signature.width();
        float[] maps = new float[count * places];
        float[] deltas = new float[count];
        for (int from = 0; from < count; from += AT_ONCE) {
            int to = Math.min(count, from + AT_ONCE);
            float[] some = Arrays.copyOfRange(pixels, from * size, to * size);
            FloatNdArray batch =
                    FloatArrays.of(some, to - from, signature.height(), signature.width(), signature.channels());
            Targets rows = targets.rows(from, to);
            List<Part> parts = new ArrayList<>();
            float[] products = FloatArrays.flat(gradients.gradients(batch, rows));
            for (int i = 0; i < products.length; i++) {
                products[i] *= some[i];
            }
            parts.add(new Part(products, signature.height(), signature.width(), signature.channels()));
            biases.contributions(batch, rows).forEach(contribution -> parts.add(Part.of(contribution.values())));
            float[] scores = rows.scores(model.scores(batch));
            for (int n = 0; n < to - from; n++) {
                double[] map = new double[places];
                double total = 0;
                for (Part part : parts) {
                    float[] own = Arrays.copyOfRange(part.values(), n * part.size(), (n + 1) * part.size());
                    for (float value : own) {
                        total += value;
                    }
                    add(own, part, map, signature);
                }
                deltas[from + n] = (float) (total - scores[n]);
                for (int i = 0; i < places; i++) {
                    maps[(from + n) * places + i] = (float) map[i];
                }
            }
        }
        return new Attribution(
                        FloatArrays.of(maps, count, signature.height(), signature.width(), 1), options.mode().contract)
                .with("convergence delta", deltas);
    }

    /** Adds one image's part of a layer to its map. */
    private void add(float[] values, Part part, double[] map, ModelSignature signature) {
        if (options.mode() == Mode.SIGNED) {
            share(channelSums(values, part.channels()), part, map, signature);
        } else if (part.height() * part.width() > 1 || map.length == 1) {
            float[] sums = channelSums(rescaled(values), part.channels());
            // Interpolation is linear: the sum of the channels is interpolated once.
            float[] resized = Bilinear.resize(sums, part.height(), part.width(), signature.height(), signature.width());
            for (int i = 0; i < map.length; i++) {
                map[i] += resized[i];
            }
        }
    }

    /** Magnitudes, brought to [0, 1]; zeros where they are all equal. */
    private static float[] rescaled(float[] values) {
        float least = Float.POSITIVE_INFINITY;
        float largest = 0;
        for (float value : values) {
            least = Math.min(least, Math.abs(value));
            largest = Math.max(largest, Math.abs(value));
        }
        float[] rescaled = new float[values.length];
        for (int i = 0; i < values.length && largest > least; i++) {
            rescaled[i] = (Math.abs(values[i]) - least) / (largest - least);
        }
        return rescaled;
    }

    private static float[] channelSums(float[] values, int channels) {
        float[] sums = new float[values.length / channels];
        for (int place = 0; place < sums.length; place++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += values[place * channels + c];
            }
            sums[place] = (float) sum;
        }
        return sums;
    }

    /** Gives each pixel as much of a place's value as it covers of the place. */
    private static void share(float[] values, Part part, double[] map, ModelSignature signature) {
        for (int row = 0; row < signature.height(); row++) {
            for (int y = row * part.height() / signature.height(); y < part.height(); y++) {
                double rows = overlap(y, part.height(), row, signature.height());
                if (rows <= 0) {
                    break;
                }
                for (int column = 0; column < signature.width(); column++) {
                    for (int x = column * part.width() / signature.width(); x < part.width(); x++) {
                        double columns = overlap(x, part.width(), column, signature.width());
                        if (columns <= 0) {
                            break;
                        }
                        map[row * signature.width() + column] += rows * columns * values[y * part.width() + x];
                    }
                }
            }
        }
    }

    /** The share of place i of {@code places} in one row that pixel j of {@code pixels} covers. */
    private static double overlap(int i, int places, int j, int pixels) {
        double from = Math.max((double) i / places, (double) j / pixels);
        double to = Math.min((i + 1.0) / places, (j + 1.0) / pixels);
        return (to - from) * places;
    }

    /** Registers {@code full-grad}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "full-grad",
                    "FullGrad",
                    "What pixels add to the score, and what the biases of every layer add at each place.",
                    "Srinivas, Fleuret (2019): Full-Gradient Representation for Neural Network Visualization."
                            + " https://arxiv.org/abs/1905.00780",
                    ExplainerCard.Family.CAM,
                    new LinkedHashSet<>(List.of(Gradients.class, Biases.class)),
                    Mode.SALIENCY.contract);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new FullGrad(options);
        }
    }
}

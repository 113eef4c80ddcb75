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
     * One layer's part of one image's map.
     *
     * @param values flat (height, width, channels)
     */
    private record Part(float[] values, int height, int width, int channels) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        Gradients gradients = model.require(Gradients.class);
        Biases biases = model.require(Biases.class);
        int height = signature.height();
        int width = signature.width();
        double[][] sums = new double[count][height * width];
        double[] totals = new double[count];
        FloatNdArray slopes = gradients.gradients(images, targets);
        for (int n = 0; n < count; n++) {
            float[] products = FloatArrays.flat(slopes.get(n));
            float[] pixels = FloatArrays.flat(images.get(n));
            for (int i = 0; i < products.length; i++) {
                products[i] *= pixels[i];
            }
            totals[n] = add(new Part(products, height, width, signature.channels()), sums[n], signature);
        }
        biases.contributions(images, targets, (image, operation, shape, values) -> {
            Part part = new Part(values, (int) shape.get(0), (int) shape.get(1), (int) shape.get(2));
            totals[image] += add(part, sums[image], signature);
        });
        float[] scores = targets.scores(model.scores(images));
        float[] maps = new float[count * height * width];
        float[] deltas = new float[count];
        for (int n = 0; n < count; n++) {
            deltas[n] = (float) (totals[n] - scores[n]);
            for (int i = 0; i < height * width; i++) {
                maps[n * height * width + i] = (float) sums[n][i];
            }
        }
        return new Attribution(FloatArrays.of(maps, count, height, width, 1), options.mode().contract)
                .with("convergence delta", deltas);
    }

    /**
     * Adds one image's part of a layer to its map.
     *
     * @return the part's sum
     */
    private double add(Part part, double[] map, ModelSignature signature) {
        int places = part.height() * part.width();
        double[] sums = new double[places];
        double[] magnitudes = new double[places];
        double least = Double.POSITIVE_INFINITY;
        double largest = 0;
        double total = 0;
        for (int place = 0; place < places; place++) {
            double sum = 0;
            double magnitudeSum = 0;
            for (int i = place * part.channels(); i < (place + 1) * part.channels(); i++) {
                // Converted once: the magnitude of a float would be converted again to be added.
                double value = part.values()[i];
                double magnitude = Math.abs(value);
                sum += value;
                magnitudeSum += magnitude;
                // Comparisons: through Math.min and Math.max each value would wait for the one before.
                least = magnitude < least ? magnitude : least;
                largest = magnitude > largest ? magnitude : largest;
            }
            total += sum;
            sums[place] = sum;
            magnitudes[place] = magnitudeSum;
        }
        if (options.mode() == Mode.SIGNED) {
            share(sums, part, map, signature);
        } else if (places > 1 || map.length == 1) {
            addShares(magnitudes, least, largest, part, map, signature);
        }
        return total;
    }

    /**
     * Brings magnitudes to [0, 1], and their sums over the channels to the image's size; nothing where they are all equal.
     *
     * @param least magnitude of the part's values
     * @param largest magnitude of the part's values
     */
    private static void addShares(
            double[] sums, double least, double largest, Part part, double[] map, ModelSignature signature) {
        if (largest <= least) {
            return;
        }
        float[] shares = new float[sums.length];
        for (int place = 0; place < shares.length; place++) {
            shares[place] = (float) ((sums[place] - part.channels() * least) / (largest - least));
        }
        // Interpolation is linear: the sum of the channels is interpolated once.
        float[] resized = Bilinear.resize(shares, part.height(), part.width(), signature.height(), signature.width());
        for (int i = 0; i < map.length; i++) {
            map[i] += resized[i];
        }
    }

    /** Gives each pixel as much of a place's value as it covers of the place. */
    private static void share(double[] values, Part part, double[] map, ModelSignature signature) {
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

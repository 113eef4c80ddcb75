package dev.inkling.explainers;

import static dev.inkling.spi.Formula.Input.CONTRIBUTION;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Biases;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Parallel;
import dev.inkling.spi.Targets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

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
        SALIENCY(
                new Attribution.Contract(Sign.POSITIVE, false, "sum of shares of each layer's range"),
                List.of(
                        CONTRIBUTION.sumOverChannels(),
                        CONTRIBUTION.magnitude().sumOverChannels(),
                        CONTRIBUTION.magnitude().minimum(),
                        CONTRIBUTION.magnitude().maximum())),
        /** As they are. */
        SIGNED(new Attribution.Contract(Sign.SIGNED, true, "logits"), List.of(CONTRIBUTION.sumOverChannels()));

        private final Attribution.Contract contract;
        private final List<Formula> formulas;

        Mode(Attribution.Contract contract, List<Formula> formulas) {
            this.contract = contract;
            this.formulas = formulas;
        }
    }

    /** @param mode what becomes of the parts */
    public record Options(
            @Option(
                    value = "saliency",
                    help = "magnitudes, each layer's brought to [0, 1], or signed parts that add up to the score")
            Mode mode) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        Gradients gradients = model.require(Gradients.class);
        Biases biases = model.require(Biases.class);
        Shape size = Shape.of(signature.height(), signature.width(), signature.channels());
        List<Parts> parts = Stream.generate(Parts::new).limit(count).toList();
        FloatNdArray slopes = gradients.gradients(images, targets);
        biases.visit(
                images,
                targets,
                options.mode().formulas,
                (image, operation, shape, values) -> parts.get(image).add(shape, values));
        float[] scores = targets.scores(model.scores(images));
        int places = signature.height() * signature.width();
        float[] maps = new float[count * places];
        float[] deltas = new float[count];
        Parallel.forEach(count, n -> {
            float[] products = FloatArrays.flat(slopes.get(n));
            float[] pixels = FloatArrays.flat(images.get(n));
            for (int i = 0; i < products.length; i++) {
                products[i] *= pixels[i];
            }
            Parts own = parts.get(n);
            own.add(size, Formula.evaluate(options.mode().formulas, Map.of(CONTRIBUTION, products), size));
            double[] map = own.map(signature);
            for (int i = 0; i < places; i++) {
                maps[n * places + i] = (float) map[i];
            }
            deltas[n] = (float) (own.total - scores[n]);
        });
        return new Attribution(
                        FloatArrays.of(maps, count, signature.height(), signature.width(), 1), options.mode().contract)
                .with("convergence delta", deltas);
    }

    /** What the layers add to one image's map. */
    private final class Parts {

        /** Layers of one resolution, (h, w), together: what brings them to the image's size is linear. */
        private final Map<Shape, double[]> sums = new HashMap<>();

        private double total;

        /**
         * Adds a layer.
         *
         * @param shape (h, w, c)
         * @param values of the mode's formulas
         */
        void add(Shape shape, List<float[]> values) {
            float[] signed = values.get(0);
            for (float value : signed) {
                total += value;
            }
            double[] sum = sums.computeIfAbsent(shape.take(2), missing -> new double[signed.length]);
            if (options.mode() == Mode.SIGNED) {
                for (int place = 0; place < sum.length; place++) {
                    sum[place] += signed[place];
                }
                return;
            }
            float[] magnitudes = values.get(1);
            double least = values.get(2)[0];
            double range = values.get(3)[0] - least;
            if (range <= 0) {
                // All magnitudes are equal, so they tell nothing.
                return;
            }
            for (int place = 0; place < sum.length; place++) {
                sum[place] += (magnitudes[place] - shape.get(2) * least) / range;
            }
        }

        double[] map(ModelSignature signature) {
            double[] map = new double[signature.height() * signature.width()];
            sums.forEach((size, values) -> {
                int height = (int) size.get(0);
                int width = (int) size.get(1);
                if (options.mode() == Mode.SIGNED) {
                    share(values, height, width, map, signature);
                } else if (values.length > 1 || map.length == 1) {
                    interpolate(values, height, width, map, signature);
                }
            });
            return map;
        }
    }

    private static void interpolate(double[] values, int height, int width, double[] map, ModelSignature signature) {
        float[] shares = new float[values.length];
        for (int place = 0; place < shares.length; place++) {
            shares[place] = (float) values[place];
        }
        float[] resized = Bilinear.resize(shares, height, width, signature.height(), signature.width());
        for (int i = 0; i < map.length; i++) {
            map[i] += resized[i];
        }
    }

    /** Gives each pixel as much of a place's value as it covers of the place. */
    private static void share(double[] values, int height, int width, double[] map, ModelSignature signature) {
        for (int row = 0; row < signature.height(); row++) {
            for (int y = row * height / signature.height(); y < height; y++) {
                double rows = overlap(y, height, row, signature.height());
                if (rows <= 0) {
                    break;
                }
                for (int column = 0; column < signature.width(); column++) {
                    for (int x = column * width / signature.width(); x < width; x++) {
                        double columns = overlap(x, width, column, signature.width());
                        if (columns <= 0) {
                            break;
                        }
                        map[row * signature.width() + column] += rows * columns * values[y * width + x];
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

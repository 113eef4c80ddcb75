package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Σ (s(x ⊙ m + b ⊙ (1 − m)) − s̄) · m / (N p) over N random masks m, s being the target's score, s̄ its mean over the masked copies
 * and b the baseline: how much higher than average a copy scores that shows a place, or lower. The map is (N, H, W, 1), in
 * logits. Needs scores only, N of them.
 *
 * <p>A mask is a grid of cells that are 1 with probability p and 0 otherwise, brought by half-pixel bilinear interpolation to a
 * cell more than the image each way, and cut to it at a random offset of its own of less than a cell. So E[m] = p everywhere, by
 * which the paper divides, not by the sum of the masks drawn. The paper does not subtract the mean either ({@code centered=false}):
 * then all values lie about it, zero means nothing, and the chance with which a place is shown more often than another is
 * multiplied by it.
 *
 * <p>Diagnostic: {@code standard error}, the largest of the map's places, in logits. It falls with the square root of the budget.
 *
 * <p>Not for reading values as shares of the score, and not for details smaller than a cell.
 *
 * @see <a href="https://arxiv.org/abs/1806.07421">Petsiuk, Das and Saenko 2018, RISE: Randomized Input Sampling for Explanation
 *     of Black-box Models</a>
 */
public final class Rise implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, false, "logits");

    private final Options options;

    public Rise(Options options) {
        this.options = options;
    }

    /**
     * @param budget N, masks for each image, each an evaluation of the model
     * @param grid cells of a mask, down and across
     * @param probability p, of a cell to show the image
     * @param baseline what shows where the image does not
     * @param centered whether the mean score is subtracted
     * @param seed of the masks
     */
    public record Options(
            @Option(value = "1024", min = 2, max = 1_000_000, help = "evaluations of the model per image: masks")
            int budget,

            @Option(value = "7", help = "cells of a mask: a side such as 7, or rows x columns such as 4x7")
            Extent grid,

            @Option(value = "0.5", min = 0.01, max = 1, help = "probability of a cell to show the image")
            double probability,

            @Option(value = "black", help = "what shows elsewhere: black, white, a number, uniform, blur:SIGMA or mean")
            Baseline baseline,

            @Option(
                    value = "true",
                    help = "whether the mean score is subtracted, so that zero is neutral; the paper does not")
            boolean centered,

            @Option(value = "0", help = "same seed, same masks")
            long seed) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        float[] pixels = FloatArrays.flat(images);
        float[] baselines = FloatArrays.flat(options.baseline().forImages(model, images));
        int size = signature.imageSize();
        int area = signature.height() * signature.width();
        float[] maps = new float[count * area];
        float[] standardErrors = new float[count];
        PerturbationBatches.run(model, pixels, targets, n -> {
            RandomGenerator random = ImageRandom.of(options.seed(), pixels, n * size, size);
            return new MaskedCopies(signature, random, baselines, n * size) {
                @Override
                public void conclude() {
                    standardErrors[n] = write(maps, n * area);
                }
            };
        });
        return new Attribution(FloatArrays.of(maps, count, signature.height(), signature.width(), 1), CONTRACT)
                .with("standard error", standardErrors);
    }

    private abstract class MaskedCopies implements Perturbations<float[]> {

        private final int height;
        private final int width;
        private final int channels;
        private final int rows;
        private final int columns;
        private final RandomGenerator random;
        private final float[] baselines;
        private final int baseOffset;
        /** What is subtracted from a mask: its mean, or nothing. */
        private final double middle;

        /** Sums over copies of s, and place by place of d, s d, d², s d² and s² d², with d = m − middle. */
        private double scores;

        private final double[] masks;
        private final double[] products;
        private final double[] maskSquares;
        private final double[] mixed;
        private final double[] productSquares;

        MaskedCopies(ModelSignature signature, RandomGenerator random, float[] baselines, int baseOffset) {
            this.height = signature.height();
            this.width = signature.width();
            this.channels = signature.channels();
            this.rows = Math.min(options.grid().rows(), height);
            this.columns = Math.min(options.grid().columns(), width);
            this.random = random;
            this.baselines = baselines;
            this.baseOffset = baseOffset;
            this.middle = options.centered() ? options.probability() : 0;
            this.masks = new double[height * width];
            this.products = new double[masks.length];
            this.maskSquares = new double[masks.length];
            this.mixed = new double[masks.length];
            this.productSquares = new double[masks.length];
        }

        @Override
        public int copies() {
            return options.budget();
        }

        @Override
        public float[] perturb(int copy, float[] batch, int offset) {
            float[] mask = mask();
            for (int i = 0; i < mask.length; i++) {
                for (int c = i * channels; c < (i + 1) * channels; c++) {
                    float base = baselines[baseOffset + c];
                    batch[offset + c] = base + mask[i] * (batch[offset + c] - base);
                }
            }
            return mask;
        }

        private float[] mask() {
            float[] cells = new float[rows * columns];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = random.nextDouble() < options.probability() ? 1 : 0;
            }
            int cellHeight = (height + rows - 1) / rows;
            int cellWidth = (width + columns - 1) / columns;
            int largeWidth = (columns + 1) * cellWidth;
            float[] large = Bilinear.resize(cells, rows, columns, (rows + 1) * cellHeight, largeWidth);
            int top = random.nextInt(cellHeight);
            int left = random.nextInt(cellWidth);
            float[] mask = new float[height * width];
            for (int y = 0; y < height; y++) {
                System.arraycopy(large, (top + y) * largeWidth + left, mask, y * width, width);
            }
            return mask;
        }

        @Override
        public void observe(float[] mask, float score) {
            scores += score;
            for (int i = 0; i < mask.length; i++) {
                double d = mask[i] - middle;
                double square = d * d;
                masks[i] += d;
                products[i] += score * d;
                maskSquares[i] += square;
                mixed[i] += score * square;
                productSquares[i] += (double) score * score * square;
            }
        }

        /** @return the largest standard error */
        float write(float[] maps, int offset) {
            double samples = options.budget();
            double mean = options.centered() ? scores / samples : 0;
            double largest = 0;
            for (int i = 0; i < products.length; i++) {
                double value = (products[i] - mean * masks[i]) / samples;
                double square = (productSquares[i] - 2 * mean * mixed[i] + mean * mean * maskSquares[i]) / samples;
                largest = Math.max(largest, square - value * value);
                maps[offset + i] = (float) (value / options.probability());
            }
            return (float) (Math.sqrt(largest / (samples - 1)) / options.probability());
        }
    }

    /** Registers {@code rise}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "rise",
                    "RISE",
                    "How much higher randomly masked copies score that show a place.",
                    "Petsiuk, Das, Saenko (2018): RISE: Randomized Input Sampling for Explanation of Black-box Models."
                            + " https://arxiv.org/abs/1806.07421",
                    ExplainerCard.Family.PERTURBATION,
                    Set.of(),
                    CONTRACT);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new Rise(options);
        }

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return OptionalLong.of(options.budget());
        }
    }
}

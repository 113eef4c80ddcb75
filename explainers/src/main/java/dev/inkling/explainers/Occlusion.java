package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * The mean of s(x) − s(x with a window covered) over all windows that cover a pixel, s being the target's score: what it
 * costs to hide the place. The map is (N, H, W, 1), in logits; a window covers all channels. Needs scores only.
 *
 * <p>Windows stand at every multiple of the stride until the last reaches the border, where it is cropped:
 * ⌈(side − window) / stride⌉ + 1 positions along a side. An image and its covered copies are one batch.
 *
 * <p>Not for images in which parts of equal meaning stand in for each other: hiding either alone costs nothing. And the
 * baseline is itself a statement: black ink on white paper needs a white one.
 *
 * @see <a href="https://arxiv.org/abs/1311.2901">Zeiler and Fergus 2013, Visualizing and Understanding Convolutional
 *     Networks</a>
 */
public final class Occlusion implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, false, "logits");

    private final Options options;

    public Occlusion(Options options) {
        this.options = options;
    }

    /**
     * @param window what is covered at a time
     * @param stride from one window to the next; at most the window
     * @param baseline what covers: the value of every pixel of the window
     */
    public record Options(
            @Option(value = "4", help = "pixels covered at a time: a side such as 4, or rows x columns such as 2x3")
            Extent window,

            @Option(value = "2", help = "pixels from one window to the next; at most the window")
            Extent stride,

            @Option(value = "0", help = "value that covers a pixel, in the image's units")
            double baseline) {

        public Options {
            if (stride.rows() > window.rows() || stride.columns() > window.columns()) {
                throw new InvalidInputException(
                        "stride %s is larger than window %s, so some pixels would never be covered; choose a stride of"
                                + " at most the window",
                        stride, window);
            }
        }
    }

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        int height = signature.height();
        int width = signature.width();
        int rowPositions =
                positions(height, options.window().rows(), options.stride().rows());
        int columnPositions =
                positions(width, options.window().columns(), options.stride().columns());
        int windows = rowPositions * columnPositions;
        int size = signature.imageSize();

        float[] pixels = FloatArrays.flat(images);
        float[] maps = new float[count * height * width];
        for (int n = 0; n < count; n++) {
            // The image itself, then one copy per window.
            float[] batch = new float[(1 + windows) * size];
            for (int copy = 0; copy <= windows; copy++) {
                System.arraycopy(pixels, n * size, batch, copy * size, size);
            }
            for (int i = 0; i < windows; i++) {
                cover(window(i, columnPositions, signature), batch, (1 + i) * size, signature);
            }
            float[] scores = targets.repeat(n, 1 + windows)
                    .scores(model.scores(FloatArrays.of(batch, 1 + windows, height, width, signature.channels())));

            double[] sums = new double[height * width];
            int[] covers = new int[height * width];
            for (int i = 0; i < windows; i++) {
                Window window = window(i, columnPositions, signature);
                double cost = (double) scores[0] - scores[1 + i];
                for (int y = window.top(); y < window.bottom(); y++) {
                    for (int x = window.left(); x < window.right(); x++) {
                        sums[y * width + x] += cost;
                        covers[y * width + x]++;
                    }
                }
            }
            for (int i = 0; i < sums.length; i++) {
                maps[n * sums.length + i] = (float) (sums[i] / covers[i]);
            }
        }
        return new Attribution(FloatArrays.of(maps, count, height, width, 1), CONTRACT);
    }

    /** ⌈(side − window) / stride⌉ + 1; one where the window is larger than the side. */
    private static int positions(int side, int window, int stride) {
        return Math.max(0, side - window + stride - 1) / stride + 1;
    }

    /** Rows [top, bottom) and columns [left, right). */
    private record Window(int top, int bottom, int left, int right) {}

    private Window window(int index, int columnPositions, ModelSignature signature) {
        int top = index / columnPositions * options.stride().rows();
        int left = index % columnPositions * options.stride().columns();
        return new Window(
                top,
                Math.min(signature.height() - top, options.window().rows()) + top,
                left,
                Math.min(signature.width() - left, options.window().columns()) + left);
    }

    private void cover(Window window, float[] batch, int offset, ModelSignature signature) {
        for (int y = window.top(); y < window.bottom(); y++) {
            int row = offset + y * signature.width() * signature.channels();
            Arrays.fill(
                    batch,
                    row + window.left() * signature.channels(),
                    row + window.right() * signature.channels(),
                    (float) options.baseline());
        }
    }

    /** Registers {@code occlusion}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "occlusion",
                    "Occlusion",
                    "How much the score drops when a window over each place is covered.",
                    "Zeiler, Fergus (2013): Visualizing and Understanding Convolutional Networks."
                            + " https://arxiv.org/abs/1311.2901",
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
            return new Occlusion(options);
        }
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntConsumer;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * The mean of s(x) − s(x with a window covered) over all windows that cover a pixel, s being the target's score: what it
 * costs to hide the place. The map is (N, H, W, 1), in logits; a window covers all channels. Needs scores only.
 *
 * <p>Windows stand at every multiple of the stride until the last reaches the border, where it is cropped:
 * ⌈(side − window) / stride⌉ + 1 positions along a side. It takes 1 + as many evaluations as there are windows that change the
 * image: one over pixels that equal the baseline costs nothing, and is not run.
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
     * @param baseline what covers
     */
    public record Options(
            @Option(value = "4", help = "pixels covered at a time: a side such as 4, or rows x columns such as 2x3")
            Extent window,

            @Option(value = "2", help = "pixels from one window to the next; at most the window")
            Extent stride,

            @Option(value = "black", help = "what covers: black, white, a number, uniform, blur:SIGMA or mean")
            Baseline baseline) {

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
        float[] pixels = FloatArrays.flat(images);
        float[] baselines = FloatArrays.flat(options.baseline().forImages(model, images));
        List<Window> windows = windows(signature);
        float[] maps = new float[count * signature.height() * signature.width()];
        PerturbationBatches.run(
                model, pixels, targets, n -> new CoveredCopies(n, pixels, baselines, windows, signature, maps));
        return new Attribution(FloatArrays.of(maps, count, signature.height(), signature.width(), 1), CONTRACT);
    }

    /** Rows [top, bottom) and columns [left, right). */
    private record Window(int top, int bottom, int left, int right) {

        void forEachPixel(ModelSignature signature, IntConsumer consumer) {
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    consumer.accept(y * signature.width() + x);
                }
            }
        }
    }

    private List<Window> windows(ModelSignature signature) {
        int rows = options.window().rows();
        int columns = options.window().columns();
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i < positions(signature.height(), rows, options.stride().rows()); i++) {
            int top = i * options.stride().rows();
            for (int j = 0;
                    j < positions(signature.width(), columns, options.stride().columns());
                    j++) {
                int left = j * options.stride().columns();
                windows.add(new Window(
                        top,
                        Math.min(signature.height() - top, rows) + top,
                        left,
                        Math.min(signature.width() - left, columns) + left));
            }
        }
        return windows;
    }

    /** ⌈(side − window) / stride⌉ + 1; one where the window is larger than the side. */
    private static int positions(int side, int window, int stride) {
        return Math.max(0, side - window + stride - 1) / stride + 1;
    }

    /** The image itself, then one copy per window that changes it: covering what equals the baseline costs nothing. */
    private static final class CoveredCopies implements Perturbations<Window> {

        private final float[] baselines;
        private final int offset;
        private final ModelSignature signature;
        private final List<Window> windows;
        private final List<Window> changing;
        private final float[] maps;
        private final double[] sums;
        private double uncovered;

        CoveredCopies(
                int image,
                float[] pixels,
                float[] baselines,
                List<Window> windows,
                ModelSignature signature,
                float[] maps) {
            this.baselines = baselines;
            this.offset = image * signature.imageSize();
            this.signature = signature;
            this.windows = windows;
            this.changing =
                    windows.stream().filter(window -> changes(window, pixels)).toList();
            this.maps = maps;
            this.sums = new double[signature.height() * signature.width()];
        }

        private boolean changes(Window window, float[] pixels) {
            int length = (window.right() - window.left()) * signature.channels();
            for (int y = window.top(); y < window.bottom(); y++) {
                int start = offset + (y * signature.width() + window.left()) * signature.channels();
                if (!Arrays.equals(pixels, start, start + length, baselines, start, start + length)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int copies() {
            return changing.isEmpty() ? 0 : 1 + changing.size();
        }

        /** @return what covers the copy; null for the image itself */
        @Override
        public Window perturb(int copy, float[] batch, int at) {
            if (copy == 0) {
                return null;
            }
            Window window = changing.get(copy - 1);
            int length = (window.right() - window.left()) * signature.channels();
            for (int y = window.top(); y < window.bottom(); y++) {
                int start = (y * signature.width() + window.left()) * signature.channels();
                System.arraycopy(baselines, offset + start, batch, at + start, length);
            }
            return window;
        }

        @Override
        public void observe(Window window, float score) {
            if (window == null) {
                uncovered = score;
            } else {
                double cost = uncovered - score;
                window.forEachPixel(signature, pixel -> sums[pixel] += cost);
            }
        }

        @Override
        public void conclude() {
            int[] covers = new int[sums.length];
            windows.forEach(window -> window.forEachPixel(signature, pixel -> covers[pixel]++));
            for (int i = 0; i < sums.length; i++) {
                maps[offset / signature.channels() + i] = (float) (sums[i] / covers[i]);
            }
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

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return OptionalLong.of(
                    1L + new Occlusion(options).windows(signature).size());
        }
    }
}

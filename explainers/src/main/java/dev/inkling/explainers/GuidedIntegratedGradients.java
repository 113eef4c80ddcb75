package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * ∫ ∂s/∂x · dx along a path from a baseline x′ to the image that goes around where the score is steep: at each step the values
 * of which the score depends least move first; s is the target's score. The map is (N, H, W, C), in logits, and sums to
 * s(x) − s(x′) up to the error of the integral.
 *
 * <p>Each of n steps brings the point nearer by 1/n of the whole distance Σ|x − x′|. Of the values that may still move, the
 * fraction with the smallest |∂s/∂x| moves as far as it may; if that is not enough, the same fraction of those that are left;
 * and so on. No value may be further along or behind than the straight path by more than {@code max-distance}; with 0 the path
 * is straight. Within a step the gradient is the mean of those at its ends.
 *
 * <p>Two differences from the paper's code: that takes the gradient at the beginning of each step; and it counts its fraction
 * out of all values, those that have arrived included, so that on an image most of which equals the baseline, such as a
 * digit, all others always move at once.
 *
 * <p>Diagnostic {@code convergence delta}: the error, Σ map − (s(x) − s(x′)); more steps make it smaller.
 *
 * <p>Not for comparing images: each has a path of its own, which a small change of image or model may turn elsewhere.
 *
 * @see <a href="https://arxiv.org/abs/2106.09788">Kapishnikov et al. 2021, Guided Integrated Gradients: An Adaptive Path
 *     Method for Removing Noise</a>
 */
public final class GuidedIntegratedGradients implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, true, "logits");

    private final Options options;

    public GuidedIntegratedGradients(Options options) {
        this.options = options;
    }

    /**
     * @param steps n
     * @param fraction of the values that may move, that which moves first
     * @param maxDistance how far from the straight path a value may be, as a part of its way
     * @param baseline x′
     */
    public record Options(
            @Option(value = "200", min = 1, max = 10_000, help = "steps on the path from the baseline to the image")
            int steps,

            @Option(
                    value = "0.25",
                    min = 0,
                    max = 1,
                    help = "part of the values that moves first: those of the least gradient")
            double fraction,

            @Option(
                    value = "0.02",
                    min = 0,
                    max = 1,
                    help = "how far a value may run ahead of the straight path or stay behind, as a part of its way")
            double maxDistance,

            @Option(
                    value = "0",
                    help = "where the path begins: a number, black, white, uniform:SEED, blur:SIGMA or mean")
            Baseline baseline) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        int count = model.signature().requireImages(images);
        targets.require(count, model.signature());
        Gradients gradients = model.require(Gradients.class);
        long[] shape = images.shape().asArray();
        float[] ends = FloatArrays.flat(images);
        float[] starts = FloatArrays.flat(options.baseline().forImages(model, images));
        int size = model.signature().imageSize();
        double[] sums = new double[ends.length];
        float[] points = starts.clone();
        float[] slopes = FloatArrays.flat(gradients.gradients(FloatArrays.of(points, shape), targets));
        for (int step = 1; step <= options.steps(); step++) {
            float[] next = points.clone();
            for (int n = 0; n < count; n++) {
                new Path(starts, ends, n * size, size).advance(next, slopes, (double) step / options.steps());
            }
            float[] nextSlopes = FloatArrays.flat(gradients.gradients(FloatArrays.of(next, shape), targets));
            for (int i = 0; i < sums.length; i++) {
                sums[i] += ((double) next[i] - points[i]) * ((double) slopes[i] + nextSlopes[i]) / 2;
            }
            points = next;
            slopes = nextSlopes;
        }
        float[] maps = new float[sums.length];
        for (int i = 0; i < maps.length; i++) {
            maps[i] = (float) sums[i];
        }
        float[] endScores = targets.scores(model.scores(images));
        float[] startScores = targets.scores(model.scores(FloatArrays.of(starts, shape)));
        float[] deltas = new float[count];
        for (int n = 0; n < count; n++) {
            double total = 0;
            for (int i = n * size; i < (n + 1) * size; i++) {
                total += maps[i];
            }
            deltas[n] = (float) (total - ((double) endScores[n] - startScores[n]));
        }
        return new Attribution(FloatArrays.of(maps, shape), CONTRACT).with("convergence delta", deltas);
    }

    /** The way of one image: places [offset, offset + size) of arrays that hold several. */
    private final class Path {

        private final float[] starts;
        private final float[] ends;
        private final int offset;
        private final int size;

        Path(float[] starts, float[] ends, int offset, int size) {
            this.starts = starts;
            this.ends = ends;
            this.offset = offset;
            this.size = size;
        }

        /** Moves a point on until what is left of the whole distance is its part 1 − alpha. */
        void advance(float[] point, float[] slopes, double alpha) {
            if (alpha == 1) {
                System.arraycopy(ends, offset, point, offset, size);
                return;
            }
            double least = Math.max(alpha - options.maxDistance(), 0);
            double most = Math.min(alpha + options.maxDistance(), 1);
            // By the size of the slope, then by place: a float's bits, if it is not negative, sort as it does.
            long[] movable = new long[size];
            int count = 0;
            double excess = 0;
            for (int i = offset; i < offset + size; i++) {
                double way = (double) ends[i] - starts[i];
                if (way == 0) {
                    continue;
                }
                double along = ((double) point[i] - starts[i]) / way;
                if (along < least) {
                    along = least;
                    point[i] = at(i, least);
                }
                excess += (alpha - along) * Math.abs(way);
                if (along < most) {
                    movable[count++] = (long) Float.floatToIntBits(Math.abs(slopes[i])) << Integer.SIZE | i;
                }
            }
            Arrays.sort(movable, 0, count);
            int from = 0;
            while (from < count && excess > 0) {
                int to = group(movable, from, count);
                double room = 0;
                for (int k = from; k < to; k++) {
                    int i = (int) movable[k];
                    room += Math.abs((double) at(i, most) - point[i]);
                }
                double part = excess < room ? excess / room : 1;
                for (int k = from; k < to; k++) {
                    int i = (int) movable[k];
                    point[i] = part < 1 ? (float) (point[i] + part * ((double) at(i, most) - point[i])) : at(i, most);
                }
                excess -= room;
                from = to;
            }
        }

        /** The end of the fraction of the rest that moves next; values of equal slopes move together. */
        private int group(long[] movable, int from, int count) {
            int to = from + (int) (options.fraction() * (count - 1 - from));
            long slope = movable[to] >>> Integer.SIZE;
            while (to < count && movable[to] >>> Integer.SIZE == slope) {
                to++;
            }
            return to;
        }

        private float at(int i, double along) {
            return along == 1 ? ends[i] : (float) (starts[i] + along * ((double) ends[i] - starts[i]));
        }
    }

    /** Registers {@code guided-integrated-gradients}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "guided-integrated-gradients",
                    "Guided integrated gradients",
                    "How the score's rise from an empty image divides among the pixels, on a path around noise.",
                    "Kapishnikov, Venugopalan, Avci, Wedin, Terry, Bolukbasi (2021): Guided Integrated Gradients: An Adaptive"
                            + " Path Method for Removing Noise. https://arxiv.org/abs/2106.09788",
                    ExplainerCard.Family.GRADIENT,
                    Set.of(Gradients.class),
                    CONTRACT);
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new GuidedIntegratedGradients(options);
        }

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return OptionalLong.of(2L * (options.steps() + 1) + 2);
        }
    }
}

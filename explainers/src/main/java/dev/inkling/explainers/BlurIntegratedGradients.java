package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.GaussianBlur;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Parallel;
import dev.inkling.spi.Targets;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * ∫ ∂s/∂x at B(σ) · dB(σ) along the path on which the image comes into focus: B(σ) is the image blurred by a Gaussian of
 * standard deviation σ ({@link GaussianBlur}), from the largest σ down to 0; s is the target's score. The map is
 * (N, H, W, C), in logits, and sums to s(x) − s(B(largest σ)) up to the error of the integral. No baseline image is needed,
 * and no ink appears where none was.
 *
 * <p>Points lie at σ = largest · (1 − i/(n − 1))², closer together where the image is sharp and changes most; between two of
 * them the path is taken as straight and the gradient as the mean of both. (The paper's code takes differences in σ of
 * the paths' left ends, and lets the image fade to black beyond its border.)
 *
 * <p>Diagnostic {@code convergence delta}: the error, Σ map − (s(x) − s(B(largest σ))); more steps make it smaller.
 *
 * <p>Not for asking about uniform areas: blur does not change them, so they get nothing.
 *
 * @see <a href="https://arxiv.org/abs/2004.03383">Xu, Venugopalan and Sundararajan 2020, Attribution in Scale and Space</a>
 */
public final class BlurIntegratedGradients implements Explainer {

    private static final Attribution.Contract CONTRACT = new Attribution.Contract(Sign.SIGNED, true, "logits");

    private final Options options;

    public BlurIntegratedGradients(Options options) {
        this.options = options;
    }

    /**
     * @param steps n, points on the path, both ends included
     * @param sigma the largest σ as a part of the image's longer side
     */
    public record Options(
            @Option(value = "50", min = 2, max = 1000, help = "points on the path from blurred to sharp")
            int steps,

            @Option(
                    value = "0.25",
                    min = 0.01,
                    max = 2,
                    help = "standard deviation of the strongest blur, as a part of the image's longer side")
            double sigma) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        PointGradients gradients = new PointGradients(model, targets);
        int size = signature.imageSize();
        GaussianBlur[] blurs = blurs(signature);
        float[] pixels = FloatArrays.flat(images);
        float[] maps = new float[pixels.length];
        float[] deltas = new float[count];
        float[] ends = targets.scores(model.scores(images));
        float[] starts = targets.scores(model.scores(blurred(blurs[0], pixels, images)));
        Parallel.forEach(count, n -> {
            int offset = n * size;
            float[] pointBefore = new float[size];
            float[] slopeBefore = new float[size];
            double[] sums = new double[size];
            gradients.forImage(
                    n,
                    blurs.length,
                    (step, to, at) -> blurs[step].apply(pixels, offset, to, at),
                    (step, points, slopes, at) -> {
                        if (step > 0) {
                            for (int i = 0; i < size; i++) {
                                sums[i] += ((double) points[at + i] - pointBefore[i])
                                        * ((double) slopes[at + i] + slopeBefore[i])
                                        / 2;
                            }
                        }
                        System.arraycopy(points, at, pointBefore, 0, size);
                        System.arraycopy(slopes, at, slopeBefore, 0, size);
                    });
            double total = 0;
            for (int i = 0; i < size; i++) {
                maps[offset + i] = (float) sums[i];
                total += maps[offset + i];
            }
            deltas[n] = (float) (total - ((double) ends[n] - starts[n]));
        });
        return new Attribution(FloatArrays.of(maps, images.shape().asArray()), CONTRACT)
                .with("convergence delta", deltas);
    }

    /** From the strongest to none. */
    private GaussianBlur[] blurs(ModelSignature signature) {
        double largest = options.sigma() * Math.max(signature.height(), signature.width());
        GaussianBlur[] blurs = new GaussianBlur[options.steps()];
        for (int step = 0; step < blurs.length; step++) {
            double left = 1 - step / (blurs.length - 1.0);
            blurs[step] = new GaussianBlur(
                    Math.min(largest * left * left, GaussianBlur.LARGEST),
                    signature.height(),
                    signature.width(),
                    signature.channels());
        }
        return blurs;
    }

    private static FloatNdArray blurred(GaussianBlur blur, float[] pixels, FloatNdArray images) {
        float[] blurred = new float[pixels.length];
        int size = pixels.length / Math.toIntExact(images.shape().get(0));
        for (int offset = 0; offset < pixels.length; offset += size) {
            blur.apply(pixels, offset, blurred, offset);
        }
        return FloatArrays.of(blurred, images.shape().asArray());
    }

    /** Registers {@code blur-integrated-gradients}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "blur-integrated-gradients",
                    "Blur integrated gradients",
                    "How the score's rise while the image comes into focus divides among the pixels.",
                    "Xu, Venugopalan, Sundararajan (2020): Attribution in Scale and Space."
                            + " https://arxiv.org/abs/2004.03383",
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
            return new BlurIntegratedGradients(options);
        }

        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return OptionalLong.of(2L * options.steps() + 2);
        }
    }
}

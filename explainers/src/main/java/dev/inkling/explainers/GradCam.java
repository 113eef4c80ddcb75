package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * relu(Σ_c w_c · A_c) for a layer's activations A, where w_c is the mean over all places of ∂s/∂A_c, s being the target's
 * score: where the features are that speak for the target. The map is (N, h, w, 1) at the layer's own resolution, in
 * logits. Backward work goes no further than the layer.
 *
 * <p>Diagnostics {@code signed minimum} and {@code signed maximum}: the map's range before the ReLU; a maximum of zero or
 * less says why the map is empty.
 *
 * <p>Not for fine detail (a place of the map stands for many pixels), nor for layers whose gradient differs much from place
 * to place, for it is averaged.
 *
 * @see <a href="https://arxiv.org/abs/1610.02391">Selvaraju et al. 2016, Grad-CAM: Visual Explanations from Deep
 *     Networks</a>
 */
public final class GradCam implements Explainer {

    private static final String UNIT = "logits";

    private final Options options;

    public GradCam(Options options) {
        this.options = options;
    }

    /**
     * @param layer where to look; empty for the last convolution
     * @param relu whether to keep only what speaks for the target
     */
    public record Options(
            @Option(value = "", help = "layer to look at; empty for the last convolution")
            String layer,

            @Option(value = "true", help = "keep only what speaks for the target; false keeps the sign")
            boolean relu) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        ModelSignature signature = model.signature();
        int count = signature.requireImages(images);
        targets.require(count, signature);
        Layers layers = model.require(Layers.class);
        ModelSignature.Layer layer =
                options.layer().isEmpty() ? signature.lastConvolution() : signature.layer(options.layer());

        Layers.LayerGradients found = layers.gradients(layer.name(), images, targets);
        float[] activations = FloatArrays.flat(found.activations());
        float[] gradients = FloatArrays.flat(found.gradients());
        int places = layer.height() * layer.width();
        float[] maps = new float[count * places];
        float[] minimum = new float[count];
        float[] maximum = new float[count];
        for (int n = 0; n < count; n++) {
            double[] weights = means(gradients, n * places * layer.channels(), places, layer.channels());
            minimum[n] = Float.POSITIVE_INFINITY;
            maximum[n] = Float.NEGATIVE_INFINITY;
            for (int place = n * places; place < (n + 1) * places; place++) {
                double sum = 0;
                for (int c = 0; c < weights.length; c++) {
                    sum += weights[c] * activations[place * weights.length + c];
                }
                float value = (float) sum;
                minimum[n] = Math.min(minimum[n], value);
                maximum[n] = Math.max(maximum[n], value);
                maps[place] = options.relu() ? Math.max(0, value) : value;
            }
        }
        return new Attribution(
                        FloatArrays.of(maps, count, layer.height(), layer.width(), 1),
                        new Attribution.Contract(options.relu() ? Sign.POSITIVE : Sign.SIGNED, false, UNIT))
                .with("signed minimum", minimum)
                .with("signed maximum", maximum);
    }

    /** The mean of each channel over all places of one image. */
    private static double[] means(float[] values, int offset, int places, int channels) {
        double[] means = new double[channels];
        for (int i = 0; i < places * channels; i++) {
            means[i % channels] += values[offset + i];
        }
        for (int c = 0; c < channels; c++) {
            means[c] /= places;
        }
        return means;
    }

    /** Registers {@code grad-cam}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "grad-cam",
                    "Grad-CAM",
                    "Where a convolution sees the features that speak for the target.",
                    "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra (2016): Grad-CAM: Visual Explanations from Deep"
                            + " Networks via Gradient-based Localization. https://arxiv.org/abs/1610.02391",
                    ExplainerCard.Family.CAM,
                    Set.of(Layers.class),
                    new Attribution.Contract(Sign.POSITIVE, false, UNIT));
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new GradCam(options);
        }
    }
}

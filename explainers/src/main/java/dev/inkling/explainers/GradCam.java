package dev.inkling.explainers;

import static dev.inkling.spi.Formula.Input.ACTIVATION;
import static dev.inkling.spi.Formula.Input.GRADIENT;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
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

    private static final Formula MAP =
            ACTIVATION.times(GRADIENT.meanOverPlaces()).sumOverChannels();

    private final Options options;

    public GradCam(Options options) {
        this.options = options;
    }

    /**
     * @param layer where to look; several joined by + are fused; empty for the last convolution
     * @param relu whether to keep only what speaks for the target
     */
    public record Options(
            @Option(value = "", help = LayerMaps.LAYER) String layer,

            @Option(value = "true", help = LayerMaps.RELU) boolean relu) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        LayerMaps maps = new LayerMaps(model, images, targets);
        return maps.attribution(options.layer(), options.relu(), UNIT, layer -> maps.of(layer, MAP));
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

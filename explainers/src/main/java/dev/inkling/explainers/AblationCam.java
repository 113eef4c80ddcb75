package dev.inkling.explainers;

import static dev.inkling.spi.Formula.Input.ACTIVATION;
import static dev.inkling.spi.Formula.Input.SCORE_DROP;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * relu(Σ_c w_c · A_c) for a layer's activations A, with w_c = s − s without c: what the target's score s loses when channel c
 * is 0 everywhere. No gradients, so nothing is lost to saturation. The map is (N, h, w, 1) at the layer's own resolution, in
 * logits times activation. Costs one pass from the layer to the logits for each channel that is not 0 already, in batches.
 *
 * <p>The paper divides w_c by s. That is one factor for the whole map: it would turn the map's sign round where s is below zero,
 * and has no value where s is 0, as a contrast may be; so it is left out.
 *
 * <p>Diagnostics {@code signed minimum} and {@code signed maximum}: the map's range before the ReLU; a maximum of zero or
 * less says why the map is empty.
 *
 * <p>Not for layers that the image has a way around, such as those inside a residual block (look at the block's sum); nor where
 * channels stand in for each other: removing either alone costs nothing.
 *
 * @see <a href="https://doi.org/10.1109/WACV45572.2020.9093360">Desai and Ramaswamy 2020, Ablation-CAM: Visual Explanations for
 *     Deep Convolutional Network via Gradient-free Localization</a>
 */
public final class AblationCam implements Explainer {

    private static final String UNIT = "logits · activation";

    private static final Formula MAP = ACTIVATION.times(SCORE_DROP).sumOverChannels();

    private final Options options;

    public AblationCam(Options options) {
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

    /** Registers {@code ablation-cam}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "ablation-cam",
                    "Ablation-CAM",
                    "Features weighed by what the score loses when each is switched off.",
                    "Desai, Ramaswamy (2020): Ablation-CAM: Visual Explanations for Deep Convolutional Network via"
                            + " Gradient-free Localization. https://doi.org/10.1109/WACV45572.2020.9093360",
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
            return new AblationCam(options);
        }

        /** The activations, and the scores that follow from the whole and without each channel. */
        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return LayerMaps.evaluations(options.layer(), signature, layer -> 2 + layer.channels());
        }
    }
}

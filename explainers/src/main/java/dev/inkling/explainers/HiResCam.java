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
 * relu(Σ_c g_c · A_c) at every place of a layer, for its activations A and the gradient g = ∂s/∂A of the target's score s:
 * what each place adds to the score. The map is (N, h, w, 1) at the layer's own resolution, in logits. Costs what Grad-CAM costs.
 *
 * <p>Where nothing but a linear function follows the layer, the values before the ReLU add up to the score less its bias; and
 * where that function begins with the mean over all places, the map is Grad-CAM's.
 *
 * <p>Diagnostics {@code signed minimum} and {@code signed maximum}: the map's range before the ReLU; a maximum of zero or
 * less says why the map is empty.
 *
 * <p>Not for a smooth picture: it keeps the gradient's differences from place to place, its noise included.
 *
 * @see <a href="https://arxiv.org/abs/2011.08891">Draelos and Carin 2020, Use HiResCAM instead of Grad-CAM for faithful
 *     explanations of convolutional neural networks</a>
 */
public final class HiResCam implements Explainer {

    private static final String UNIT = "logits";

    private static final Formula MAP = GRADIENT.times(ACTIVATION).sumOverChannels();

    private final Options options;

    public HiResCam(Options options) {
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

    /** Registers {@code hires-cam}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "hires-cam",
                    "HiResCAM",
                    "What each place of a convolution adds to the score: gradient times activation.",
                    "Draelos, Carin (2020): Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural"
                            + " networks. https://arxiv.org/abs/2011.08891",
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
            return new HiResCam(options);
        }
    }
}

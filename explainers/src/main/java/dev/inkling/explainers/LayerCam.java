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
 * relu(Σ_c relu(g_c) · A_c) at every place of a layer, for its activations A and the gradient g = ∂s/∂A of the target's score
 * s: every place has a weight of its own, so that early layers, too, give a map worth looking at. The map is (N, h, w, 1) at the
 * layer's own resolution, in logits. Costs what Grad-CAM costs. The paper fuses
 * early layers with late ones; {@code layer=a+b} does so too.
 *
 * <p>A layer of positive activations gives a positive map, so there is no signed one to choose.
 *
 * <p>Diagnostics {@code signed minimum} and {@code signed maximum}: the map's range before the ReLU; a maximum of zero or
 * less says why the map is empty.
 *
 * <p>Not for "what speaks against it", nor for amounts: what a channel takes away at a place is not set off against what another
 * adds, so the values add up to more than the score.
 *
 * @see <a href="https://doi.org/10.1109/TIP.2021.3089943">Jiang et al. 2021, LayerCAM: Exploring Hierarchical Class Activation
 *     Maps for Localization</a>
 */
public final class LayerCam implements Explainer {

    private static final String UNIT = "logits";

    private static final Formula MAP = GRADIENT.relu().times(ACTIVATION).sumOverChannels();

    private final Options options;

    public LayerCam(Options options) {
        this.options = options;
    }

    /** @param layer where to look; several joined by + are fused; empty for the last convolution */
    public record Options(
            @Option(value = "", help = LayerMaps.LAYER) String layer) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        LayerMaps maps = new LayerMaps(model, images, targets);
        return maps.attribution(options.layer(), true, UNIT, layer -> maps.of(layer, MAP));
    }

    /** Registers {@code layer-cam}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "layer-cam",
                    "LayerCAM",
                    "Where features speak for the target, place by place; works at early layers too.",
                    "Jiang, Zhang, Hou, Cheng, Wei (2021): LayerCAM: Exploring Hierarchical Class Activation Maps for"
                            + " Localization. https://doi.org/10.1109/TIP.2021.3089943",
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
            return new LayerCam(options);
        }
    }
}

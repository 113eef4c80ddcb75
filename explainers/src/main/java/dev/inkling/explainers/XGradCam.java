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
 * relu(Σ_c w_c · A_c) for a layer's activations A, where w_c = Σ g·A_c / Σ A_c, both sums over all places, g = ∂s/∂A_c and s
 * the target's score: Grad-CAM with each place's gradient counted by its activation instead of evenly. w_c is 0 where Σ A_c is.
 * The map is (N, h, w, 1) at the layer's own resolution, in logits. Costs what Grad-CAM costs.
 *
 * <p>Before the ReLU the values of a map add up to Σ g·A, as those of HiResCAM do; where the gradient is the same everywhere, the
 * map is Grad-CAM's.
 *
 * <p>Diagnostics {@code signed minimum} and {@code signed maximum}: the map's range before the ReLU; a maximum of zero or
 * less says why the map is empty.
 *
 * <p>Not for a layer before its activation function: where activations of both signs cancel, w_c has no bounds.
 *
 * @see <a href="https://arxiv.org/abs/2008.02312">Fu et al. 2020, Axiom-based Grad-CAM: Towards Accurate Visualization and
 *     Explanation of CNNs</a>
 */
public final class XGradCam implements Explainer {

    private static final String UNIT = "logits";

    private static final Formula WEIGHTS =
            GRADIENT.times(ACTIVATION).sumOverPlaces().over(ACTIVATION.sumOverPlaces());

    private static final Formula MAP = ACTIVATION.times(WEIGHTS).sumOverChannels();

    private final Options options;

    public XGradCam(Options options) {
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

    /** Registers {@code xgrad-cam}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "xgrad-cam",
                    "XGrad-CAM",
                    "Grad-CAM with gradients averaged by activation, so that the map keeps the sum of what features add.",
                    "Fu, Hu, Dong, Guo, Gao, Li (2020): Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation"
                            + " of CNNs. https://arxiv.org/abs/2008.02312",
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
            return new XGradCam(options);
        }
    }
}

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
 * relu(Σ_c w_c · A_c) for a layer's activations A with w_c = Σ over places of α·relu(g) and α = g² / (2g² + S_c·g³), where
 * g = ∂s/∂A_c, s is the target's score and S_c the sum of A_c over all places; α is 0 where g is. Each place counts by how much
 * of the score it accounts for, so several objects of one class show, and small ones. The map is (N, h, w, 1) at the layer's
 * own resolution. Costs what Grad-CAM costs.
 *
 * <p>The paper derives α for exp(s); the factor exp(s), which all weights share, is left out. A layer of positive activations
 * gives a positive map, so there is no signed one to choose.
 *
 * <p>Diagnostics {@code signed minimum} and {@code signed maximum}: the map's range before the ReLU; a maximum of zero or
 * less says why the map is empty.
 *
 * <p>Not for a layer before its activation function, where S_c may be negative and α without bounds; nor for "what speaks
 * against it": only gradients above zero count.
 *
 * @see <a href="https://arxiv.org/abs/1710.11063">Chattopadhyay et al. 2017, Grad-CAM++: Improved Visual Explanations for Deep
 *     Convolutional Networks</a>
 */
public final class GradCamPlusPlus implements Explainer {

    private static final String UNIT = "logits";

    /** α · relu(g), with g² cancelled so that tiny gradients do not vanish on the way. */
    private static final Formula SHARES =
            GRADIENT.relu().over(ACTIVATION.sumOverPlaces().times(GRADIENT).plus(2));

    private static final Formula MAP = ACTIVATION.times(SHARES.sumOverPlaces()).sumOverChannels();

    private final Options options;

    public GradCamPlusPlus(Options options) {
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

    /** Registers {@code grad-cam-plus-plus}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "grad-cam-plus-plus",
                    "Grad-CAM++",
                    "Grad-CAM with each place weighed by its own share of the score, so that several objects show.",
                    "Chattopadhyay, Sarkar, Howlader, Balasubramanian (2017): Grad-CAM++: Improved Visual Explanations for"
                            + " Deep Convolutional Networks. https://arxiv.org/abs/1710.11063",
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
            return new GradCamPlusPlus(options);
        }
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * relu((A − mean A)·v) at every place of a layer, for its activations A (places, channels), the mean of each channel over the
 * places, and v, the direction in which activations vary most from place to place: the first right singular vector of the
 * centred A. It shows where this image differs most from itself, whatever the class. No gradients. The map is (N, h, w, 1) at
 * the layer's own resolution, in units of activation. One forward pass.
 *
 * <p>A singular vector has no sign of its own. Here Σ v ≥ 0: where the map is positive, activations on the whole are above their
 * mean. Should the components of v cancel each other, the first of the largest is positive.
 *
 * <p>Diagnostics {@code signed minimum} and {@code signed maximum}: the map's range before the ReLU.
 *
 * <p>Not for "why this class": the target plays no part. Nor where two directions vary equally much: which of them comes first is
 * then chance.
 *
 * @see <a href="https://arxiv.org/abs/2008.00299">Muhammad and Yeasin 2020, Eigen-CAM: Class Activation Map using Principal
 *     Components</a>
 */
public final class EigenCam implements Explainer {

    private static final String UNIT = "activation";

    /** Where the components of a unit vector add up to less, rounding decides their sum's sign. */
    private static final double NO_SUM = 1e-9;

    private final Options options;

    public EigenCam(Options options) {
        this.options = options;
    }

    /**
     * @param layer where to look; several joined by + are fused; empty for the last convolution
     * @param relu whether to keep only the places above the mean
     */
    public record Options(
            @Option(value = "", help = LayerMaps.LAYER) String layer,

            @Option(value = "true", help = "keep only places above the mean; false keeps the sign")
            boolean relu) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        LayerMaps maps = new LayerMaps(model, images, targets);
        return maps.attribution(
                options.layer(), options.relu(), UNIT, layer -> maps.fromActivations(layer, EigenCam::map));
    }

    private static double[] map(LayerMaps.Features features) {
        PrincipalDirection principal = PrincipalDirection.of(features.centred());
        double[] map = principal.projections();
        if (isBackwards(principal.direction())) {
            for (int place = 0; place < map.length; place++) {
                map[place] = -map[place];
            }
        }
        return map;
    }

    private static boolean isBackwards(double[] direction) {
        double sum = Arrays.stream(direction).sum();
        if (Math.abs(sum) > NO_SUM) {
            return sum < 0;
        }
        double largest = Arrays.stream(direction).map(Math::abs).max().orElseThrow();
        return Arrays.stream(direction)
                        .filter(component -> Math.abs(component) >= largest - NO_SUM)
                        .findFirst()
                        .orElseThrow()
                < 0;
    }

    /** Registers {@code eigen-cam}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "eigen-cam",
                    "Eigen-CAM",
                    "Where features differ most from their mean over the image, whatever the class.",
                    "Muhammad, Yeasin (2020): Eigen-CAM: Class Activation Map using Principal Components."
                            + " https://arxiv.org/abs/2008.00299",
                    ExplainerCard.Family.CAM,
                    Set.of(Layers.class),
                    Set.of(),
                    false,
                    new Attribution.Contract(Sign.POSITIVE, false, UNIT));
        }

        @Override
        public Class<Options> options() {
            return Options.class;
        }

        @Override
        public Explainer create(Options options) {
            return new EigenCam(options);
        }
    }
}

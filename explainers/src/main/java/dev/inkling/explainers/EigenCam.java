package dev.inkling.explainers;

import static dev.inkling.spi.Formula.Input.ACTIVATION;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * relu((A − mean A)·v) at every place of a layer, for its activations A (places, channels), the mean of each channel over the
 * places, and v, the direction in which activations vary most from place to place: the first right singular vector of the
 * centred A. It shows where this image differs most from itself, whatever the class. No gradients. The map is (N, h, w, 1) at
 * the layer's own resolution, in units of activation. One forward pass.
 *
 * <p>A singular vector has no sign of its own. Here Σ v ≥ 0: where the map is positive, activations on the whole are above their
 * mean. Should the components of v cancel each other, the first of the places that stand out most is positive.
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

    /** Where the components of a unit vector add up to less, a float's rounding decides their sum's sign. */
    private static final double NO_SUM = 1e-5;

    /** Less the least first, so that a channel that is the same everywhere is 0 exactly: its mean may be off by rounding. */
    private static final Formula ABOVE_LEAST = ACTIVATION.minus(ACTIVATION.minimumOverPlaces());

    private static final Formula CENTRED = ABOVE_LEAST.minus(ABOVE_LEAST.meanOverPlaces());

    private static final List<Formula> OF_PLACES = List.of(CENTRED.innerProductsOfPlaces(), CENTRED.sumOverChannels());

    private static final List<Formula> OF_CHANNELS = List.of(CENTRED.innerProductsOfChannels(), CENTRED);

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
        return maps.attribution(options.layer(), options.relu(), UNIT, layer -> signed(layer, maps));
    }

    /** By centred A·Aᵀ or Aᵀ·A, which have the same largest eigenvalue: by the smaller, which costs less. */
    private static List<float[]> signed(Layer layer, LayerMaps maps) {
        return layer.height() * layer.width() <= layer.channels()
                ? maps.of(layer, OF_PLACES, (image, values) -> ofPlaces(values.get(0), values.get(1)))
                : maps.of(layer, OF_CHANNELS, (image, values) -> ofChannels(values.get(0), values.get(1)));
    }

    /**
     * Centred A = Σ σ·u·vᵀ: the first u, which is found here, times σ is A·v.
     *
     * @param sums of centred A over the channels
     */
    private static float[] ofPlaces(float[] products, float[] sums) {
        PrincipalEigenvector principal = PrincipalEigenvector.of(products);
        double length = Math.sqrt(principal.eigenvalue());
        float[] map = new float[sums.length];
        double sum = 0;
        for (int place = 0; place < map.length; place++) {
            double value = principal.direction()[place];
            map[place] = (float) (length * value);
            sum += value * sums[place];
        }
        return withSign(map, length == 0 ? 0 : sum / length);
    }

    private static float[] ofChannels(float[] products, float[] centred) {
        double[] direction = PrincipalEigenvector.of(products).direction();
        return withSign(
                LayerMaps.weighted(direction, centred), Arrays.stream(direction).sum());
    }

    /**
     * Turns the map around, or not.
     *
     * @param sum of the components of v
     */
    private static float[] withSign(float[] map, double sum) {
        if (Math.abs(sum) > NO_SUM ? sum < 0 : standsOut(map) < 0) {
            for (int place = 0; place < map.length; place++) {
                map[place] = -map[place];
            }
        }
        return map;
    }

    /** The first of the values that are largest but for rounding. */
    private static float standsOut(float[] map) {
        float largest = 0;
        for (float value : map) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (float value : map) {
            if (Math.abs(value) >= (1 - NO_SUM) * largest) {
                return value;
            }
        }
        return largest;
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

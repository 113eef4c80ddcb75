package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * What class activation maps share, for one call of an explainer: which layers they look at, and how the signed values of a
 * layer's places become an attribution.
 *
 * <p>One layer's map stays as it is, at the layer's resolution. The maps of several, as {@code layer=a+b}, have scales of their
 * own, so each is divided by its largest magnitude; then they are brought to the resolution of the finest and averaged.
 */
final class LayerMaps {

    /** Help for the option {@code layer}. */
    static final String LAYER = "layer to look at, or several to fuse, joined by +; empty for the last convolution";

    /** Help for the option {@code relu}. */
    static final String RELU = "keep only what speaks for the target; false keeps the sign";

    /** The unit of fused maps. */
    static final String SHARE = "share of each layer's largest value";

    private final ModelSignature signature;
    private final Layers layers;
    private final FloatNdArray images;
    private final Targets targets;
    private final int count;

    /**
     * Checks what every explainer checks, but for the images' values, which the model is asked to look at first of all.
     *
     * @throws InvalidInputException if the images or targets do not fit the model, or it does not offer {@link Layers}
     */
    LayerMaps(Model model, FloatNdArray images, Targets targets) {
        this.signature = model.signature();
        this.count = signature.requireShape(images);
        targets.require(count, signature);
        this.layers = model.require(Layers.class);
        this.images = images;
        this.targets = targets;
    }

    /** The signed value of every place of a layer, for one image. */
    @FunctionalInterface
    interface Method {

        /** @param values of each formula, read only */
        float[] map(int image, List<float[]> values);
    }

    int count() {
        return count;
    }

    /** A map for each image: a formula's values, one for each place. */
    List<float[]> of(Layer layer, Formula formula) {
        return of(layer, List.of(formula), (image, values) -> values.get(0).clone());
    }

    /** A map for each image, made of formulas' values, several at once. */
    List<float[]> of(Layer layer, List<Formula> formulas, Method method) {
        float[][] maps = new float[count][];
        layers.visit(
                layer.name(), images, targets, formulas, (image, values) -> maps[image] = method.map(image, values));
        return List.of(maps);
    }

    /** Σ over channels of weight · A, for each place. */
    static float[] weighted(double[] weights, float[] activations) {
        float[] map = new float[activations.length / weights.length];
        for (int place = 0; place < map.length; place++) {
            int from = place * weights.length;
            // Four sums, since each addition would wait for the one before.
            double first = 0;
            double second = 0;
            double third = 0;
            double fourth = 0;
            int c = 0;
            for (; c + 3 < weights.length; c += 4) {
                first += weights[c] * activations[from + c];
                second += weights[c + 1] * activations[from + c + 1];
                third += weights[c + 2] * activations[from + c + 2];
                fourth += weights[c + 3] * activations[from + c + 3];
            }
            for (; c < weights.length; c++) {
                first += weights[c] * activations[from + c];
            }
            map[place] = (float) (first + second + third + fourth);
        }
        return map;
    }

    /**
     * The attribution, with the diagnostics {@code signed minimum} and {@code signed maximum}: each image's range before the
     * ReLU, over all layers.
     *
     * @param names the option: one layer, several joined by +, or empty for the last convolution
     * @param unit of the values of a single layer
     * @param signed gives a layer's map for each image
     */
    Attribution attribution(String names, boolean relu, String unit, Function<Layer, List<float[]>> signed) {
        List<Layer> chosen = chosen(names, signature);
        float[] minimum = new float[count];
        float[] maximum = new float[count];
        Arrays.fill(minimum, Float.POSITIVE_INFINITY);
        Arrays.fill(maximum, Float.NEGATIVE_INFINITY);
        List<float[]> byLayer = new ArrayList<>();
        for (Layer layer : chosen) {
            int places = layer.height() * layer.width();
            List<float[]> maps = signed.apply(layer);
            float[] values = new float[count * places];
            for (int n = 0; n < count; n++) {
                float[] map = maps.get(n);
                minimum[n] = Math.min(minimum[n], least(map));
                maximum[n] = Math.max(maximum[n], most(map));
                copy(map, relu, values, n * places);
            }
            byLayer.add(values);
        }
        boolean fused = chosen.size() > 1;
        int height = chosen.stream().mapToInt(Layer::height).max().orElseThrow();
        int width = chosen.stream().mapToInt(Layer::width).max().orElseThrow();
        return new Attribution(
                        FloatArrays.of(
                                fused ? fused(chosen, byLayer, height, width) : byLayer.get(0),
                                count,
                                height,
                                width,
                                1),
                        new Attribution.Contract(relu ? Sign.POSITIVE : Sign.SIGNED, false, fused ? SHARE : unit))
                .with("signed minimum", minimum)
                .with("signed maximum", maximum);
    }

    private static float least(float[] map) {
        float least = map[0];
        for (float value : map) {
            least = Math.min(least, value);
        }
        return least;
    }

    private static float most(float[] map) {
        float most = map[0];
        for (float value : map) {
            most = Math.max(most, value);
        }
        return most;
    }

    private static void copy(float[] map, boolean relu, float[] values, int to) {
        for (int place = 0; place < map.length; place++) {
            values[to + place] = relu ? Math.max(0, map[place]) : map[place];
        }
    }

    /**
     * How many images a method sends through a model that tries every channel, for each image.
     *
     * @param ofLayer how many for a layer
     * @return empty if the model shows no layers
     */
    static OptionalLong evaluations(String names, ModelSignature signature, ToLongFunction<Layer> ofLayer) {
        return signature.layers().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        chosen(names, signature).stream().mapToLong(ofLayer).sum());
    }

    private static List<Layer> chosen(String names, ModelSignature signature) {
        if (names.isEmpty()) {
            return List.of(signature.lastConvolution());
        }
        List<String> parts = List.of(names.split("\\+", -1));
        for (String part : parts) {
            if (parts.indexOf(part) != parts.lastIndexOf(part)) {
                throw new InvalidInputException(
                        "layer '%s' is named twice in '%s'; name each layer to fuse once", part, names);
            }
        }
        return parts.stream().map(signature::layer).toList();
    }

    private float[] fused(List<Layer> chosen, List<float[]> byLayer, int height, int width) {
        float[] fused = new float[count * height * width];
        for (int n = 0; n < count; n++) {
            double[] sum = new double[height * width];
            for (int i = 0; i < chosen.size(); i++) {
                Layer layer = chosen.get(i);
                int places = layer.height() * layer.width();
                float[] map = Arrays.copyOfRange(byLayer.get(i), n * places, (n + 1) * places);
                double largest = 0;
                for (float value : map) {
                    largest = Math.max(largest, Math.abs(value));
                }
                float[] resized = Bilinear.resize(map, layer.height(), layer.width(), height, width);
                // Where a layer has nothing to say, it says so with its full weight.
                for (int place = 0; largest > 0 && place < sum.length; place++) {
                    sum[place] += resized[place] / largest;
                }
            }
            for (int place = 0; place < sum.length; place++) {
                fused[n * sum.length + place] = (float) (sum[place] / chosen.size());
            }
        }
        return fused;
    }
}

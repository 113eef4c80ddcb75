package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.FloatArrays;
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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
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
     * Checks what every explainer checks.
     *
     * @throws InvalidInputException if the images or targets do not fit the model, or it does not offer {@link Layers}
     */
    LayerMaps(Model model, FloatNdArray images, Targets targets) {
        this.signature = model.signature();
        this.count = signature.requireImages(images);
        targets.require(count, signature);
        this.layers = model.require(Layers.class);
        this.images = images;
        this.targets = targets;
    }

    /**
     * A layer's output A for one image and, where the method asked for it, the gradient g of the target's score with respect to it.
     *
     * @param activations flat, (places, channels)
     * @param gradients of the same shape, or empty
     * @param image its index in [0, N)
     */
    record Features(float[] activations, float[] gradients, int image, int places, int channels) {

        private int at(int place, int channel) {
            return place * channels + channel;
        }

        double activation(int place, int channel) {
            return activations[at(place, channel)];
        }

        double gradient(int place, int channel) {
            return gradients[at(place, channel)];
        }

        /** The channels in which A is not 0 everywhere. */
        int[] active() {
            // Long loops that the JIT vectorises; no sum of magnitudes rounds to 0.
            float[] magnitudes = new float[channels];
            for (int place = 0; place < places; place++) {
                int from = at(place, 0);
                for (int c = 0; c < channels; c++) {
                    magnitudes[c] += Math.abs(activations[from + c]);
                }
            }
            return IntStream.range(0, channels).filter(c -> magnitudes[c] != 0).toArray();
        }

        /** Σ over places of A, for each channel. */
        double[] sums() {
            return sums(activations);
        }

        /** A less the mean of each channel over the places, (places, channels). */
        double[][] centred() {
            double[] means = sums();
            for (int c = 0; c < channels; c++) {
                means[c] /= places;
            }
            // Row by row, since Java allocates several at once in its slowest way.
            double[][] centred = new double[places][];
            for (int place = 0; place < places; place++) {
                double[] row = new double[channels];
                int from = at(place, 0);
                for (int c = 0; c < channels; c++) {
                    row[c] = activations[from + c] - means[c];
                }
                centred[place] = row;
            }
            return centred;
        }

        /** Σ over places of g, for each channel. */
        double[] gradientSums() {
            return sums(gradients);
        }

        /** Four places at once, so that a sum is read and written a quarter as often. */
        private double[] sums(float[] values) {
            double[] sums = new double[channels];
            int place = 0;
            for (; place + 3 < places; place += 4) {
                int first = at(place, 0);
                int second = first + channels;
                int third = second + channels;
                int fourth = third + channels;
                for (int c = 0; c < channels; c++) {
                    sums[c] += (double) values[first + c]
                            + values[second + c]
                            + ((double) values[third + c] + values[fourth + c]);
                }
            }
            for (; place < places; place++) {
                int from = at(place, 0);
                for (int c = 0; c < channels; c++) {
                    sums[c] += values[from + c];
                }
            }
            return sums;
        }

        /** Σ over channels of weight · A, for each place. */
        double[] weighted(double[] weights) {
            double[] map = new double[places];
            for (int place = 0; place < places; place++) {
                map[place] = weighted(place, weights);
            }
            return map;
        }

        /** Σ over channels of weight · A, at one place. */
        double weighted(int place, double[] weights) {
            int from = at(place, 0);
            // Four sums, since each addition would wait for the one before.
            double first = 0;
            double second = 0;
            double third = 0;
            double fourth = 0;
            int c = 0;
            for (; c + 3 < channels; c += 4) {
                first += weights[c] * activations[from + c];
                second += weights[c + 1] * activations[from + c + 1];
                third += weights[c + 2] * activations[from + c + 2];
                fourth += weights[c + 3] * activations[from + c + 3];
            }
            for (; c < channels; c++) {
                first += weights[c] * activations[from + c];
            }
            return first + second + third + fourth;
        }
    }

    /** The signed value of every place of a layer, for one image. */
    @FunctionalInterface
    interface Method {
        double[] map(Features features);
    }

    int count() {
        return count;
    }

    ModelSignature signature() {
        return signature;
    }

    /** A map for each image, from the layer's output and its gradient, several at once. */
    List<double[]> fromGradients(Layer layer, Method method) {
        return maps(layer, method, visitor -> layers.gradients(layer.name(), images, targets, visitor));
    }

    /** A map for each image, from the layer's output alone, several at once. */
    List<double[]> fromActivations(Layer layer, Method method) {
        return maps(layer, method, visitor -> layers.activations(layer.name(), images, visitor));
    }

    private List<double[]> maps(Layer layer, Method method, Consumer<Layers.Visitor> visits) {
        double[][] maps = new double[count][];
        int places = layer.height() * layer.width();
        visits.accept((image, activations, gradients) ->
                maps[image] = method.map(new Features(activations, gradients, image, places, layer.channels())));
        return List.of(maps);
    }

    /**
     * The attribution, with the diagnostics {@code signed minimum} and {@code signed maximum}: each image's range before the
     * ReLU, over all layers.
     *
     * @param names the option: one layer, several joined by +, or empty for the last convolution
     * @param unit of the values of a single layer
     * @param signed gives a layer's map for each image
     */
    Attribution attribution(String names, boolean relu, String unit, Function<Layer, List<double[]>> signed) {
        List<Layer> chosen = chosen(names, signature);
        float[] minimum = new float[count];
        float[] maximum = new float[count];
        Arrays.fill(minimum, Float.POSITIVE_INFINITY);
        Arrays.fill(maximum, Float.NEGATIVE_INFINITY);
        List<float[]> byLayer = new ArrayList<>();
        for (Layer layer : chosen) {
            int places = layer.height() * layer.width();
            List<double[]> maps = signed.apply(layer);
            float[] values = new float[count * places];
            for (int n = 0; n < count; n++) {
                for (int place = 0; place < places; place++) {
                    float value = (float) maps.get(n)[place];
                    minimum[n] = Math.min(minimum[n], value);
                    maximum[n] = Math.max(maximum[n], value);
                    values[n * places + place] = relu ? Math.max(0, value) : value;
                }
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

    /**
     * How many images a method sends through a model that tries every channel, for each image.
     *
     * @param perLayer more of them for each layer
     * @return empty if the model shows no layers
     */
    static OptionalLong evaluations(String names, ModelSignature signature, int perLayer) {
        return signature.layers().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(chosen(names, signature).stream()
                        .mapToLong(layer -> layer.channels() + perLayer)
                        .sum());
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

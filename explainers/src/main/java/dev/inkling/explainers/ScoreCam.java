package dev.inkling.explainers;

import static dev.inkling.spi.Formula.Input.ACTIVATION;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * relu(Σ_c w_c · A_c) for a layer's activations A, with w_c = s(x ∘ H_c) − s(0): what the target's score s gains when of an
 * image of nothing but zeros the part comes into view that channel c responds to. H_c is A_c brought to the image's size and then
 * to [0, 1] by its minimum and maximum; where A_c is the same everywhere it shows nothing, and w_c is 0. No gradients. The map
 * is (N, h, w, 1) at the layer's own resolution, in logits times activation. Costs a forward pass per channel that is not
 * constant, in batches.
 *
 * <p>{@code weights=softmax} takes the softmax of these weights over the channels instead, as pytorch-grad-cam does: all are
 * positive then and few matter.
 *
 * <p>Diagnostics {@code signed minimum} and {@code signed maximum}: the map's range before the ReLU; a maximum of zero or
 * less says why the map is empty.
 *
 * <p>Not for images whose background is not 0, which is what hides the rest; nor for a quick answer.
 *
 * @see <a href="https://arxiv.org/abs/1910.01279">Wang et al. 2019, Score-CAM: Score-Weighted Visual Explanations for
 *     Convolutional Neural Networks</a>
 */
public final class ScoreCam implements Explainer {

    private static final String UNIT = "logits · activation";

    private final Options options;

    public ScoreCam(Options options) {
        this.options = options;
    }

    /** What a channel's gain in score becomes. */
    public enum Weights {
        /** Its weight, as it is. */
        INCREASE,
        /** exp(gain) / Σ exp(gain) over the channels. */
        SOFTMAX
    }

    /**
     * @param layer where to look; several joined by + are fused; empty for the last convolution
     * @param weights what a channel's gain in score becomes
     * @param relu whether to keep only what speaks for the target
     */
    public record Options(
            @Option(value = "", help = LayerMaps.LAYER) String layer,

            @Option(
                    value = "increase",
                    help = "a channel's weight: the increase of the score, or its softmax over the channels")
            Weights weights,

            @Option(value = "true", help = LayerMaps.RELU) boolean relu) {}

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        LayerMaps maps = new LayerMaps(model, images, targets);
        ModelSignature signature = model.signature();
        float[] pixels = FloatArrays.flat(images);
        FloatNdArray scoresOfNothing = model.scores(batch(new float[signature.imageSize()], signature));
        return maps.attribution(
                options.layer(),
                options.relu(),
                UNIT,
                layer -> maps.of(layer, List.of(ACTIVATION), (n, values) -> {
                    float[] activations = values.get(0);
                    Targets target = targets.rows(n, n + 1);
                    double nothing = target.scores(scoresOfNothing)[0];
                    double[] gains = new double[layer.channels()];
                    int[] varied = IntStream.range(0, gains.length)
                            .filter(c -> varies(activations, c, gains.length))
                            .toArray();
                    int atOnce = BatchSize.of(signature.imageSize(), maps.count());
                    for (int from = 0; from < varied.length; from += atOnce) {
                        int[] some = Arrays.copyOfRange(varied, from, Math.min(varied.length, from + atOnce));
                        float[] masked = new float[some.length * signature.imageSize()];
                        for (int i = 0; i < some.length; i++) {
                            show(
                                    pixels,
                                    n,
                                    mask(activations, some[i], layer, signature),
                                    masked,
                                    i,
                                    signature.channels());
                        }
                        float[] scores = target.repeat(0, some.length).scores(model.scores(batch(masked, signature)));
                        for (int i = 0; i < some.length; i++) {
                            gains[some[i]] = scores[i] - nothing;
                        }
                    }
                    return LayerMaps.weighted(
                            options.weights() == Weights.SOFTMAX ? softmax(gains) : gains, activations);
                }));
    }

    private static boolean varies(float[] activations, int channel, int channels) {
        return IntStream.range(1, activations.length / channels)
                .anyMatch(place -> activations[place * channels + channel] != activations[channel]);
    }

    /** A channel's activations at the image's size, brought to [0, 1]. */
    private static float[] mask(float[] activations, int channel, Layer layer, ModelSignature signature) {
        float[] map = new float[layer.height() * layer.width()];
        for (int place = 0; place < map.length; place++) {
            map[place] = activations[place * layer.channels() + channel];
        }
        float[] mask = Bilinear.resize(map, layer.height(), layer.width(), signature.height(), signature.width());
        float least = Float.POSITIVE_INFINITY;
        float largest = Float.NEGATIVE_INFINITY;
        for (float value : mask) {
            least = Math.min(least, value);
            largest = Math.max(largest, value);
        }
        for (int i = 0; i < mask.length; i++) {
            mask[i] = largest > least ? (mask[i] - least) / (largest - least) : 0;
        }
        return mask;
    }

    /** Writes image n, seen through a mask, as image i of the batch. */
    private static void show(float[] pixels, int n, float[] mask, float[] batch, int i, int channels) {
        int size = mask.length * channels;
        for (int value = 0; value < size; value++) {
            batch[i * size + value] = pixels[n * size + value] * mask[value / channels];
        }
    }

    private static double[] softmax(double[] values) {
        double largest = Arrays.stream(values).max().orElseThrow();
        double[] shares =
                Arrays.stream(values).map(value -> Math.exp(value - largest)).toArray();
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> share / sum).toArray();
    }

    private static FloatNdArray batch(float[] images, ModelSignature signature) {
        return FloatArrays.of(
                images,
                images.length / signature.imageSize(),
                signature.height(),
                signature.width(),
                signature.channels());
    }

    /** Registers {@code score-cam}. */
    public static final class Provider implements ExplainerProvider<Options> {

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "score-cam",
                    "Score-CAM",
                    "Features weighed by what the score gains when only the part that each responds to is in view.",
                    "Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu (2019): Score-CAM: Score-Weighted Visual Explanations"
                            + " for Convolutional Neural Networks. https://arxiv.org/abs/1910.01279",
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
            return new ScoreCam(options);
        }

        /** The activations, then the image under each channel. */
        @Override
        public OptionalLong evaluations(Options options, ModelSignature signature) {
            return LayerMaps.evaluations(options.layer(), signature, layer -> 1 + layer.channels());
        }
    }
}

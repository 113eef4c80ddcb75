package dev.inkling.spi;

import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.Verdict.Kind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Judges whether maps say anything: all zero, and why; constant; not finite; or the same for another class. Safe for use by
 * several threads, as its model is.
 *
 * <p>Not for judging whether a map is right: one that passes may still explain nothing.
 */
public final class SanityCheck {

    /** The correlation above which two maps count as the same: no eye tells them apart. */
    public static final double SAME = 0.99;

    /** A softmax this near to 1 is 1 as float32 has it, or nearly so. */
    private static final double SURE = 1 - 1e-6;

    /** A gradient that over the whole range of pixel values changes no score by this much, in logits, is none. */
    private static final double NO_CHANGE = 1e-6;

    private final Model model;

    /** @param model that was explained; asked only where a map is all zero, or for another class's scores */
    public SanityCheck(Model model) {
        this.model = model;
    }

    /**
     * The explanation of another class, compared.
     *
     * @param classIndex the class that was explained instead: of those that the target gives no weight the one with the highest
     *     score
     * @param correlation of the two maps' values in [−1, 1], all channels; 0 where the other map is constant
     */
    public record Rival(int classIndex, double correlation) {

        /**
         * The verdict that both classes have the same map, if they have.
         *
         * @param labels of the model's classes
         */
        public Optional<Verdict> verdict(List<String> labels) {
            return correlation > SAME
                    ? Optional.of(new Verdict(
                            Kind.CLASS_INSENSITIVE,
                            "class '%s' has the same map (correlation %s), so this one does not say why this class"
                                    .formatted(labels.get(classIndex), rounded(correlation, 5))))
                    : Optional.empty();
        }
    }

    /**
     * What the numbers alone tell of a map; where it is all zero, the diagnostics may say why.
     *
     * @param image index in [0, N)
     */
    public static Optional<Verdict> ofValues(Attribution attribution, int image) {
        float[] values = FloatArrays.flat(attribution.values().get(image));
        int undefined = 0;
        int infinite = 0;
        boolean constant = true;
        for (float value : values) {
            undefined += Float.isNaN(value) ? 1 : 0;
            infinite += Float.isInfinite(value) ? 1 : 0;
            constant &= value == values[0];
        }
        if (undefined + infinite > 0) {
            return Optional.of(new Verdict(
                    Kind.NOT_FINITE,
                    "of %d values %d are NaN and %d infinite, so the map says nothing"
                            .formatted(values.length, undefined, infinite)));
        } else if (!constant) {
            return Optional.empty();
        } else if (values[0] != 0) {
            return Optional.of(new Verdict(
                    Kind.CONSTANT, "every value is %s, so no place stands out".formatted(rounded(values[0], 6))));
        }
        return Optional.of(new Verdict(
                Kind.ALL_ZERO, beforeRelu(attribution, image).orElse("nothing counts for the target here")));
    }

    /** Why a ReLU left nothing, by the range before it. */
    private static Optional<String> beforeRelu(Attribution attribution, int image) {
        float[] least = attribution.diagnostics().get("signed minimum");
        float[] largest = attribution.diagnostics().get("signed maximum");
        if (least == null || largest == null || least[image] >= 0 || largest[image] > 0) {
            return Optional.empty();
        }
        return Optional.of("%s before the ReLU (%s to %s); relu=false, where the method has it, shows them"
                .formatted(
                        largest[image] < 0 ? "every value was negative" : "no value was positive",
                        rounded(least[image], 3),
                        rounded(largest[image], 3)));
    }

    /**
     * What the numbers tell of each map, and of those that are all zero for no reason that the diagnostics give, what the model
     * tells: a dead layer (one forward pass per layer), a saturated score or one without gradient (a backward pass).
     *
     * @param attribution of these images
     * @param images N
     * @param targets N rows, those that were explained
     * @return for each image what is the matter, if anything is
     */
    public List<Optional<Verdict>> ofMaps(Attribution attribution, FloatNdArray images, Targets targets) {
        List<Optional<Verdict>> verdicts = new ArrayList<>();
        for (int n = 0; n < attribution.count(); n++) {
            Optional<Verdict> verdict = ofValues(attribution, n);
            if (verdict.isPresent()
                    && verdict.get().kind() == Kind.ALL_ZERO
                    && beforeRelu(attribution, n).isEmpty()) {
                verdict = Optional.of(
                        whyZero(image(images, n), targets.rows(n, n + 1)).orElse(verdict.get()));
            }
            verdicts.add(verdict);
        }
        return verdicts;
    }

    private Optional<Verdict> whyZero(FloatNdArray image, Targets target) {
        return deadLayer(image).or(() -> noGradient(image, target)).map(reason -> new Verdict(Kind.ALL_ZERO, reason));
    }

    private Optional<String> deadLayer(FloatNdArray image) {
        Optional<Layers> layers = model.capability(Layers.class);
        if (layers.isEmpty()) {
            return Optional.empty();
        }
        for (Layer layer : model.signature().layers()) {
            float[] activations = FloatArrays.flat(layers.get().activations(layer.name(), image));
            if (isZero(activations)) {
                return Optional.of("layer '%s' is dead for this image: all its %,d activations are 0"
                        .formatted(layer.name(), activations.length));
            }
        }
        return Optional.empty();
    }

    private Optional<String> noGradient(FloatNdArray image, Targets target) {
        Optional<Gradients> gradients = model.capability(Gradients.class);
        if (gradients.isEmpty()) {
            return Optional.empty();
        }
        double largest = 0;
        for (float value : FloatArrays.flat(gradients.get().gradients(image, target))) {
            largest = Math.max(largest, Math.abs(value));
        }
        ModelSignature signature = model.signature();
        if (largest * (signature.range().max() - signature.range().min()) > NO_CHANGE) {
            return Optional.empty();
        }
        float[] scores = FloatArrays.flat(model.scores(image));
        OptionalInt only = onlyClass(target);
        if (only.isPresent() && probability(scores, only.getAsInt()) > SURE) {
            return Optional.of(
                    "saturated: the softmax gives class '%s' all but %s, and its score no longer changes with the image"
                            .formatted(
                                    signature.labels().get(only.getAsInt()),
                                    rounded(1 - probability(scores, only.getAsInt()), 2)));
        }
        return Optional.of("the target's score does not change with the image: no gradient arrives there");
    }

    /**
     * Explains, with the same explainer, another class of each image, and compares: what looks alike for every class does not say
     * why this one. Costs as much as the explanation did.
     *
     * @param attribution what the explainer found for the targets
     * @param images N
     * @param targets N rows; in a contrast, the class that is asked about is replaced
     * @return for each image the comparison; empty where the map is constant or not finite, or there is no other class
     */
    public List<Optional<Rival>> rivals(
            Explainer explainer, Attribution attribution, FloatNdArray images, Targets targets) {
        int classCount = targets.classCount();
        float[] scores = FloatArrays.flat(model.scores(images));
        float[] weights = FloatArrays.flat(targets.weights());
        int[] rivals = new int[targets.count()];
        for (int n = 0; n < rivals.length; n++) {
            rivals[n] = -1;
            for (int k = 0; k < classCount; k++) {
                int at = n * classCount + k;
                if (weights[at] == 0 && (rivals[n] < 0 || scores[at] > scores[n * classCount + rivals[n]])) {
                    rivals[n] = k;
                }
            }
            replace(weights, n * classCount, classCount, rivals[n]);
        }
        if (Arrays.stream(rivals).allMatch(rival -> rival < 0)) {
            return Arrays.stream(rivals)
                    .mapToObj(none -> Optional.<Rival>empty())
                    .toList();
        }
        Attribution others =
                explainer.explain(model, images, Targets.of(FloatArrays.of(weights, targets.count(), classCount)));
        List<Optional<Rival>> found = new ArrayList<>();
        for (int n = 0; n < rivals.length; n++) {
            found.add(
                    rivals[n] < 0 || ofValues(attribution, n).isPresent()
                            ? Optional.empty()
                            : Optional.of(new Rival(
                                    rivals[n],
                                    correlation(
                                            FloatArrays.flat(
                                                    attribution.values().get(n)),
                                            FloatArrays.flat(others.values().get(n))))));
        }
        return found;
    }

    /** Moves what is positive in a row of weights to another class. */
    private static void replace(float[] weights, int offset, int classCount, int rival) {
        float sum = 0;
        for (int k = offset; rival >= 0 && k < offset + classCount; k++) {
            sum += Math.max(0, weights[k]);
            weights[k] = Math.min(0, weights[k]);
        }
        if (rival >= 0) {
            weights[offset + rival] = sum;
        }
    }

    private static double correlation(float[] a, float[] b) {
        if (a.length != b.length) {
            return 0;
        }
        double meanA = mean(a);
        double meanB = mean(b);
        double products = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            products += (a[i] - meanA) * (b[i] - meanB);
            squaresA += (a[i] - meanA) * (a[i] - meanA);
            squaresB += (b[i] - meanB) * (b[i] - meanB);
        }
        double correlation = products / Math.sqrt(squaresA * squaresB);
        return Double.isFinite(correlation) ? Math.max(-1, Math.min(1, correlation)) : 0;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** The class, where the target is one class and nothing else. */
    private static OptionalInt onlyClass(Targets target) {
        float[] weights = FloatArrays.flat(target.weights());
        int only = -1;
        for (int k = 0; k < weights.length; k++) {
            if (weights[k] != 0) {
                if (only >= 0 || weights[k] < 0) {
                    return OptionalInt.empty();
                }
                only = k;
            }
        }
        return only < 0 ? OptionalInt.empty() : OptionalInt.of(only);
    }

    private static double probability(float[] scores, int classIndex) {
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp((double) score - scores[classIndex]);
        }
        return 1 / sum;
    }

    private static boolean isZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static FloatNdArray image(FloatNdArray images, int index) {
        long[] shape = images.shape().asArray();
        shape[0] = 1;
        return FloatArrays.of(FloatArrays.flat(images.get(index)), shape);
    }

    private static String rounded(double value, int digits) {
        BigDecimal number =
                BigDecimal.valueOf(value).round(new MathContext(digits)).stripTrailingZeros();
        return (number.scale() > 0 ? number.toString() : number.toPlainString())
                .replace("E", "e")
                .replace("-", "−");
    }
}

package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.ValueRange;
import dev.inkling.spi.SanityCheck.Rival;
import dev.inkling.spi.Verdict.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class SanityCheckTest {

    private static final List<String> LABELS = List.of("a", "b", "c");
    private static final Targets FIRST = Targets.classes(3, 0);
    private static final FloatNdArray IMAGE = image(0.2f, 0.8f);

    private static FloatNdArray image(float... pixels) {
        return FloatArrays.of(pixels, pixels.length / 2, 1, 2, 1);
    }

    /**
     * Images of two pixels x; a hidden layer h = relu(x − threshold); logits (scale · h₁, scale · h₂, 0) + bias. Offers what it is told to.
     */
    private record Small(float threshold, float scale, float[] bias, Class<?>... offered)
            implements Model, Gradients, Layers {

        @Override
        public ModelSignature signature() {
            return new ModelSignature(
                    "small",
                    1,
                    2,
                    1,
                    ValueRange.UNIT,
                    LABELS,
                    List.of(
                            new Layer("hidden", Layer.Kind.DENSE, 1, 1, 2),
                            new Layer("logits", Layer.Kind.DENSE, 1, 1, 3)));
        }

        @Override
        public FloatNdArray scores(FloatNdArray images) {
            float[] hidden = FloatArrays.flat(hidden(images));
            float[] scores = new float[hidden.length / 2 * 3];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = (i % 3 < 2 ? scale * hidden[i / 3 * 2 + i % 3] : 0) + bias[i % 3];
            }
            return FloatArrays.of(scores, scores.length / 3, 3);
        }

        private FloatNdArray hidden(FloatNdArray images) {
            float[] values = FloatArrays.flat(images);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(0, values[i] - threshold);
            }
            return FloatArrays.of(values, values.length / 2, 1, 1, 2);
        }

        @Override
        public FloatNdArray gradients(FloatNdArray images, Targets targets) {
            float[] values = FloatArrays.flat(images);
            for (int i = 0; i < values.length; i++) {
                values[i] = values[i] > threshold ? scale * targets.weights().getFloat(i / 2, i % 2) : 0;
            }
            return image(values);
        }

        @Override
        public FloatNdArray activations(String layer, FloatNdArray images) {
            return layer.equals("hidden")
                    ? hidden(images)
                    : FloatArrays.of(
                            FloatArrays.flat(scores(images)), images.shape().get(0), 1, 1, 3);
        }

        @Override
        public LayerGradients gradients(String layer, FloatNdArray images, Targets targets) {
            throw new AssertionError("not needed");
        }

        @Override
        public FloatNdArray scoresFrom(String layer, FloatNdArray activations) {
            throw new AssertionError("not needed");
        }

        @Override
        public <T> Optional<T> capability(Class<T> type) {
            return List.of(offered).contains(type) ? Optional.of(type.cast(this)) : Optional.empty();
        }
    }

    private static Small model(float threshold, float scale, float... bias) {
        return new Small(threshold, scale, bias, Gradients.class, Layers.class);
    }

    private static Attribution map(float... values) {
        return new Attribution(
                FloatArrays.of(values, 1, 1, values.length, 1), new Contract(Sign.SIGNED, false, "logits"));
    }

    private static Attribution cam(float least, float largest) {
        return map(0, 0).with("signed minimum", least).with("signed maximum", largest);
    }

    private static String text(Attribution attribution) {
        return SanityCheck.ofValues(attribution, 0).map(Verdict::text).orElse("fine");
    }

    @Test
    void numbersAlone() {
        assertThat(text(map(0, 1))).isEqualTo("fine");
        assertThat(text(map(0.1f, 0.1f))).isEqualTo("constant: every value is 0.1, so no place stands out");
        assertThat(text(map(0, -0f))).isEqualTo("all zero: nothing counts for the target here");
        assertThat(text(map(Float.NaN, 2, Float.POSITIVE_INFINITY, 3)))
                .isEqualTo("not finite: of 4 values 1 are NaN and 1 infinite, so the map says nothing");
        assertThat(text(map(Float.NaN, Float.NaN))).startsWith("not finite: of 2 values 2 are NaN");
    }

    @Test
    void aReluLeftNothing() {
        assertThat(text(cam(-3.2f, -0.1f)))
                .isEqualTo(
                        "all zero: every value was negative before the ReLU (−3.2 to −0.1); relu=false, where the method"
                                + " has it, shows them");
        assertThat(text(cam(-0.25f, 0))).startsWith("all zero: no value was positive before the ReLU (−0.25 to 0);");
        assertThat(text(cam(-12_345, -0.00001234f))).contains("(−12300 to −0.0000123)");
        // Nothing was there to be cut.
        assertThat(text(cam(0, 0))).isEqualTo("all zero: nothing counts for the target here");
    }

    @Test
    void everyImageHasItsOwnDiagnostics() {
        Attribution two = new Attribution(
                        FloatArrays.of(new float[4], 2, 1, 2, 1), new Contract(Sign.POSITIVE, false, "logits"))
                .with("signed minimum", 0, -5)
                .with("signed maximum", 0, -2);
        assertThat(SanityCheck.ofValues(two, 0).orElseThrow().reason()).startsWith("nothing counts");
        assertThat(SanityCheck.ofValues(two, 1).orElseThrow().reason()).contains("(−5 to −2)");
    }

    @Test
    void aDeadLayerIsNamed() {
        assertThat(reason(model(0.9f, 1, 1, 2, 3)))
                .isEqualTo("layer 'hidden' is dead for this image: all its 2 activations are 0");
    }

    /** The layer lives, but what the target reads of it does not. */
    @Test
    void noGradientArrives() {
        assertThat(reason(model(0.5f, 1, 1, 2, 3)))
                .isEqualTo("the target's score does not change with the image: no gradient arrives there");
    }

    /** The same, and the softmax has made up its mind: e⁻²⁰ + e⁻¹⁹·⁷ are left for the others. */
    @Test
    void aSaturatedScore() {
        assertThat(reason(model(0.5f, 1, 20, 0, 0)))
                .isEqualTo(
                        "saturated: the softmax gives class 'a' all but 4.8e−9, and its score no longer changes with the"
                                + " image");
        // Sure, but not so sure: 1 − 2·10⁻⁶.
        assertThat(reason(model(0.5f, 0, 13.1f, 0, 0))).startsWith("the target's score does not change");
    }

    /** A score that changes is no reason: then it is the method that found nothing. */
    @Test
    void whereTheModelGivesNoReasonTheMapKeepsItsOwn() {
        assertThat(reason(model(0, 1, 0, 0, 0))).isEqualTo("nothing counts for the target here");
        assertThat(reason(new Small(0.9f, 1, new float[3]))).isEqualTo("nothing counts for the target here");
    }

    @Test
    void theModelIsOnlyAskedAboutMapsThatAreAllZero() {
        List<Optional<Verdict>> verdicts = new SanityCheck(null)
                .ofMaps(
                        new Attribution(
                                FloatArrays.of(new float[] {1, 2, 3, 3}, 2, 1, 2, 1),
                                new Contract(Sign.SIGNED, false, "logits")),
                        image(0, 0, 0, 0),
                        Targets.classes(3, 0, 1));
        assertThat(verdicts.get(0)).isEmpty();
        assertThat(verdicts.get(1).orElseThrow().kind()).isEqualTo(Kind.CONSTANT);
        assertThat(new SanityCheck(null)
                        .ofMaps(cam(-2, -1), IMAGE, FIRST)
                        .get(0)
                        .orElseThrow()
                        .reason())
                .startsWith("every value was negative");
    }

    private static String reason(Model model) {
        Verdict verdict =
                new SanityCheck(model).ofMaps(map(0, 0), IMAGE, FIRST).get(0).orElseThrow();
        assertThat(verdict.kind()).isEqualTo(Kind.ALL_ZERO);
        return verdict.reason();
    }

    /** Explains by (weights · m₁, weights · m₂), and writes down what it is asked. */
    private static Explainer linear(List<Targets> asked, float[] first, float[] second) {
        return (model, images, targets) -> {
            asked.add(targets);
            float[] weights = FloatArrays.flat(targets.weights());
            float[] values = new float[2 * targets.count()];
            for (int i = 0; i < weights.length; i++) {
                values[i / 3 * 2] += weights[i] * first[i % 3];
                values[i / 3 * 2 + 1] += weights[i] * second[i % 3];
            }
            return new Attribution(
                    FloatArrays.of(values, targets.count(), 1, 2, 1), new Contract(Sign.SIGNED, false, "logits"));
        };
    }

    /** Scores (0.2, 0.8, 0.5): of the other classes b is next, and where b is explained c is. In a contrast the first part changes. */
    @Test
    void theRivalIsTheClassThatComesNext() {
        Model model = model(0, 1, 0, 0, 0.5f);
        FloatNdArray images = image(0.2f, 0.8f, 0.2f, 0.8f, 0.2f, 0.8f);
        Targets targets = Targets.of(FloatArrays.of(new float[] {1, 0, 0, 0, 1, 0, 1, -1, 0}, 3, 3));
        List<Targets> asked = new ArrayList<>();
        Explainer explainer = linear(asked, new float[] {1, 2, 3}, new float[] {5, 3, 9});
        List<Optional<Rival>> rivals =
                new SanityCheck(model).rivals(explainer, explainer.explain(model, images, targets), images, targets);
        assertThat(rivals).extracting(rival -> rival.orElseThrow().classIndex()).containsExactly(1, 2, 2);
        assertThat(FloatArrays.flat(asked.get(1).weights())).containsExactly(0, 1, 0, 0, 0, 1, 0, -1, 1);
    }

    @Test
    void mapsThatDifferOnlyByAFactorAreTheSame() {
        Rival same = rival(new float[] {1, 3, 0}, new float[] {2, 6, 0});
        assertThat(same.correlation()).isCloseTo(1, within(1e-9));
        assertThat(same.verdict(LABELS).orElseThrow())
                .isEqualTo(new Verdict(
                        Kind.CLASS_INSENSITIVE,
                        "class 'b' has the same map (correlation 1), so this one does not say why this class"));
    }

    @Test
    void mapsThatDifferAreNot() {
        Rival opposite = rival(new float[] {1, 2, 0}, new float[] {2, 1, 0});
        assertThat(opposite.correlation()).isCloseTo(-1, within(1e-9));
        assertThat(opposite.verdict(LABELS)).isEmpty();
        // Nothing is known of a map without contrast.
        assertThat(rival(new float[] {1, 1, 0}, new float[] {2, 1, 0}).correlation())
                .isZero();
        assertThat(new Rival(1, 0.99).verdict(LABELS)).isEmpty();
        assertThat(new Rival(1, 0.99004).verdict(LABELS).orElseThrow().reason()).contains("(correlation 0.99004)");
    }

    private static Rival rival(float[] first, float[] second) {
        Model model = model(0, 1, 0, 0, 0);
        Explainer explainer = linear(new ArrayList<>(), first, second);
        return new SanityCheck(model)
                .rivals(explainer, explainer.explain(model, IMAGE, FIRST), IMAGE, FIRST)
                .get(0)
                .orElseThrow();
    }

    @Test
    void blankMapsHaveNoRival() {
        Model model = model(0, 1, 0, 0, 0);
        List<Targets> asked = new ArrayList<>();
        Explainer explainer = linear(asked, new float[] {1, 2, 3}, new float[] {5, 3, 9});
        assertThat(new SanityCheck(model).rivals(explainer, map(0, 0), IMAGE, FIRST))
                .containsExactly(Optional.empty());
    }

    /** Every class has its weight: there is none to ask for instead. */
    @Test
    void noClassIsLeft() {
        Targets all = Targets.of(FloatArrays.of(new float[] {1, -0.5f, -0.5f}, 1, 3));
        List<Targets> asked = new ArrayList<>();
        Explainer explainer = linear(asked, new float[] {1, 2, 3}, new float[] {5, 3, 9});
        assertThat(new SanityCheck(model(0, 1, 0, 0, 0)).rivals(explainer, map(1, 2), IMAGE, all))
                .containsExactly(Optional.empty());
        assertThat(asked).isEmpty();
    }
}

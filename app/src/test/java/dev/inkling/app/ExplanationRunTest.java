package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.inkling.figures.Prediction;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

class ExplanationRunTest {

    private static final Attribution.Contract CONTRACT =
            new Attribution.Contract(Attribution.Contract.Sign.SIGNED, false, "logits per unit of input");
    private static final Explainer GRADIENT = (model, images, targets) -> new Attribution(
                    model.require(Gradients.class).gradients(images, targets), CONTRACT)
            .with("first pixel", firstPixels(FloatArrays.flat(images)));

    private final LinearModel model = new LinearModel();
    private final ExplanationRun.Listener listener = mock(ExplanationRun.Listener.class);

    @Test
    void predictsAndExplainsEachImageForItsOwnTarget() {
        ConfiguredExplainer gradient = configured("gradient", GRADIENT);

        ExplanationRun.Result result =
                run("predicted", gradient).run(List.of(image("one", 0, 0.25f, 0.5f, 0), image("two", 1, 0.75f, 0, 0)));

        assertThat(result.failures()).isEmpty();
        ExplainedImage one = result.images().get(0);
        ExplainedImage two = result.images().get(1);
        assertThat(one.image().name()).isEqualTo("one");
        assertThat(one.prediction(LinearModel.LABELS).best().label()).isEqualTo("c");
        assertThat(one.prediction(LinearModel.LABELS).top())
                .extracting(Prediction.Score::label)
                .containsExactly("c", "b", "a");
        assertThat(one.prediction(LinearModel.LABELS).right()).isEmpty();
        // Logits 0, 1, 2, 0.
        double sum = 2 + Math.E + Math.exp(2);
        assertThat(one.probabilities())
                .containsExactly(new double[] {1 / sum, Math.E / sum, Math.exp(2) / sum, 1 / sum}, within(1e-12));
        assertThat(one.target()).isEqualTo("why c (predicted)");
        assertThat(two.target()).isEqualTo("why a (predicted)");
        assertThat(values(one.explanations().get(0))).containsExactly(0, 0, 4, 0);
        assertThat(values(two.explanations().get(0))).containsExactly(4, 0, 0, 0);
        assertThat(two.explanations().get(0).attribution().diagnostics().get("first pixel"))
                .containsExactly(1);
        assertThat(two.explanations().get(0).explainer()).isSameAs(gradient);
    }

    @Test
    void explainsInBatchesThatKeepImagesAndTargetsTogether() {
        List<Integer> batches = new ArrayList<>();
        Explainer counting = (model, images, targets) -> {
            batches.add(targets.count());
            return GRADIENT.explain(model, images, targets);
        };
        List<InputImage> images = IntStream.range(0, 150)
                .mapToObj(i -> image("image " + i, i % 4 == 0 ? 1 : 0, i % 4 == 1 ? 1 : 0, i % 4 == 2 ? 1 : 0, 0.5f))
                .toList();

        ExplanationRun.Result result =
                run("predicted", configured("gradient", counting)).run(images);

        assertThat(batches).containsExactly(64, 64, 22);
        for (int i = 0; i < 150; i++) {
            float[] expected = new float[4];
            expected[i % 4] = 4;
            assertThat(values(result.images().get(i).explanations().get(0)))
                    .as("image " + i)
                    .containsExactly(expected);
        }
    }

    @Test
    void countsEachImagesShareOfTheEvaluations() {
        Explainer threeForwardTwoBackward = (model, images, targets) -> {
            model.scores(images);
            GRADIENT.explain(model, images, targets);
            return GRADIENT.explain(model, images, targets);
        };

        ExplanationRun.Result result = run("b", configured("three", threeForwardTwoBackward), configured("g", GRADIENT))
                .run(List.of(image("one", 0, 0, 0, 0), image("two", 0, 0, 0, 0)));

        Explanation.Cost three = result.images().get(0).explanations().get(0).cost();
        assertThat(three.forward()).isEqualTo(3);
        assertThat(three.backward()).isEqualTo(2);
        assertThat(three.milliseconds()).isPositive();
        Explanation.Cost one = result.images().get(1).explanations().get(1).cost();
        assertThat(one.forward()).isEqualTo(1);
        assertThat(one.backward()).isEqualTo(1);
    }

    @Test
    void oneThatThrowsDoesNotStopTheOthers() {
        Explainer failing = mock(Explainer.class);
        when(failing.explain(any(), any(), any()))
                .thenThrow(new IllegalStateException("wrapper", new ArithmeticException("/ by zero")));

        ExplanationRun.Result result = run("predicted", configured("broken", failing), configured("gradient", GRADIENT))
                .run(List.of(image("one", 1, 0, 0, 0)));

        assertThat(result.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.explainer().card().name()).isEqualTo("broken");
            assertThat(failure.delivered()).isZero();
            assertThat(failure.reason()).isEqualTo("ArithmeticException: / by zero");
        });
        assertThat(result.images().get(0).explanations())
                .singleElement()
                .satisfies(explanation -> assertThat(values(explanation)).containsExactly(4, 0, 0, 0));
    }

    @Test
    void aMissingClassIsContainedToo() {
        ExplanationRun.Result result = run("predicted", configured("broken", (m, i, t) -> {
                    throw new NoClassDefFoundError("com/example/Missing");
                }))
                .run(List.of(image("one", 1, 0, 0, 0)));

        assertThat(result.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.reason()).contains("com.example.Missing"));
    }

    @Test
    void badInputKeepsItsOwnWords() {
        ExplanationRun.Result result = run("predicted", configured("broken", (m, i, t) -> {
                    throw new InvalidInputException(new RuntimeException("inner"), "no layer 'x'");
                }))
                .run(List.of(image("one", 1, 0, 0, 0)));

        assertThat(result.failures().get(0).reason()).isEqualTo("no layer 'x'");
    }

    @Test
    void aVirtualMachineThatIsOutOfMemoryIsNotContained() {
        ExplanationRun run = run("predicted", configured("hungry", (m, i, t) -> {
            throw new OutOfMemoryError("heap");
        }));

        assertThatThrownBy(() -> run.run(List.of(image("one", 1, 0, 0, 0)))).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void whatWasDeliveredBeforeAFailureIsKept() {
        Explainer failing = spy(new Gradient());
        org.mockito.Mockito.doThrow(new IllegalStateException("second batch"))
                .when(failing)
                .explain(
                        any(),
                        argThat(images -> images != null && images.shape().get(0) == 6),
                        any());
        List<InputImage> images = IntStream.range(0, ExplanationRun.BATCH + 6)
                .mapToObj(i -> image("image " + i, 1, 0, 0, 0))
                .toList();

        ExplanationRun.Result result =
                run("predicted", configured("failing", failing)).run(images);

        assertThat(result.failures().get(0).delivered()).isEqualTo(ExplanationRun.BATCH);
        assertThat(result.images().get(ExplanationRun.BATCH - 1).explanations()).hasSize(1);
        assertThat(result.images().get(ExplanationRun.BATCH).explanations()).isEmpty();
    }

    @Test
    void anAnswerForTheWrongNumberOfImagesIsAFailure() {
        Explainer oneForAll =
                (m, images, targets) -> new Attribution(FloatArrays.of(new float[4], 1, 2, 2, 1), CONTRACT);
        Explainer none = (m, images, targets) -> null;
        Explainer empty = (m, images, targets) -> new Attribution(FloatArrays.of(new float[0], 2, 0, 2, 1), CONTRACT);

        ExplanationRun.Result result = run(
                        "predicted", configured("one", oneForAll), configured("none", none), configured("empty", empty))
                .run(List.of(image("one", 1, 0, 0, 0), image("two", 1, 0, 0, 0)));

        assertThat(result.failures())
                .extracting(ExplanationRun.Failure::reason)
                .containsExactly(
                        "returned values of shape [1, 2, 2, 1] for 2 images; expected (2, h, w, c)",
                        "returned nothing (null) for 2 images",
                        "returned values of shape [2, 0, 2, 1] for 2 images; expected (2, h, w, c)");
    }

    @Test
    void valuesThatAreNotFiniteAreDelivered() {
        Explainer wild = (m, images, targets) -> new Attribution(
                FloatArrays.of(new float[] {Float.NaN, -1, 3, Float.POSITIVE_INFINITY}, 1, 2, 2, 1), CONTRACT);
        Explainer lost =
                (m, images, targets) -> new Attribution(FloatArrays.of(new float[] {Float.NaN}, 1, 1, 1, 1), CONTRACT);

        List<Explanation> explanations = run("predicted", configured("wild", wild), configured("lost", lost))
                .run(List.of(image("one", 1, 0, 0, 0)))
                .images()
                .get(0)
                .explanations();

        assertThat(explanations.get(0).range()).contains(new Explanation.Range(-1, 3));
        assertThat(explanations.get(1).range()).isEmpty();
    }

    @Test
    void aModelWithoutFiniteScoresIsRefused() {
        Model broken = spy(model);
        org.mockito.Mockito.doReturn(FloatArrays.of(new float[] {0, 0, Float.NaN, 0}, 1, 4))
                .when(broken)
                .scores(any());
        ExplanationRun run = new ExplanationRun(
                broken, TargetSpec.parse("predicted", LinearModel.LABELS, false), List.of(), listener);

        assertThatThrownBy(() -> run.run(List.of(image("one", 1, 0, 0, 0))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("model 'linear' gives one the score NaN for class c, expected a finite number");
    }

    @Test
    void anImageOfAnotherSizeIsRefused() {
        InputImage wide =
                new InputImage("wide", "wide", FloatArrays.of(new float[6], 1, 2, 3, 1), OptionalInt.empty(), "0");

        assertThatThrownBy(() -> run("predicted").run(List.of(wide)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("'wide': image is 2×3×1, model 'linear' expects 2×2×1");
    }

    @Test
    void labelsAndContrastsReachTheExplainer() {
        InputImage labelled =
                new InputImage("x", "x", FloatArrays.of(new float[] {1, 0, 0, 0}, 1, 2, 2, 1), OptionalInt.of(3), "0");

        ExplainedImage label = run("label", configured("g", GRADIENT))
                .run(List.of(labelled))
                .images()
                .get(0);
        ExplainedImage contrast = run("b-vs-d", configured("g", GRADIENT))
                .run(List.of(labelled))
                .images()
                .get(0);

        assertThat(values(label.explanations().get(0))).containsExactly(0, 0, 0, 4);
        assertThat(label.target()).isEqualTo("why d (label)");
        assertThat(values(contrast.explanations().get(0))).containsExactly(0, 4, 0, -4);
        assertThat(contrast.target()).isEqualTo("why b, not d");
    }

    @Test
    void theListenerHearsEveryStep() {
        ConfiguredExplainer gradient = configured("gradient", GRADIENT);
        ConfiguredExplainer broken = configured("broken", (m, i, t) -> {
            throw new IllegalStateException("no");
        });
        List<InputImage> images = IntStream.range(0, 70)
                .mapToObj(i -> image("image " + i, 1, 0, 0, 0))
                .toList();

        ExplanationRun.Result result = run("predicted", gradient, broken).run(images);

        InOrder order = inOrder(listener);
        order.verify(listener).started(gradient, 70);
        order.verify(listener).evaluated(64, 64);
        order.verify(listener).explained(64);
        order.verify(listener).evaluated(6, 6);
        order.verify(listener).explained(6);
        order.verify(listener).started(broken, 70);
        order.verify(listener).failed(result.failures().get(0));
        order.verify(listener).finished();
        order.verifyNoMoreInteractions();
    }

    @Test
    void aPixelThatIsNotFiniteIsNamedBeforeAnyWork() {
        Model untouched = spy(model);
        ExplanationRun run = new ExplanationRun(
                untouched, TargetSpec.parse("predicted", LinearModel.LABELS, false), List.of(), listener);

        assertThatThrownBy(() -> run.run(List.of(image("good", 0, 0, 0, 0), image("bad", 0, 0, Float.NaN, 0))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("'bad': image 0 holds NaN at row 1, column 0; expected finite numbers");
        verify(untouched, never()).scores(any());
    }

    @Test
    void mapsAreComparedWithAnotherClassWhereThatCostsLittle() {
        Explainer dear = (model, images, targets) -> {
            for (int i = 0; i < 256; i++) {
                model.scores(images);
            }
            return GRADIENT.explain(model, images, targets);
        };
        ConfiguredExplainer cheap = configured("cheap", GRADIENT);
        ConfiguredExplainer expensive = configured("dear", dear);
        ConfiguredExplainer untargeted = new ConfiguredExplainer(
                new ExplainerCard("u", "u", "", "", ExplainerCard.Family.CAM, Set.of(), Set.of(), false, CONTRACT),
                Map.of(),
                GRADIENT);
        List<InputImage> images = List.of(image("one", 0, 0.25f, 0.5f, 0));
        for (ClassCheck check : ClassCheck.values()) {
            List<Explanation> explanations = new ExplanationRun(
                            model,
                            TargetSpec.parse("predicted", LinearModel.LABELS, false),
                            List.of(cheap, expensive, untargeted),
                            check,
                            listener)
                    .run(images)
                    .images()
                    .get(0)
                    .explanations();
            assertThat(explanations)
                    .extracting(explanation -> explanation.rival().isPresent())
                    .as(check.name())
                    .containsExactly(check != ClassCheck.NEVER, check == ClassCheck.ALWAYS, false);
            // What the comparison cost is not the method's.
            assertThat(explanations.get(0).cost().forward()).isEqualTo(1);
        }
    }

    @Test
    void whyAMapIsEmptyIsLookedUpInTheModel() {
        Explainer zero = (m, images, targets) -> new Attribution(FloatArrays.of(new float[4], 1, 2, 2, 1), CONTRACT);
        Model flat = spy(model);
        org.mockito.Mockito.doReturn(
                        Optional.of((Gradients) (images, targets) -> FloatArrays.of(new float[4], 1, 2, 2, 1)))
                .when(flat)
                .capability(Gradients.class);
        Explanation explanation = new ExplanationRun(
                        flat,
                        TargetSpec.parse("predicted", LinearModel.LABELS, false),
                        List.of(configured("zero", zero)),
                        listener)
                .run(List.of(image("one", 0, 0, 0, 0)))
                .images()
                .get(0)
                .explanations()
                .get(0);
        assertThat(explanation.blank().orElseThrow().reason())
                .isEqualTo("the target's score does not change with the image: no gradient arrives there");
    }

    private static final class Gradient implements Explainer {
        @Override
        public Attribution explain(Model model, org.tensorflow.ndarray.FloatNdArray images, Targets targets) {
            return GRADIENT.explain(model, images, targets);
        }
    }

    private ExplanationRun run(String target, ConfiguredExplainer... explainers) {
        return new ExplanationRun(
                model, TargetSpec.parse(target, LinearModel.LABELS, true), List.of(explainers), listener);
    }

    private static ConfiguredExplainer configured(String name, Explainer explainer) {
        return new ConfiguredExplainer(
                new ExplainerCard(name, name, "", "", ExplainerCard.Family.GRADIENT, Set.of(), CONTRACT),
                Map.of(),
                explainer);
    }

    private static InputImage image(String name, float... pixels) {
        return new InputImage(name, name, FloatArrays.of(pixels, 1, 2, 2, 1), OptionalInt.empty(), "0");
    }

    private static float[] values(Explanation explanation) {
        return FloatArrays.flat(explanation.attribution().values());
    }

    private static float[] firstPixels(float[] images) {
        float[] first = new float[images.length / 4];
        for (int i = 0; i < first.length; i++) {
            first[i] = images[i * 4];
        }
        return first;
    }
}

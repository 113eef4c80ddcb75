package dev.inkling.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.ndarray.FloatNdArray;

/** Explainers that break one promise each: the contract fails in the check that says so, and in no other. */
class ExplainerContractMutantsTest {

    private static final Contract SIGNED = new Contract(Sign.SIGNED, false, "logits per unit of input");
    private static final Contract POSITIVE = new Contract(Sign.POSITIVE, false, "logits per unit of input");
    private static final Contract COMPLETE = new Contract(Sign.SIGNED, true, "logits");

    private static final ExplainerCard CARD = card(SIGNED, Gradients.class);

    record None() {}

    /** An honest gradient; its mutants change a line. */
    private static final Explainer GRADIENT = (model, images, targets) -> {
        targets.require(model.signature().requireImages(images), model.signature());
        return new Attribution(model.require(Gradients.class).gradients(images, targets), SIGNED);
    };

    private static final ExplainerCard ATTENTION_CARD = new ExplainerCard(
            CARD.name(),
            CARD.title(),
            CARD.summary(),
            CARD.paper(),
            CARD.family(),
            Set.of(Layers.class),
            Set.of(ModelSignature.Layer.Kind.ATTENTION),
            false,
            POSITIVE);

    private static final Explainer ATTENTION = (model, images, targets) -> {
        targets.require(model.signature().requireImages(images), model.signature());
        Layers layers = model.require(Layers.class);
        String layer = model.signature()
                .requireLayers(ModelSignature.Layer.Kind.ATTENTION)
                .get(0)
                .name();
        return new Attribution(layers.activations(layer, images), POSITIVE);
    };

    @TestFactory
    Stream<DynamicTest> honestExplainersPass() {
        return Stream.of(
                survives("gradient", provider(GRADIENT)),
                survives("gradient with noise by seed", provider(CARD, Seed.class, options -> noisy(options.seed()))),
                survives("gradient of a layer", provider(card(SIGNED, Layers.class), Layer.class, o -> cam(o.layer()))),
                survives("absolute gradient", provider(card(POSITIVE, Gradients.class), changed(POSITIVE, Math::abs))),
                survives("input × gradient, complete where there is no bias", provider(CARD, inputTimesGradient())),
                survives(
                        "contradicting options refused",
                        provider(CARD, Refusing.class, options -> scaled(1 + options.low()))),
                survives("one at a time", provider(synchronizedGradient())),
                survives("attention, whatever the target", provider(ATTENTION_CARD, ATTENTION)));
    }

    @TestFactory
    Stream<DynamicTest> cards() {
        return Stream.of(
                caught("no link", provider(withPaper("Somebody (1999): Something"), GRADIENT), "card is complete"),
                caught("another card each time", new ForgetfulProvider(), "card is complete"));
    }

    @TestFactory
    Stream<DynamicTest> options() {
        return Stream.of(
                caught(
                        "blank help",
                        provider(CARD, NoHelp.class, options -> scaled(1 + options.count())),
                        "options have help and defaults"),
                caught(
                        "bounds that do nothing",
                        provider(CARD, BoundedSwitch.class, options -> scaled(options.on() ? 2 : 1)),
                        "options have help and defaults"),
                caught(
                        "nothing to average at the least number of samples",
                        provider(
                                CARD,
                                FromZero.class,
                                options -> scaled(0f / options.samples() + 1 + options.samples())),
                        "options work up to their bounds"),
                caught(
                        "no least number of samples",
                        provider(
                                CARD,
                                Unbounded.class,
                                options -> scaled(0f / options.samples() + 1 + options.samples())),
                        "options work up to their bounds"),
                caught(
                        "a choice that was never written",
                        provider(
                                CARD,
                                Choice.class,
                                options -> scaled(
                                        options.mode() == Mode.THIRD
                                                ? Float.NaN
                                                : 1 + options.mode().ordinal())),
                        "options work up to their bounds"),
                caught(
                        "a declared value refused",
                        provider(CARD, FromZero.class, options -> {
                            if (options.samples() == 0) {
                                throw new InvalidInputException("samples must be above 0");
                            }
                            return scaled(1 + options.samples());
                        }),
                        "options work up to their bounds"),
                caught(
                        "too much at the most",
                        provider(CARD, FromZero.class, options -> {
                            assertThat(options.samples()).isLessThan(100);
                            return scaled(1 + options.samples());
                        }),
                        "options work up to their bounds"));
    }

    @TestFactory
    Stream<DynamicTest> optionsThatDoNothing() {
        return Stream.of(
                survives("matters by another choice alone", provider(CARD, Shift.class, options -> shifted(options))),
                caught(
                        "a number that is not read",
                        provider(CARD, FromZero.class, options -> GRADIENT),
                        "option 'samples' changes the answer"),
                caught(
                        "two choices for one thing",
                        provider(CARD, Choice.class, options -> scaled(options.mode() == Mode.SECOND ? 2 : 1)),
                        "mode=third changes the answer"),
                caught(
                        "a switch that is not wired",
                        provider(CARD, Shift.class, options -> shifted(new Shift(false, options.by()))),
                        "on=true changes the answer",
                        "option 'by' changes the answer"));
    }

    @TestFactory
    Stream<DynamicTest> results() {
        return Stream.of(
                caught(
                        "upsampled",
                        provider((model, images, targets) -> {
                            GRADIENT.explain(model, images, targets);
                            int n = targets.count();
                            float[] values = new float[n * 50 * 50];
                            float[] scores = targets.scores(model.scores(images));
                            Arrays.setAll(new int[values.length], i -> {
                                values[i] = scores[i / 2500];
                                return i;
                            });
                            return new Attribution(FloatArrays.of(values, n, 50, 50, 1), SIGNED);
                        }),
                        "one map per image"),
                caught(
                        "divided by its own maximum",
                        provider((model, images, targets) -> each(model, images, targets, values -> {
                            float largest = 0;
                            for (float value : values) {
                                largest = Math.max(largest, Math.abs(value));
                            }
                            for (int i = 0; i < values.length; i++) {
                                values[i] /= largest;
                            }
                        })),
                        "numbers are finite"),
                caught(
                        "a diagnostic that is not a number",
                        provider((model, images, targets) -> {
                            float[] spread = new float[targets.count()];
                            for (int n = 0; n < spread.length; n++) {
                                float[] row = FloatArrays.flat(images);
                                spread[n] = row[n] == row[n + 1] ? Float.NaN : 1;
                            }
                            return GRADIENT.explain(model, images, targets).with("spread", spread);
                        }),
                        "numbers are finite"),
                caught(
                        "images standardised in place",
                        provider((model, images, targets) -> {
                            Attribution honest = GRADIENT.explain(model, images, targets);
                            images.setFloat(0.5f, 0, 0, 0, 0);
                            return honest;
                        }),
                        "inputs stay untouched"),
                caught("a cache handed out", provider(new Caching()), "results belong to the caller"),
                caught(
                        "values of another contract than the card's",
                        provider(CARD, changed(new Contract(Sign.SIGNED, false, "probability"), value -> value)),
                        "declared contract and sign are kept"),
                caught(
                        "declared positive",
                        provider(card(POSITIVE, Gradients.class), changed(POSITIVE, value -> value)),
                        "declared contract and sign are kept"),
                caught(
                        "declared signed",
                        provider(CARD, changed(SIGNED, Math::abs)),
                        "declared contract and sign are kept"),
                caught(
                        "declared complete",
                        provider(card(COMPLETE, Gradients.class), changed(COMPLETE, value -> value)),
                        "declared completeness is kept"));
    }

    @TestFactory
    Stream<DynamicTest> batchesTargetsAndRandomness() {
        return Stream.of(
                caught(
                        "normalised across the batch",
                        provider((model, images, targets) -> {
                            float[] values = FloatArrays.flat(
                                    GRADIENT.explain(model, images, targets).values());
                            float largest = 1e-9f;
                            for (float value : values) {
                                largest = Math.max(largest, Math.abs(value));
                            }
                            float scale = 1 / largest;
                            return scaled(scale).explain(model, images, targets);
                        }),
                        "the batch does not matter"),
                caught(
                        "noise by place in the batch",
                        provider(CARD, Seed.class, options -> (model, images, targets) -> {
                            SplittableRandom random = new SplittableRandom(options.seed());
                            return each(model, images, targets, values -> jitter(values, random));
                        }),
                        "the batch does not matter"),
                caught(
                        "the first target for all",
                        provider((model, images, targets) -> {
                            GRADIENT.explain(model, images, targets);
                            return GRADIENT.explain(model, images, targets.repeat(0, targets.count()));
                        }),
                        "the batch does not matter"),
                caught(
                        "the prediction, whatever the target",
                        provider((model, images, targets) -> {
                            GRADIENT.explain(model, images, targets);
                            return GRADIENT.explain(model, images, Targets.predicted(model.scores(images)));
                        }),
                        "the target matters"),
                caught(
                        "a target that matters where the card says no",
                        provider(ATTENTION_CARD, (model, images, targets) -> {
                            Attribution honest = ATTENTION.explain(model, images, targets);
                            float[] scores = targets.scores(model.scores(images));
                            float[] values = FloatArrays.flat(honest.values());
                            for (int i = 0; i < values.length; i++) {
                                values[i] *= Math.abs(scores[i * scores.length / values.length]);
                            }
                            return new Attribution(
                                    FloatArrays.of(
                                            values, honest.values().shape().asArray()),
                                    POSITIVE);
                        }),
                        "the target does not matter"),
                caught(
                        "a diagnostic that depends on the target where the card says no",
                        provider(
                                ATTENTION_CARD,
                                (model, images, targets) -> ATTENTION
                                        .explain(model, images, targets)
                                        .with("score", targets.scores(model.scores(images)))),
                        "the target does not matter"),
                caught(
                        "a target that does not matter where the card is silent",
                        provider(card(POSITIVE, Layers.class), (model, images, targets) -> {
                            targets.require(model.signature().requireImages(images), model.signature());
                            String layer = model.signature().lastConvolution().name();
                            Layers layers = model.require(Layers.class);
                            return new Attribution(layers.activations(layer, images), POSITIVE);
                        }),
                        "the target matters"),
                caught(
                        "a seed that is not read",
                        provider(CARD, Seed.class, options -> noisy(0)),
                        "another seed, other numbers"),
                caught(
                        "noise without a seed",
                        provider((model, images, targets) ->
                                each(model, images, targets, values -> jitter(values, RandomGenerator.getDefault()))),
                        "same options, same bits",
                        "results belong to the caller",
                        "the batch does not matter",
                        "threads do not disturb each other"),
                caught("a buffer for all threads", provider(new Sharing()), "threads do not disturb each other"));
    }

    @TestFactory
    Stream<DynamicTest> needsAndChecks() {
        return Stream.of(
                caught("a need not declared", provider(card(SIGNED), GRADIENT), "declared needs suffice"),
                caught(
                        "a need not used",
                        provider(card(SIGNED, Gradients.class, Layers.class), GRADIENT),
                        "a missing capability is named"),
                caught(
                        "a missing capability by another exception",
                        provider((model, images, targets) -> {
                            model.capability(Gradients.class).orElseThrow();
                            return GRADIENT.explain(model, images, targets);
                        }),
                        "a missing capability is named"),
                caught(
                        "zeros for a missing capability",
                        provider((model, images, targets) ->
                                model.capability(Gradients.class).isPresent()
                                        ? GRADIENT.explain(model, images, targets)
                                        : new Attribution(images, SIGNED)),
                        "a missing capability is named"),
                caught(
                        "another layer for a missing kind",
                        provider(ATTENTION_CARD, (model, images, targets) -> {
                            ModelSignature signature = model.signature();
                            targets.require(signature.requireImages(images), signature);
                            boolean shown = signature.layers().stream()
                                    .anyMatch(layer -> layer.kind() == ModelSignature.Layer.Kind.ATTENTION);
                            Layers layers = model.require(Layers.class);
                            return shown
                                    ? new Attribution(layers.activations("attention", images), POSITIVE)
                                    : new Attribution(images, POSITIVE);
                        }),
                        "a missing kind of layer is named"),
                caught(
                        "images of any shape",
                        provider((model, images, targets) -> {
                            ModelSignature signature = model.signature();
                            int n = (int) images.size() / signature.imageSize();
                            float[] pixels = Arrays.copyOf(FloatArrays.flat(images), n * signature.imageSize());
                            FloatNdArray forced = FloatArrays.of(
                                    pixels, n, signature.height(), signature.width(), signature.channels());
                            return GRADIENT.explain(model, forced, targets);
                        }),
                        "images that do not fit are refused"),
                caught(
                        "surplus targets",
                        provider((model, images, targets) -> {
                            int n = model.signature().requireImages(images);
                            return GRADIENT.explain(model, images, targets.count() > n ? targets.rows(0, n) : targets);
                        }),
                        "targets that do not fit are refused"),
                caught(
                        "another layer than asked for",
                        provider(card(SIGNED, Layers.class), Layer.class, options -> cam("")),
                        "an unknown layer is refused",
                        "option 'layer' changes the answer"));
    }

    // --- honest explainers and their parts

    record Seed(
            @Option(value = "0", help = "same seed, same noise")
            long seed) {}

    record Layer(
            @Option(value = "", help = "layer; empty for the last convolution")
            String layer) {}

    record Refusing(@Option(value = "0", help = "above -1") int low) {
        Refusing {
            if (low < 0) {
                throw new InvalidInputException("low is %d", low);
            }
        }
    }

    record NoHelp(@Option(value = "0", help = " ") long count) {}

    record BoundedSwitch(
            @Option(value = "false", min = 1, help = "a switch has no least value")
            boolean on) {}

    record FromZero(
            @Option(value = "5", min = 0, max = 100, help = "copies")
            int samples) {}

    record Unbounded(@Option(value = "5", help = "copies") int samples) {}

    enum Mode {
        FIRST,
        SECOND,
        THIRD
    }

    record Choice(
            @Option(value = "first", help = "one of three") Mode mode) {}

    record Shift(
            @Option(value = "false", help = "whether to add")
            boolean on,

            @Option(value = "1", help = "what to add") double by) {}

    private static Explainer shifted(Shift options) {
        return changed(SIGNED, value -> options.on() ? value + (float) options.by() : value);
    }

    private static Explainer noisy(long seed) {
        return (model, images, targets) -> {
            float[] pixels = FloatArrays.flat(images);
            int size = pixels.length / targets.count();
            int[] image = {0};
            return each(
                    model,
                    images,
                    targets,
                    values -> jitter(values, ImageRandom.of(seed, pixels, image[0]++ * size, size)));
        };
    }

    private static Explainer cam(String layer) {
        return (model, images, targets) -> {
            targets.require(model.signature().requireImages(images), model.signature());
            Layers layers = model.require(Layers.class);
            String name = layer.isEmpty() ? model.signature().lastConvolution().name() : layer;
            return new Attribution(layers.gradients(name, images, targets).gradients(), SIGNED);
        };
    }

    private static Explainer inputTimesGradient() {
        return (model, images, targets) -> {
            float[] values =
                    FloatArrays.flat(GRADIENT.explain(model, images, targets).values());
            float[] pixels = FloatArrays.flat(images);
            for (int i = 0; i < values.length; i++) {
                values[i] *= pixels[i];
            }
            return new Attribution(FloatArrays.of(values, images.shape().asArray()), SIGNED);
        };
    }

    private static Explainer scaled(float factor) {
        return changed(SIGNED, value -> value * factor);
    }

    private static Explainer synchronizedGradient() {
        Object lock = new Object();
        return (model, images, targets) -> {
            synchronized (lock) {
                return GRADIENT.explain(model, images, targets);
            }
        };
    }

    /** The gradient, each value changed, under a contract. */
    private static Explainer changed(Contract contract, Function<Float, Float> change) {
        return (model, images, targets) -> {
            Attribution honest = GRADIENT.explain(model, images, targets);
            float[] values = FloatArrays.flat(honest.values());
            for (int i = 0; i < values.length; i++) {
                values[i] = change.apply(values[i]);
            }
            return new Attribution(
                    FloatArrays.of(values, honest.values().shape().asArray()), contract);
        };
    }

    private interface Change {
        void apply(float[] map);
    }

    /** The gradient, each image's map changed. */
    private static Attribution each(Model model, FloatNdArray images, Targets targets, Change change) {
        float[] values =
                FloatArrays.flat(GRADIENT.explain(model, images, targets).values());
        int size = values.length / targets.count();
        for (int n = 0; n < targets.count(); n++) {
            float[] map = Arrays.copyOfRange(values, n * size, (n + 1) * size);
            change.apply(map);
            System.arraycopy(map, 0, values, n * size, size);
        }
        return new Attribution(FloatArrays.of(values, images.shape().asArray()), SIGNED);
    }

    private static void jitter(float[] values, RandomGenerator random) {
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) random.nextGaussian();
        }
    }

    /** Remembers its last answer. */
    private static final class Caching implements Explainer {

        private record Answer(Model model, FloatNdArray images, Targets targets, Attribution attribution) {}

        private final ThreadLocal<Answer> last = new ThreadLocal<>();

        @Override
        public Attribution explain(Model model, FloatNdArray images, Targets targets) {
            Answer answer = last.get();
            if (answer == null
                    || answer.model() != model
                    || answer.images() != images
                    || !answer.targets().equals(targets)) {
                answer = new Answer(model, images, targets, GRADIENT.explain(model, images, targets));
                last.set(answer);
            }
            return answer.attribution();
        }
    }

    /** Keeps the images it works on in a field. */
    private static final class Sharing implements Explainer {

        private volatile FloatNdArray current;

        @Override
        public Attribution explain(Model model, FloatNdArray images, Targets targets) {
            current = images;
            model.scores(images);
            return GRADIENT.explain(model, current, targets);
        }
    }

    private static final class ForgetfulProvider implements ExplainerProvider<None> {

        private int calls;

        @Override
        public ExplainerCard card() {
            return new ExplainerCard(
                    "gradient",
                    "Gradient " + calls++,
                    CARD.summary(),
                    CARD.paper(),
                    CARD.family(),
                    CARD.needs(),
                    CARD.contract());
        }

        @Override
        public Class<None> options() {
            return None.class;
        }

        @Override
        public Explainer create(None options) {
            return GRADIENT;
        }
    }

    // --- how they are run

    private record Provider<O extends Record>(ExplainerCard card, Class<O> options, Function<O, Explainer> creation)
            implements ExplainerProvider<O> {

        @Override
        public Explainer create(O options) {
            return creation.apply(options);
        }
    }

    private static <O extends Record> ExplainerProvider<O> provider(
            ExplainerCard card, Class<O> options, Function<O, Explainer> creation) {
        return new Provider<>(card, options, creation);
    }

    private static ExplainerProvider<?> provider(ExplainerCard card, Explainer explainer) {
        return provider(card, None.class, options -> explainer);
    }

    private static ExplainerProvider<?> provider(Explainer explainer) {
        return provider(CARD, explainer);
    }

    private static ExplainerCard card(Contract contract, Class<?>... needs) {
        return new ExplainerCard(
                "gradient",
                "Gradient",
                "The gradient.",
                "Somebody (1999): Something. https://example.org",
                ExplainerCard.Family.GRADIENT,
                new LinkedHashSet<>(List.of(needs)),
                contract);
    }

    private static ExplainerCard withPaper(String paper) {
        return new ExplainerCard(
                CARD.name(), CARD.title(), CARD.summary(), paper, CARD.family(), CARD.needs(), CARD.contract());
    }

    private static DynamicTest survives(String honest, ExplainerProvider<?> provider) {
        return dynamicTest(honest, () -> assertThat(failedChecks(provider)).isEmpty());
    }

    private static DynamicTest caught(String mutant, ExplainerProvider<?> provider, String... checks) {
        return dynamicTest(mutant, () -> assertThat(failedChecks(provider)).containsExactlyInAnyOrder(checks));
    }

    private static Set<String> failedChecks(ExplainerProvider<?> provider) throws Throwable {
        Set<String> failed = new LinkedHashSet<>();
        for (DynamicTest test : ExplainerContract.of(provider).tests().toList()) {
            try {
                test.getExecutable().execute();
            } catch (AssertionError | RuntimeException e) {
                failed.add(test.getDisplayName());
            }
        }
        return failed;
    }
}

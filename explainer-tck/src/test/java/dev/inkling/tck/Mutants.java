package dev.inkling.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
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
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Explainers that are honest, what can be changed about them, and the contract's verdict: a mutant breaks one promise, and
 * fails in the test that says so and in no other.
 */
final class Mutants {

    private Mutants() {}

    static final Contract SIGNED = new Contract(Sign.SIGNED, false, "logits per unit of input");
    static final Contract POSITIVE = new Contract(Sign.POSITIVE, false, "logits per unit of input");
    static final Contract COMPLETE = new Contract(Sign.SIGNED, true, "logits");

    static final ExplainerCard CARD = card(SIGNED, Gradients.class);

    record None() {}

    /** An honest gradient; its mutants change a line. */
    static final Explainer GRADIENT = (model, images, targets) -> {
        targets.require(model.signature().requireImages(images), model.signature());
        return new Attribution(model.require(Gradients.class).gradients(images, targets), SIGNED);
    };

    static final ExplainerCard ATTENTION_CARD = new ExplainerCard(
            CARD.name(),
            CARD.title(),
            CARD.summary(),
            CARD.paper(),
            CARD.family(),
            Set.of(Layers.class),
            Set.of(ModelSignature.Layer.Kind.ATTENTION),
            false,
            POSITIVE);

    static final Explainer ATTENTION = (model, images, targets) -> {
        targets.require(model.signature().requireImages(images), model.signature());
        Layers layers = model.require(Layers.class);
        String layer = model.signature()
                .requireLayers(ModelSignature.Layer.Kind.ATTENTION)
                .get(0)
                .name();
        return new Attribution(layers.activations(layer, images), POSITIVE);
    };

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

    static Explainer shifted(Shift options) {
        return changed(SIGNED, value -> options.on() ? value + (float) options.by() : value);
    }

    record Path(
            @Option(value = "0", help = "where the path begins")
            Baseline baseline) {}

    /**
     * (x − x′) times the gradient's mean on the path from x′ to x, at the middles of equal intervals, with the error as
     * convergence delta.
     */
    static Explainer path(Path options, int steps) {
        return (model, images, targets) -> {
            targets.require(model.signature().requireImages(images), model.signature());
            Gradients gradients = model.require(Gradients.class);
            FloatNdArray baselines = options.baseline().forImages(model, images);
            float[] ends = FloatArrays.flat(images);
            float[] starts = FloatArrays.flat(baselines);
            double[] sums = new double[ends.length];
            for (int step = 0; step < steps; step++) {
                double part = (step + 0.5) / steps;
                float[] points = new float[ends.length];
                for (int i = 0; i < points.length; i++) {
                    points[i] = (float) (starts[i] + part * (ends[i] - starts[i]));
                }
                float[] slopes = FloatArrays.flat(gradients.gradients(
                        FloatArrays.of(points, images.shape().asArray()), targets));
                for (int i = 0; i < points.length; i++) {
                    sums[i] += slopes[i] * ((double) ends[i] - starts[i]) / steps;
                }
            }
            float[] after = targets.scores(model.scores(images));
            float[] before = targets.scores(model.scores(baselines));
            float[] values = new float[ends.length];
            float[] deltas = new float[targets.count()];
            int size = values.length / deltas.length;
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) sums[i];
                deltas[i / size] += values[i];
            }
            for (int n = 0; n < deltas.length; n++) {
                deltas[n] -= after[n] - before[n];
            }
            return new Attribution(FloatArrays.of(values, images.shape().asArray()), COMPLETE)
                    .with("convergence delta", deltas);
        };
    }

    /** Another explainer's map, image by image, changed. */
    static Explainer after(Explainer honest, Change change) {
        return (model, images, targets) -> {
            Attribution attribution = honest.explain(model, images, targets);
            float[] values = FloatArrays.flat(attribution.values());
            int size = values.length / targets.count();
            for (int n = 0; n < targets.count(); n++) {
                float[] map = Arrays.copyOfRange(values, n * size, (n + 1) * size);
                change.apply(map);
                System.arraycopy(map, 0, values, n * size, size);
            }
            return new Attribution(
                    FloatArrays.of(values, attribution.values().shape().asArray()),
                    attribution.contract(),
                    attribution.diagnostics());
        };
    }

    static Explainer noisy(long seed) {
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

    static Explainer cam(String layer) {
        return (model, images, targets) -> {
            targets.require(model.signature().requireImages(images), model.signature());
            Layers layers = model.require(Layers.class);
            String name = layer.isEmpty() ? model.signature().lastConvolution().name() : layer;
            return new Attribution(layers.gradients(name, images, targets).gradients(), SIGNED);
        };
    }

    static Explainer inputTimesGradient() {
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

    static Explainer scaled(float factor) {
        return changed(SIGNED, value -> value * factor);
    }

    static Explainer synchronizedGradient() {
        Object lock = new Object();
        return (model, images, targets) -> {
            synchronized (lock) {
                return GRADIENT.explain(model, images, targets);
            }
        };
    }

    /** The gradient, each value changed, under a contract. */
    static Explainer changed(Contract contract, Function<Float, Float> change) {
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

    interface Change {
        void apply(float[] map);
    }

    /** The gradient, each image's map changed. */
    static Attribution each(Model model, FloatNdArray images, Targets targets, Change change) {
        return after(GRADIENT, change).explain(model, images, targets);
    }

    static void jitter(float[] values, RandomGenerator random) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) (1 + 0.1 * random.nextGaussian());
        }
    }

    /** Remembers its last answer. */
    static final class Caching implements Explainer {

        record Answer(Model model, FloatNdArray images, Targets targets, Attribution attribution) {}

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
    static final class Sharing implements Explainer {

        private volatile FloatNdArray current;

        @Override
        public Attribution explain(Model model, FloatNdArray images, Targets targets) {
            current = images;
            model.require(Gradients.class);
            model.scores(images);
            return GRADIENT.explain(model, current, targets);
        }
    }

    static final class ForgetfulProvider implements ExplainerProvider<None> {

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

    record Provider<O extends Record>(ExplainerCard card, Class<O> options, Function<O, Explainer> creation)
            implements ExplainerProvider<O> {

        @Override
        public Explainer create(O options) {
            return creation.apply(options);
        }
    }

    static <O extends Record> ExplainerProvider<O> provider(
            ExplainerCard card, Class<O> options, Function<O, Explainer> creation) {
        return new Provider<>(card, options, creation);
    }

    static ExplainerProvider<?> provider(ExplainerCard card, Explainer explainer) {
        return provider(card, None.class, options -> explainer);
    }

    static ExplainerProvider<?> provider(Explainer explainer) {
        return provider(CARD, explainer);
    }

    static ExplainerCard card(Contract contract, Class<?>... needs) {
        return new ExplainerCard(
                "gradient",
                "Gradient",
                "The gradient.",
                "Somebody (1999): Something. https://example.org",
                ExplainerCard.Family.GRADIENT,
                new LinkedHashSet<>(List.of(needs)),
                contract);
    }

    static ExplainerCard withPaper(String paper) {
        return new ExplainerCard(
                CARD.name(), CARD.title(), CARD.summary(), paper, CARD.family(), CARD.needs(), CARD.contract());
    }

    static DynamicTest survives(String honest, ExplainerProvider<?> provider) {
        return dynamicTest(honest, () -> assertThat(failedChecks(provider)).isEmpty());
    }

    static DynamicTest caught(String mutant, ExplainerProvider<?> provider, String... checks) {
        return dynamicTest(mutant, () -> assertThat(failedChecks(provider)).containsExactlyInAnyOrder(checks));
    }

    static Set<String> failedChecks(ExplainerProvider<?> provider) throws Throwable {
        return failedChecks(ExplainerContract.of(provider));
    }

    static Set<String> failedChecks(ExplainerContract<?> contract) throws Throwable {
        Set<String> failed = new LinkedHashSet<>();
        for (DynamicTest test : contract.tests().toList()) {
            try {
                test.getExecutable().execute();
            } catch (AssertionError | RuntimeException e) {
                failed.add(test.getDisplayName());
            }
        }
        return failed;
    }
}

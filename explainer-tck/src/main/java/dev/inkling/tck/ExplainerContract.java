package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.OptionSpec;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * What every explainer promises ({@link Explainer}, {@link ExplainerProvider}, {@link ExplainerCard}), as tests.
 *
 * @param <O> the explainer's record of options
 */
public final class ExplainerContract<O extends Record> {

    private static final int THREADS = 8;

    /** What batches may change, relative to the largest value: models round differently in batches of other sizes. */
    private static final double ROUNDING = 1e-5;

    /** How far the sums of a complete method may be off, relative to the difference of scores. */
    private static final double COMPLETENESS = 1e-3;

    /** The same for models with kinks, where integrals are approximate. */
    private static final double COMPLETENESS_WITH_KINKS = 0.05;

    private final ExplainerProvider<O> provider;
    private final Model model;
    private final Targets targets;

    private ExplainerContract(ExplainerProvider<O> provider, Model model) {
        this.provider = provider;
        this.model = model;
        this.targets = targets(model.signature().classCount());
    }

    /**
     * The contract's tests against a small network in plain arithmetic that offers every capability: a convolutional one, or
     * where the method needs an attention layer an {@link AttentionModel}.
     */
    public static Stream<DynamicTest> tests(ExplainerProvider<?> provider) {
        // Height, width and channels differ, so that an explainer that confuses them cannot pass.
        return provider.card().layers().contains(Kind.ATTENTION)
                ? tests(provider, AttentionModel.random(1, 6, 5, 2, 3))
                : tests(provider, ConvolutionModel.random(1, 6, 5, 2, 4, 3));
    }

    /**
     * The contract's tests against a model of one's own, for methods that need a capability or a layer that the models here lack.
     *
     * @param model deterministic, with at least two classes and images that are not square
     */
    public static <O extends Record> Stream<DynamicTest> tests(ExplainerProvider<O> provider, Model model) {
        return new ExplainerContract<>(provider, model).tests();
    }

    private Stream<DynamicTest> tests() {
        List<DynamicTest> tests = new ArrayList<>(List.of(
                test("card is complete", this::cardIsComplete),
                test("options have help and defaults", this::optionsHaveHelpAndDefaults),
                test("options work up to their bounds", this::optionsWorkUpToTheirBounds),
                test("one map per image", this::oneMapPerImage),
                test("numbers are finite", this::numbersAreFinite),
                test("inputs stay untouched", this::inputsStayUntouched),
                test("results belong to the caller", this::resultsBelongToTheCaller),
                test("the batch does not matter", this::theBatchDoesNotMatter),
                provider.card().targeted()
                        ? test("the target matters", this::theTargetMatters)
                        : test("the target does not matter", this::theTargetDoesNotMatter),
                test("same options, same bits", this::sameOptionsSameBits),
                test("threads do not disturb each other", this::threadsDoNotDisturbEachOther),
                test("declared contract and sign are kept", this::declaredContractAndSignAreKept),
                test("declared completeness is kept", this::declaredCompletenessIsKept),
                test("declared needs suffice", this::declaredNeedsSuffice),
                test("a missing capability is named", this::aMissingCapabilityIsNamed),
                test("a missing kind of layer is named", this::aMissingKindOfLayerIsNamed),
                test("images that do not fit are refused", this::imagesThatDoNotFitAreRefused),
                test("targets that do not fit are refused", this::targetsThatDoNotFitAreRefused)));
        if (hasOption("seed")) {
            tests.add(test("another seed, other numbers", this::anotherSeedOtherNumbers));
        }
        if (hasOption("layer")) {
            tests.add(test("an unknown layer is refused", this::anUnknownLayerIsRefused));
        }
        return tests.stream();
    }

    private static DynamicTest test(String name, Executable check) {
        return dynamicTest(name, check);
    }

    private boolean hasOption(String name) {
        return Arrays.stream(provider.options().getRecordComponents())
                .anyMatch(component -> component.getName().equals(name));
    }

    private void cardIsComplete() {
        ExplainerCard card = provider.card();
        assertEquals(card, provider.card(), "a second call gives another card");
        assertFalse(card.title().isBlank(), "the title is blank");
        assertFalse(card.summary().isBlank(), "the summary is blank");
        assertTrue(card.paper().contains("https://"), () -> "no link in the paper: " + card.paper());
        assertFalse(card.contract().unit().isBlank(), "the unit is blank");
    }

    private void optionsHaveHelpAndDefaults() {
        List<OptionSpec> specs = Options.specs(provider.options());
        for (OptionSpec spec : specs) {
            assertFalse(spec.help().isBlank(), () -> "option '" + spec.name() + "' has no help");
            assertTrue(
                    isNumber(spec) || !(isBounded(spec.min()) || isBounded(spec.max())),
                    () -> "option '" + spec.name() + "' is no number: its bounds do nothing");
        }
        O defaults = Options.defaults(provider.options());
        assertEquals(
                defaults,
                Options.parse(provider.options(), Options.values(defaults)),
                "the defaults are not read back as they are written");
    }

    private void optionsWorkUpToTheirBounds() {
        for (OptionSpec spec : Options.specs(provider.options())) {
            for (String value : edges(spec)) {
                Attribution attribution;
                try {
                    attribution = with(spec.name(), value).explain(model, images(), targets);
                } catch (InvalidInputException e) {
                    assertFalse(
                            value.equals(spec.defaultValue())
                                    || isBounded(spec.min())
                                    || !spec.choices().isEmpty(),
                            () -> spec.name() + "=" + value + " is declared as allowed, and refused: "
                                    + e.getMessage());
                    continue; // refused by the explainer itself, which is fine where the annotation promises nothing
                }
                assertFinite(attribution, spec.name() + "=" + value);
            }
            if (isBounded(spec.max())) {
                with(spec.name(), edge(spec, spec.max()));
            }
        }
    }

    /** Values that are allowed and most likely to break: the least, zero, negative ones, every choice. */
    private static List<String> edges(OptionSpec spec) {
        if (spec.type().equals("boolean")) {
            return List.of("false", "true");
        } else if (isNumber(spec)) {
            return isBounded(spec.min()) ? List.of(edge(spec, spec.min())) : List.of("0", "-1");
        }
        return spec.choices();
    }

    private static String edge(OptionSpec spec, double bound) {
        return spec.type().equals("double") ? String.valueOf(bound) : String.valueOf((long) bound);
    }

    private static boolean isNumber(OptionSpec spec) {
        return List.of("int", "long", "double").contains(spec.type());
    }

    private static boolean isBounded(double bound) {
        return Double.isFinite(bound);
    }

    private void oneMapPerImage() {
        Attribution attribution = withDefaults().explain(model, images(), targets);
        ModelSignature signature = model.signature();
        assertEquals(targets.count(), attribution.count(), "number of maps");
        assertTrue(
                attribution.height() <= signature.height() && attribution.width() <= signature.width(),
                () -> "maps are " + attribution.values().shape() + ", larger than the images");
    }

    private void numbersAreFinite() {
        Explainer explainer = withDefaults();
        assertFinite(explainer.explain(model, images(), targets), "random images");
        ModelSignature signature = model.signature();
        for (float level :
                new float[] {signature.range().min(), signature.range().max()}) {
            assertFinite(explainer.explain(model, uniform(level), targets), "images of " + level + " everywhere");
        }
        float[] logits = new float[signature.classCount()];
        logits[0] = 1;
        Model constant = new ConstantModel(signature.height(), signature.width(), signature.channels(), logits);
        if (offersNeeds(constant)) {
            assertFinite(explainer.explain(constant, images(), targets), "a model that ignores its images");
        }
    }

    private void inputsStayUntouched() {
        FloatNdArray images = images();
        float[] imagesBefore = FloatArrays.flat(images);
        float[] weightsBefore = FloatArrays.flat(targets.weights());
        withDefaults().explain(model, images, targets);
        assertArrayEquals(imagesBefore, FloatArrays.flat(images), "the images were written to");
        assertArrayEquals(weightsBefore, FloatArrays.flat(targets.weights()), "the targets were written to");
    }

    private void resultsBelongToTheCaller() {
        Explainer explainer = withDefaults();
        FloatNdArray images = images();
        Attribution first = explainer.explain(model, images, targets);
        float[] before = FloatArrays.flat(first.values());
        first.values().scalars().forEach(value -> value.setFloat(7));
        Attribution second = explainer.explain(model, images, targets);
        assertArrayEquals(before, FloatArrays.flat(second.values()), "writing to a result changed the next one");
    }

    private void theBatchDoesNotMatter() {
        Explainer explainer = withDefaults();
        Attribution together = explainer.explain(model, images(), targets);
        for (int i = 0; i < targets.count(); i++) {
            Attribution alone = explainer.explain(model, image(i), targets.rows(i, i + 1));
            assertClose(together.image(i), alone, "image " + i + " in a batch and alone");
        }
    }

    private void theTargetMatters() {
        assertFalse(
                Arrays.equals(
                        FloatArrays.flat(ofClass(0).values()),
                        FloatArrays.flat(ofClass(1).values())),
                "classes 0 and 1 have the same maps");
    }

    private void theTargetDoesNotMatter() {
        assertSame(ofClass(0), ofClass(1), "the card says that the target does not matter, but for classes 0 and 1");
    }

    private Attribution ofClass(int target) {
        int[] all = new int[targets.count()];
        Arrays.fill(all, target);
        return withDefaults().explain(model, images(), Targets.classes(targets.classCount(), all));
    }

    private void sameOptionsSameBits() {
        Explainer explainer = withDefaults();
        Attribution first = explainer.explain(model, images(), targets);
        assertSame(first, explainer.explain(model, images(), targets), "a second call");
        assertSame(first, withDefaults().explain(model, images(), targets), "a second explainer");
    }

    private void anotherSeedOtherNumbers() {
        assertFalse(
                Arrays.equals(
                        FloatArrays.flat(with("seed", "1")
                                .explain(model, images(), targets)
                                .values()),
                        FloatArrays.flat(with("seed", "2")
                                .explain(model, images(), targets)
                                .values())),
                "seeds 1 and 2 give the same numbers");
    }

    private void threadsDoNotDisturbEachOther() throws Exception {
        Explainer explainer = withDefaults();
        List<Attribution> expected = new ArrayList<>();
        for (int i = 0; i < targets.count(); i++) {
            expected.add(explainer.explain(model, image(i), targets.rows(i, i + 1)));
        }
        Model meeting = new Rendezvous(model, THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Attribution>> found = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int i = thread % targets.count();
                FloatNdArray image = image(i);
                found.add(threads.submit(() -> explainer.explain(meeting, image, targets.rows(i, i + 1))));
            }
            for (int thread = 0; thread < THREADS; thread++) {
                assertSame(
                        expected.get(thread % targets.count()),
                        found.get(thread).get(1, TimeUnit.MINUTES),
                        "one of " + THREADS + " threads");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void declaredContractAndSignAreKept() {
        Explainer explainer = withDefaults();
        List<Attribution> attributions = List.of(
                explainer.explain(model, images(), targets), explainer.explain(model, images(), negated(targets)));
        Attribution.Contract declared = provider.card().contract();
        float least = Float.POSITIVE_INFINITY;
        for (Attribution attribution : attributions) {
            assertEquals(declared, attribution.contract(), "the result's contract is not the card's");
            for (float value : FloatArrays.flat(attribution.values())) {
                least = Math.min(least, value);
            }
        }
        if (declared.sign() == Sign.POSITIVE) {
            assertTrue(least >= 0, "declared positive, found " + least);
        } else {
            assertTrue(least < 0, "declared signed, found no value below zero for a target and its opposite");
        }
    }

    /** The baseline's score cancels out between two images, so it need not be known. */
    private void declaredCompletenessIsKept() {
        if (!provider.card().contract().complete()) {
            return;
        }
        assertComplete(model, COMPLETENESS_WITH_KINKS);
        for (Model smooth : List.of(LinearModel.random(2, 4, 3, 2, 3), QuadraticModel.random(3, 4, 3, 2, 3))) {
            if (offersNeeds(smooth)) {
                assertComplete(smooth, COMPLETENESS);
            }
        }
    }

    private void assertComplete(Model model, double tolerance) {
        ModelSignature signature = model.signature();
        FloatNdArray images = randomImages(signature);
        Targets targets = Targets.classes(
                signature.classCount(), new int[Math.toIntExact(images.shape().get(0))]);
        Attribution attribution = withDefaults().explain(model, images, targets);
        float[] scores = targets.scores(model.scores(images));
        for (int i = 1; i < scores.length; i++) {
            double expected = (double) scores[i] - scores[0];
            double found = sum(attribution.image(i)) - sum(attribution.image(0));
            assertEquals(
                    expected,
                    found,
                    tolerance * Math.max(1, Math.abs(expected)),
                    "model '" + signature.name() + "', difference between images " + i
                            + " and 0 of scores and of sums");
        }
    }

    private void declaredNeedsSuffice() {
        Model least = new BlackBox(model, provider.card().needs().toArray(Class<?>[]::new));
        assertFinite(withDefaults().explain(least, images(), targets), "a model that offers the declared needs alone");
    }

    private void aMissingCapabilityIsNamed() {
        for (Class<?> missing : provider.card().needs()) {
            Class<?>[] others = provider.card().needs().stream()
                    .filter(need -> need != missing)
                    .toArray(Class<?>[]::new);
            assertRefused(
                    missing.getSimpleName(),
                    () -> withDefaults().explain(new BlackBox(model, others), images(), targets),
                    "a model without " + missing.getSimpleName());
        }
    }

    private void aMissingKindOfLayerIsNamed() {
        for (Kind missing : provider.card().layers()) {
            assertRefused(
                    missing.name().toLowerCase(Locale.ROOT) + " layer",
                    () -> withDefaults().explain(new WithoutLayers(model, missing), images(), targets),
                    "a model without a layer of kind " + missing);
        }
    }

    private void imagesThatDoNotFitAreRefused() {
        ModelSignature signature = model.signature();
        int n = targets.count();
        int h = signature.height();
        int w = signature.width();
        int c = signature.channels();
        for (long[] shape : new long[][] {{n, w, h, c}, {n, h, w, c + 1}, {n, h + 1, w, c}, {h, w, c}}) {
            FloatNdArray other = FloatArrays.of(new float[size(shape)], shape);
            assertRefused(
                    "expect",
                    () -> withDefaults().explain(model, other, targets),
                    "images of shape " + Arrays.toString(shape));
        }
    }

    private void targetsThatDoNotFitAreRefused() {
        int classes = model.signature().classCount();
        int n = targets.count();
        for (Targets other : List.of(
                targets.rows(0, n - 1),
                Targets.classes(classes, new int[n + 1]),
                Targets.classes(classes + 1, new int[n]))) {
            assertRefused("expect", () -> withDefaults().explain(model, images(), other), other.toString());
        }
    }

    private void anUnknownLayerIsRefused() {
        assertRefused(
                "no-such-layer",
                () -> with("layer", "no-such-layer").explain(model, images(), targets),
                "layer=no-such-layer");
    }

    private Explainer withDefaults() {
        return provider.create(Options.defaults(provider.options()));
    }

    private Explainer with(String option, String value) {
        return provider.create(Options.parse(provider.options(), Map.of(option, value)));
    }

    private boolean offersNeeds(Model model) {
        List<Kind> shown = model.signature().layers().stream()
                .map(ModelSignature.Layer::kind)
                .toList();
        return shown.containsAll(provider.card().layers())
                && provider.card().needs().stream()
                        .allMatch(need -> model.capability(need).isPresent());
    }

    private static void assertRefused(String mentioned, Executable explanation, String what) {
        InvalidInputException refusal = assertThrows(InvalidInputException.class, explanation, what);
        assertTrue(
                refusal.getMessage().contains(mentioned),
                () -> what + ": the message does not say '" + mentioned + "': " + refusal.getMessage());
    }

    private static void assertFinite(Attribution attribution, String what) {
        for (float value : FloatArrays.flat(attribution.values())) {
            assertTrue(Float.isFinite(value), () -> what + ": found " + value);
        }
        attribution.diagnostics().forEach((name, perImage) -> {
            for (float value : perImage) {
                assertTrue(Float.isFinite(value), () -> what + ": diagnostic '" + name + "' is " + value);
            }
        });
    }

    private static void assertSame(Attribution expected, Attribution found, String what) {
        assertEqual(expected, found, 0, what);
    }

    private static void assertClose(Attribution expected, Attribution found, String what) {
        double largest = 0;
        for (float value : FloatArrays.flat(expected.values())) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertEqual(expected, found, ROUNDING * largest, what);
    }

    private static void assertEqual(Attribution expected, Attribution found, double tolerance, String what) {
        assertEquals(expected.values().shape(), found.values().shape(), what);
        assertEqual(FloatArrays.flat(expected.values()), FloatArrays.flat(found.values()), tolerance, what);
        assertEquals(expected.diagnostics().keySet(), found.diagnostics().keySet(), what);
        expected.diagnostics()
                .forEach((name, values) -> assertEqual(
                        values, found.diagnostics().get(name), tolerance, what + ", diagnostic '" + name + "'"));
    }

    private static void assertEqual(float[] expected, float[] found, double tolerance, String what) {
        if (tolerance > 0) {
            assertArrayEquals(expected, found, (float) tolerance, what);
        } else {
            assertArrayEquals(expected, found, what);
        }
    }

    /** New ones for each call, so that an explainer that writes to its input is caught for that, and for that alone. */
    private FloatNdArray images() {
        return randomImages(model.signature());
    }

    private FloatNdArray image(int index) {
        int size = model.signature().imageSize();
        return shaped(Arrays.copyOfRange(FloatArrays.flat(images()), index * size, (index + 1) * size));
    }

    private FloatNdArray uniform(float level) {
        float[] values = new float[targets.count() * model.signature().imageSize()];
        Arrays.fill(values, level);
        return shaped(values);
    }

    private FloatNdArray shaped(float[] values) {
        ModelSignature signature = model.signature();
        return FloatArrays.of(
                values,
                values.length / signature.imageSize(),
                signature.height(),
                signature.width(),
                signature.channels());
    }

    /** Three images in the model's value range. */
    private static FloatNdArray randomImages(ModelSignature signature) {
        SplittableRandom random = new SplittableRandom(20);
        float[] values = new float[3 * signature.imageSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float)
                    random.nextDouble(signature.range().min(), signature.range().max());
        }
        return FloatArrays.of(values, 3, signature.height(), signature.width(), signature.channels());
    }

    /** Three rows: a class, another, and why that other and not the first. */
    private static Targets targets(int classes) {
        float[] weights = new float[3 * classes];
        weights[0] = 1;
        weights[classes + 1] = 1;
        weights[2 * classes] = -1;
        weights[2 * classes + 1] = 1;
        return Targets.of(FloatArrays.of(weights, 3, classes));
    }

    private static Targets negated(Targets targets) {
        float[] weights = FloatArrays.flat(targets.weights());
        for (int i = 0; i < weights.length; i++) {
            weights[i] = -weights[i];
        }
        return Targets.of(FloatArrays.of(weights, targets.count(), targets.classCount()));
    }

    private static double sum(Attribution attribution) {
        double sum = 0;
        for (float value : FloatArrays.flat(attribution.values())) {
            sum += value;
        }
        return sum;
    }

    private static int size(long[] shape) {
        return Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    }
}

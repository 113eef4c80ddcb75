package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;
import org.tensorflow.ndarray.FloatNdArray;

/** What does not fit is refused, by a message that says what is wrong. */
record RefusalChecks(Subject<?> subject) implements Checks {

    private static final String LAYER = "layer";

    @Override
    public Stream<DynamicTest> tests() {
        Stream<DynamicTest> always = Stream.of(
                dynamicTest("a missing capability is named", this::aMissingCapabilityIsNamed),
                dynamicTest("a missing kind of layer is named", this::aMissingKindOfLayerIsNamed),
                dynamicTest("images that do not fit are refused", this::imagesThatDoNotFitAreRefused),
                dynamicTest("pixels that are not finite are named", this::pixelsThatAreNotFiniteAreNamed),
                dynamicTest("targets that do not fit are refused", this::targetsThatDoNotFitAreRefused));
        return subject.hasOption(LAYER)
                ? Stream.concat(
                        always, Stream.of(dynamicTest("an unknown layer is refused", this::anUnknownLayerIsRefused)))
                : always;
    }

    private void aMissingCapabilityIsNamed() {
        Set<Class<?>> needs = subject.card().needs();
        for (Class<?> missing : needs) {
            Class<?>[] others = needs.stream().filter(need -> need != missing).toArray(Class<?>[]::new);
            assertRefusedBeforeWork(
                    missing.getSimpleName(),
                    new BlackBox(subject.model(), others),
                    "a model without " + missing.getSimpleName());
        }
    }

    private void aMissingKindOfLayerIsNamed() {
        for (Kind missing : subject.card().layers()) {
            assertRefused(
                    missing.name().toLowerCase(Locale.ROOT) + " layer",
                    () -> subject.explainer()
                            .explain(new WithoutLayers(subject.model(), missing), subject.images(), subject.targets()),
                    "a model without a layer of kind " + missing);
        }
    }

    private void imagesThatDoNotFitAreRefused() {
        ModelSignature signature = subject.signature();
        int n = Examples.COUNT;
        int h = signature.height();
        int w = signature.width();
        int c = signature.channels();
        for (long[] shape : new long[][] {{n, w, h, c}, {n, h, w, c + 1}, {n, h + 1, w, c}, {h, w, c}}) {
            int size = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
            FloatNdArray other = FloatArrays.of(new float[size], shape);
            assertRefused(
                    "expect",
                    () -> subject.explainer().explain(subject.model(), other, subject.targets()),
                    "images of shape " + Arrays.toString(shape));
        }
    }

    private void targetsThatDoNotFitAreRefused() {
        int classes = subject.signature().classCount();
        for (Targets other : List.of(
                subject.targets().rows(0, Examples.COUNT - 1),
                Targets.classes(classes, new int[Examples.COUNT + 1]),
                Examples.ofClass(classes + 1, 0))) {
            assertRefused(
                    "expect",
                    () -> subject.explainer().explain(subject.model(), subject.images(), other),
                    other.toString());
        }
    }

    private void anUnknownLayerIsRefused() {
        assertRefused(
                "no-such-layer",
                () -> subject.with(LAYER, "no-such-layer")
                        .explain(subject.model(), subject.images(), subject.targets()),
                "layer=no-such-layer");
    }

    private void pixelsThatAreNotFiniteAreNamed() {
        float[] pixels = FloatArrays.flat(subject.images());
        ModelSignature signature = subject.signature();
        int image = 1;
        int row = signature.height() - 1;
        int column = signature.width() - 2;
        for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            float[] broken = pixels.clone();
            broken[image * signature.imageSize() + (row * signature.width() + column) * signature.channels()] = value;
            assertRefused(
                    "image " + image + " holds " + value + " at row " + row + ", column " + column,
                    () -> subject.explainer()
                            .explain(subject.model(), Examples.shaped(signature, broken), subject.targets()),
                    "an image with the value " + value);
        }
    }

    private void assertRefusedBeforeWork(String mentioned, Model model, String what) {
        AtomicInteger asked = new AtomicInteger();
        Model observed = new ObservedModel(model, asked::addAndGet);
        assertRefused(
                mentioned, () -> subject.explainer().explain(observed, subject.images(), subject.targets()), what);
        assertEquals(0, asked.get(), () -> what + " is refused, but after it was asked about that many images");
    }

    private static void assertRefused(String mentioned, Executable explanation, String what) {
        InvalidInputException refusal = assertThrows(InvalidInputException.class, explanation, what);
        assertTrue(
                refusal.getMessage().contains(mentioned),
                () -> what + ": the message does not say '" + mentioned + "': " + refusal.getMessage());
    }
}

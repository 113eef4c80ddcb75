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
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;
import org.tensorflow.ndarray.FloatNdArray;

/** What does not fit is refused, with the message of the SPI's own check. */
record RefusalChecks(Subject<?> subject) implements Checks {

    private static final String LAYER = "layer";
    private static final String UNKNOWN = "no-such-layer";

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
            Model without = new BlackBox(
                    subject.model(),
                    needs.stream().filter(need -> need != missing).toArray(Class<?>[]::new));
            assertRefusedBeforeWork(
                    () -> without.require(missing), without, "a model without " + missing.getSimpleName());
        }
    }

    private void aMissingKindOfLayerIsNamed() {
        for (Kind missing : subject.card().layers()) {
            Model without = new WithoutLayers(subject.model(), missing);
            assertRefusedBeforeWork(
                    () -> without.signature().requireLayers(missing),
                    without,
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
            assertRefused(FloatArrays.of(new float[size], shape), "images of shape " + Arrays.toString(shape));
        }
    }

    private void pixelsThatAreNotFiniteAreNamed() {
        ModelSignature signature = subject.signature();
        for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            float[] pixels = FloatArrays.flat(subject.images());
            pixels[pixels.length - signature.imageSize() - signature.channels() - 1] = value;
            assertRefused(Examples.shaped(signature, pixels), "an image with the value " + value);
        }
    }

    private void assertRefused(FloatNdArray images, String what) {
        assertRefused(
                () -> subject.signature().requireImages(images),
                () -> subject.explainer().explain(subject.model(), images, subject.targets()),
                what);
    }

    private void targetsThatDoNotFitAreRefused() {
        int classes = subject.signature().classCount();
        for (Targets other : List.of(
                subject.targets().rows(0, Examples.COUNT - 1),
                Targets.classes(classes, new int[Examples.COUNT + 1]),
                Examples.ofClass(classes + 1, 0))) {
            assertRefused(
                    () -> other.require(Examples.COUNT, subject.signature()),
                    () -> subject.explainer().explain(subject.model(), subject.images(), other),
                    other.toString());
        }
    }

    private void anUnknownLayerIsRefused() {
        assertRefused(
                () -> subject.signature().layer(UNKNOWN),
                () -> subject.with(LAYER, UNKNOWN).explain(subject.model(), subject.images(), subject.targets()),
                "layer=" + UNKNOWN);
    }

    private void assertRefusedBeforeWork(Executable documented, Model model, String what) {
        AtomicInteger asked = new AtomicInteger();
        Model observed = new ObservedModel(model, asked::addAndGet);
        assertRefused(
                documented, () -> subject.explainer().explain(observed, subject.images(), subject.targets()), what);
        assertEquals(0, asked.get(), () -> what + " is refused, but after it was asked about that many images");
    }

    /** By the message that the SPI's own check has for it. */
    private static void assertRefused(Executable documented, Executable explanation, String what) {
        String message = assertThrows(InvalidInputException.class, documented).getMessage();
        InvalidInputException refusal = assertThrows(InvalidInputException.class, explanation, what);
        assertTrue(
                refusal.getMessage().contains(message),
                () -> what + ": the message does not say '" + message + "': " + refusal.getMessage());
    }
}

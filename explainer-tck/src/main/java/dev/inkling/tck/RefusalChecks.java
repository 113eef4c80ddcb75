package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
            assertRefused(
                    "does not offer " + missing.getSimpleName(),
                    () -> subject.explainer()
                            .explain(new BlackBox(subject.model(), others), subject.images(), subject.targets()),
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

    private static void assertRefused(String mentioned, Executable explanation, String what) {
        InvalidInputException refusal = assertThrows(InvalidInputException.class, explanation, what);
        assertTrue(
                refusal.getMessage().contains(mentioned),
                () -> what + ": the message does not say '" + mentioned + "': " + refusal.getMessage());
    }
}

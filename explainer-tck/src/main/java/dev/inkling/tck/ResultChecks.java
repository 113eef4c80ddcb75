package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.tensorflow.ndarray.FloatNdArray;

/** What comes out is well formed, and nobody else's. */
record ResultChecks(Subject<?> subject) implements Checks {

    @Override
    public Stream<DynamicTest> tests() {
        return Stream.of(
                dynamicTest("one map per image", this::oneMapPerImage),
                dynamicTest("numbers are finite", this::numbersAreFinite),
                dynamicTest("inputs stay untouched", this::inputsStayUntouched),
                dynamicTest("results belong to the caller", this::resultsBelongToTheCaller));
    }

    private void oneMapPerImage() {
        Attribution attribution = subject.explained();
        ModelSignature signature = subject.signature();
        assertEquals(Examples.COUNT, attribution.count(), "number of maps");
        assertTrue(
                attribution.height() <= signature.height() && attribution.width() <= signature.width(),
                () -> "maps are " + attribution.values().shape() + ", larger than the images");
    }

    private void numbersAreFinite() {
        Explainer explainer = subject.explainer();
        Attributions.assertFinite(subject.explained(), "random images");
        ModelSignature signature = subject.signature();
        for (float level :
                new float[] {signature.range().min(), signature.range().max()}) {
            Attributions.assertFinite(
                    explainer.explain(subject.model(), Examples.uniformImages(signature, level), subject.targets()),
                    "images of " + level + " everywhere");
        }
        Model constant = ClosedForms.constant(signature);
        if (subject.canExplain(constant)) {
            Attributions.assertFinite(
                    explainer.explain(constant, subject.images(), subject.targets()),
                    "a model that ignores its images");
        }
    }

    private void inputsStayUntouched() {
        FloatNdArray images = subject.images();
        Targets targets = subject.targets();
        float[] imagesBefore = FloatArrays.flat(images);
        float[] weightsBefore = FloatArrays.flat(targets.weights());
        subject.explainer().explain(subject.model(), images, targets);
        assertArrayEquals(imagesBefore, FloatArrays.flat(images), "the images were written to");
        assertArrayEquals(weightsBefore, FloatArrays.flat(targets.weights()), "the targets were written to");
    }

    private void resultsBelongToTheCaller() {
        Explainer explainer = subject.explainer();
        FloatNdArray images = subject.images();
        Targets targets = subject.targets();
        Attribution first = explainer.explain(subject.model(), images, targets);
        float[] before = FloatArrays.flat(first.values());
        first.values().scalars().forEach(value -> value.setFloat(7));
        Attribution second = explainer.explain(subject.model(), images, targets);
        assertArrayEquals(before, FloatArrays.flat(second.values()), "writing to a result changed the next one");
    }
}

package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.tensorflow.ndarray.FloatNdArray;

/** What the card declares is so. */
record DeclarationChecks(Subject<?> subject) implements Checks {

    /** How far the sums of a complete method may be off, relative to the difference of scores. */
    private static final double COMPLETENESS = 1e-3;

    /** The same for models with kinks, where integrals are approximate. */
    private static final double COMPLETENESS_WITH_KINKS = 0.05;

    @Override
    public Stream<DynamicTest> tests() {
        return Stream.of(
                subject.card().targeted()
                        ? dynamicTest("the target matters", this::theTargetMatters)
                        : dynamicTest("the target does not matter", this::theTargetDoesNotMatter),
                dynamicTest("declared contract and sign are kept", this::declaredContractAndSignAreKept),
                dynamicTest("declared completeness is kept", this::declaredCompletenessIsKept),
                dynamicTest("declared needs suffice", this::declaredNeedsSuffice));
    }

    private void theTargetMatters() {
        assertTrue(Attributions.differ(ofClass(0), ofClass(1)), "classes 0 and 1 have the same maps");
    }

    private void theTargetDoesNotMatter() {
        Attributions.assertSame(
                ofClass(0), ofClass(1), "the card says that the target does not matter, but for classes 0 and 1");
    }

    private Attribution ofClass(int target) {
        return subject.explainer()
                .explain(
                        subject.model(),
                        subject.images(),
                        Examples.ofClass(subject.signature().classCount(), target));
    }

    private void declaredContractAndSignAreKept() {
        Explainer explainer = subject.explainer();
        List<Attribution> attributions = List.of(
                explainer.explain(subject.model(), subject.images(), subject.targets()),
                explainer.explain(subject.model(), subject.images(), Examples.negated(subject.targets())));
        Attribution.Contract declared = subject.card().contract();
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

    /**
     * The baseline's score cancels out between two images, so it need not be known; and a model that ignores its images has
     * the same score at every baseline, so that sums are zero there, whichever it is.
     */
    private void declaredCompletenessIsKept() {
        if (!subject.card().contract().complete()) {
            return;
        }
        assertComplete(subject.model(), COMPLETENESS_WITH_KINKS);
        for (Model smooth : ClosedForms.smooth()) {
            if (subject.canExplain(smooth)) {
                assertComplete(smooth, COMPLETENESS);
            }
        }
        Model constant = ClosedForms.constant(subject.signature());
        if (subject.canExplain(constant)) {
            Attribution nothing = subject.explainer().explain(constant, subject.images(), subject.targets());
            for (int i = 0; i < Examples.COUNT; i++) {
                assertEquals(
                        0,
                        Attributions.sum(nothing.image(i)),
                        COMPLETENESS,
                        "sum of the map of image " + i + " for a model with the same score everywhere");
            }
        }
    }

    private void assertComplete(Model model, double tolerance) {
        ModelSignature signature = model.signature();
        FloatNdArray images = Examples.images(signature);
        Targets targets = Examples.ofClass(signature.classCount(), 0);
        Attribution attribution = subject.explainer().explain(model, images, targets);
        float[] scores = targets.scores(model.scores(images));
        for (int i = 1; i < scores.length; i++) {
            double expected = (double) scores[i] - scores[0];
            double found = Attributions.sum(attribution.image(i)) - Attributions.sum(attribution.image(0));
            assertEquals(
                    expected,
                    found,
                    tolerance * Math.max(1, Math.abs(expected)),
                    "model '" + signature.name() + "', difference between images " + i
                            + " and 0 of scores and of sums");
        }
    }

    private void declaredNeedsSuffice() {
        Model least = new BlackBox(subject.model(), subject.card().needs().toArray(Class<?>[]::new));
        Attributions.assertFinite(
                subject.explainer().explain(least, subject.images(), subject.targets()),
                "a model that offers the declared needs alone");
    }
}

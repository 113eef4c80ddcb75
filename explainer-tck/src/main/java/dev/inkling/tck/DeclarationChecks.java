package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** What the card declares is so. */
record DeclarationChecks(Subject<?> subject) implements Checks {

    @Override
    public Stream<DynamicTest> tests() {
        return Stream.of(
                subject.card().targeted()
                        ? dynamicTest("the target matters", this::theTargetMatters)
                        : dynamicTest("the target does not matter", this::theTargetDoesNotMatter),
                dynamicTest("declared contract and sign are kept", this::declaredContractAndSignAreKept),
                dynamicTest("declared needs suffice", this::declaredNeedsSuffice));
    }

    private void theTargetMatters() {
        assertFalse(
                Arrays.equals(
                        FloatArrays.flat(ofClass(0).values()),
                        FloatArrays.flat(ofClass(1).values())),
                "classes 0 and 1 have the same maps");
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

    private void declaredNeedsSuffice() {
        Model least = new BlackBox(subject.model(), subject.card().needs().toArray(Class<?>[]::new));
        Attributions.assertFinite(
                subject.explainer().explain(least, subject.images(), subject.targets()),
                "a model that offers the declared needs alone");
    }
}

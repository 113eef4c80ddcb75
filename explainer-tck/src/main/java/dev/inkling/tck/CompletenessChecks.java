package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * A method that declares its maps complete keeps that: they sum to the target's score minus its score at the baseline. The
 * baseline is known where the author told it, or the explainer has an option {@code baseline} of type {@link Baseline}.
 * Otherwise it is taken for the same for all images, so that its score cancels out between two of them. A model that ignores
 * its images has the same score at every baseline.
 */
record CompletenessChecks(Subject<?> subject) implements Checks {

    private static final String DELTA = "convergence delta";
    private static final String BASELINE = "baseline";

    /** How far sums may be off, relative to the difference of scores. */
    private static final double TOLERANCE = 1e-3;

    /** The same for models with kinks, where integrals are approximate. */
    private static final double TOLERANCE_WITH_KINKS = 0.05;

    @Override
    public Stream<DynamicTest> tests() {
        if (!subject.card().contract().complete()) {
            return Stream.of();
        }
        return Stream.of(
                dynamicTest("declared completeness is kept", this::declaredCompletenessIsKept),
                dynamicTest("a convergence delta is the error", this::aDeltaIsTheError));
    }

    private void declaredCompletenessIsKept() {
        assertComplete(subject.model(), false, TOLERANCE_WITH_KINKS);
        for (Model smooth : ClosedForms.smooth()) {
            if (subject.canExplain(smooth)) {
                assertComplete(smooth, false, TOLERANCE);
            }
        }
        assertNothing(false);
    }

    private void aDeltaIsTheError() {
        if (subject.explained().diagnostics().containsKey(DELTA)) {
            assertComplete(subject.model(), true, TOLERANCE);
            assertNothing(true);
        }
    }

    private void assertComplete(Model model, boolean lessDelta, double tolerance) {
        boolean choosable = subject.optionSpecs().stream()
                .anyMatch(spec -> spec.name().equals(BASELINE) && spec.type().equals(BASELINE));
        if (choosable) {
            for (String baseline : List.of("black", "white", "0.5")) {
                assertSums(
                        model,
                        subject.with(BASELINE, baseline),
                        Optional.of(Baseline.valueOf(baseline)),
                        lessDelta,
                        tolerance);
            }
        } else {
            assertSums(model, subject.explainer(), subject.baseline(), lessDelta, tolerance);
        }
    }

    private static void assertSums(
            Model model, Explainer explainer, Optional<Baseline> baseline, boolean lessDelta, double tolerance) {
        FloatNdArray images = Examples.images(model.signature());
        Targets target = target(model);
        float[] ends = target.scores(model.scores(images));
        float[] starts = baseline.map(known -> target.scores(model.scores(known.forImages(model, images))))
                .orElseGet(() -> new float[ends.length]);
        double[] sums = sums(explainer, model, lessDelta);
        // Of an unknown baseline the first image tells the score.
        double unknown = baseline.isPresent() ? 0 : ends[0] - sums[0];
        for (int i = 0; i < ends.length; i++) {
            double expected = (double) ends[i] - starts[i] - unknown;
            assertEquals(
                    expected,
                    sums[i],
                    tolerance * Math.max(1, Math.abs(expected)),
                    "model '" + model.signature().name() + "', baseline "
                            + baseline.map(Object::toString).orElse("unknown, by image 0") + ", image " + i
                            + ": difference of scores, and sum" + (lessDelta ? " less the convergence delta" : ""));
        }
    }

    private void assertNothing(boolean lessDelta) {
        Model constant = ClosedForms.constant(subject.signature());
        if (subject.canExplain(constant)) {
            for (double sum : sums(subject.explainer(), constant, lessDelta)) {
                assertEquals(0, sum, TOLERANCE, "sum of a map for a model with the same score everywhere");
            }
        }
    }

    private static double[] sums(Explainer explainer, Model model, boolean lessDelta) {
        Attribution attribution = explainer.explain(model, Examples.images(model.signature()), target(model));
        double[] sums = new double[attribution.count()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Attributions.sum(attribution.image(i))
                    - (lessDelta ? attribution.diagnostics().get(DELTA)[i] : 0);
        }
        return sums;
    }

    private static Targets target(Model model) {
        ModelSignature signature = model.signature();
        return Examples.ofClass(signature.classCount(), 0);
    }
}

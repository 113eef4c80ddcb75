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
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * A method that declares its maps complete keeps that: they sum to the target's score minus its score at the baseline. Three
 * ways to ask, for the baseline is known only where the explainer has an option {@code baseline} of type {@link Baseline}:
 * between two images the baseline's score cancels out, and a model that ignores its images has the same score at every
 * baseline.
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
        assertDifferences(subject.model(), false, TOLERANCE_WITH_KINKS);
        assertNothing(false);
        for (Model smooth : ClosedForms.smooth()) {
            if (subject.canExplain(smooth)) {
                assertDifferences(smooth, false, TOLERANCE);
                assertFromBaselines(smooth);
            }
        }
    }

    private void aDeltaIsTheError() {
        if (!subject.explained().diagnostics().containsKey(DELTA)) {
            return;
        }
        assertDifferences(subject.model(), true, TOLERANCE);
        assertNothing(true);
    }

    /** Differences between images, of sums and of scores. */
    private void assertDifferences(Model model, boolean lessDelta, double tolerance) {
        double[] sums = sums(subject.explainer(), model, lessDelta);
        float[] scores = target(model).scores(model.scores(Examples.images(model.signature())));
        for (int i = 1; i < scores.length; i++) {
            double expected = (double) scores[i] - scores[0];
            assertEquals(
                    expected,
                    sums[i] - sums[0],
                    tolerance * Math.max(1, Math.abs(expected)),
                    "model '" + model.signature().name() + "', difference between images " + i
                            + " and 0 of scores and of sums" + (lessDelta ? " less the convergence delta" : ""));
        }
    }

    /** From baselines that the contract chooses, and so knows. */
    private void assertFromBaselines(Model model) {
        boolean choosable = subject.optionSpecs().stream()
                .anyMatch(spec -> spec.name().equals(BASELINE) && spec.type().equals(BASELINE));
        for (String baseline : choosable ? List.of("black", "white", "0.5") : List.<String>of()) {
            FloatNdArray images = Examples.images(model.signature());
            Targets target = target(model);
            float[] ends = target.scores(model.scores(images));
            float[] starts =
                    target.scores(model.scores(Baseline.valueOf(baseline).forImages(model, images)));
            double[] sums = sums(subject.with(BASELINE, baseline), model, false);
            for (int i = 0; i < sums.length; i++) {
                double expected = (double) ends[i] - starts[i];
                assertEquals(
                        expected,
                        sums[i],
                        TOLERANCE * Math.max(1, Math.abs(expected)),
                        "model '" + model.signature().name() + "', baseline=" + baseline
                                + ", difference of scores between image " + i + " and its baseline, and sum");
            }
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

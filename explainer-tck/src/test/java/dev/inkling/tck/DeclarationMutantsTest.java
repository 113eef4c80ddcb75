package dev.inkling.tck;

import static dev.inkling.tck.Mutants.CARD;
import static dev.inkling.tck.Mutants.COMPLETE;
import static dev.inkling.tck.Mutants.POSITIVE;
import static dev.inkling.tck.Mutants.SIGNED;
import static dev.inkling.tck.Mutants.after;
import static dev.inkling.tck.Mutants.card;
import static dev.inkling.tck.Mutants.caught;
import static dev.inkling.tck.Mutants.changed;
import static dev.inkling.tck.Mutants.failedChecks;
import static dev.inkling.tck.Mutants.path;
import static dev.inkling.tck.Mutants.provider;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.tck.Mutants.None;
import dev.inkling.tck.Mutants.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.ndarray.FloatNdArray;

/** What the card declares, of sign and completeness. */
class DeclarationMutantsTest {

    @TestFactory
    Stream<DynamicTest> signs() {
        return Stream.of(
                caught(
                        "values of another contract than the card's",
                        provider(CARD, changed(new Contract(Sign.SIGNED, false, "probability"), value -> value)),
                        "declared contract and sign are kept"),
                caught(
                        "declared positive",
                        provider(card(POSITIVE, Gradients.class), changed(POSITIVE, value -> value)),
                        "declared contract and sign are kept"),
                caught(
                        "declared signed",
                        provider(CARD, changed(SIGNED, Math::abs)),
                        "declared contract and sign are kept"));
    }

    @TestFactory
    Stream<DynamicTest> completeness() {
        return Stream.of(
                caught(
                        "declared complete",
                        provider(card(COMPLETE, Gradients.class), changed(COMPLETE, value -> value)),
                        "declared completeness is kept"),
                caught(
                        "a constant too much",
                        complete(options -> after(path(options, 64), map -> map[0] += 0.3f)),
                        "declared completeness is kept",
                        "a convergence delta is the error",
                        "pixels that nobody reads get nothing"),
                caught(
                        "the score, where its rise from the baseline was declared",
                        complete(options -> (model, images, targets) -> {
                            Attribution honest = path(options, 64).explain(model, images, targets);
                            float[] start = targets.scores(
                                    model.scores(options.baseline().forImages(model, images)));
                            float[] values = FloatArrays.flat(honest.values());
                            int size = values.length / start.length;
                            for (int n = 0; n < start.length; n++) {
                                double sum = Attributions.sum(honest.image(n));
                                for (int i = n * size; i < (n + 1) * size; i++) {
                                    values[i] *= (float) (sum == 0 ? 1 : 1 + start[n] / sum);
                                }
                            }
                            return new Attribution(
                                    FloatArrays.of(values, images.shape().asArray()), COMPLETE);
                        }),
                        "declared completeness is kept"),
                caught(
                        "a path from the baseline, but differences from zero",
                        complete(options -> (model, images, targets) -> {
                            FloatNdArray baselines = options.baseline().forImages(model, images);
                            float[] starts = FloatArrays.flat(baselines);
                            float[] ends = FloatArrays.flat(images);
                            Attribution honest = path(options, 64).explain(model, images, targets);
                            float[] values = FloatArrays.flat(honest.values());
                            for (int i = 0; i < values.length; i++) {
                                values[i] *= ends[i] == starts[i] ? 1 : ends[i] / (ends[i] - starts[i]);
                            }
                            return new Attribution(
                                    FloatArrays.of(values, images.shape().asArray()), COMPLETE);
                        }),
                        "declared completeness is kept"),
                caught(
                        "a convergence delta that is always zero",
                        complete(options -> (model, images, targets) -> new Attribution(
                                        path(options, 24)
                                                .explain(model, images, targets)
                                                .values(),
                                        COMPLETE)
                                .with("convergence delta", new float[targets.count()])),
                        "a convergence delta is the error"));
    }

    /** Between images a score that was forgotten cancels out; from a baseline that the author told it does not. */
    @Test
    void aBaselineThatTheAuthorTold() throws Throwable {
        ExplainerContract<?> contract = ExplainerContract.of(provider(
                card(COMPLETE, Gradients.class), None.class, none -> path(new Path(new Baseline.White()), 64)));
        assertThat(failedChecks(contract.relativeTo(new Baseline.White()))).isEmpty();
        assertThat(failedChecks(contract)).isEmpty();
        assertThat(failedChecks(contract.relativeTo(new Baseline.Black())))
                .containsExactly("declared completeness is kept", "a convergence delta is the error");
    }

    private static ExplainerProvider<Path> complete(Function<Path, Explainer> creation) {
        return provider(card(COMPLETE, Gradients.class), Path.class, creation);
    }
}

package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Options;
import dev.inkling.spi.WrapperProvider;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A wrapper goes around any explainer, whatever that one says. */
record WrapperChecks<O extends Record>(WrapperProvider<O> wrapper, Subject<?> subject) implements Checks {

    private static final Attribution.Contract SIGNED = new Attribution.Contract(Sign.SIGNED, false, "logits");

    @Override
    public Stream<DynamicTest> tests() {
        return Stream.of(
                dynamicTest("what is wrapped matters", this::whatIsWrappedMatters),
                dynamicTest("maps keep the size of those that are wrapped", this::mapsKeepTheirSize),
                dynamicTest("contracts of all kinds are translated", this::contractsAreTranslated),
                dynamicTest("a refusal of what is wrapped passes through", this::aRefusalPassesThrough),
                dynamicTest("a wrapper is wrapped like any other", this::aWrapperIsWrapped));
    }

    private void whatIsWrappedMatters() {
        assertTrue(
                Attributions.differ(explained(wrap(scores(1, SIGNED))), explained(wrap(scores(2, SIGNED)))),
                "around an explainer and around another whose values are twice as large: the same maps");
    }

    private void mapsKeepTheirSize() {
        Attribution found = explained(wrap(scores(1, SIGNED)));
        assertEquals(
                explained(scores(1, SIGNED)).values().shape(),
                found.values().shape(),
                "maps around maps of that shape");
        Attributions.assertFinite(found, "around maps smaller than the images");
    }

    private void contractsAreTranslated() {
        for (Attribution.Contract wrapped : List.of(
                SIGNED,
                new Attribution.Contract(Sign.POSITIVE, false, "share"),
                new Attribution.Contract(Sign.SIGNED, true, "logits"))) {
            Attribution.Contract declared = wrapper.contract(wrapped, options());
            Attribution found = explained(wrap(scores(1, wrapped)));
            assertEquals(declared, found.contract(), "the result's contract around one of " + wrapped);
            for (float value : FloatArrays.flat(found.values())) {
                assertTrue(
                        declared.sign() == Sign.SIGNED || value >= 0,
                        () -> "declared positive around " + wrapped + ", found " + value);
            }
        }
    }

    private void aRefusalPassesThrough() {
        InvalidInputException refusal = new InvalidInputException("not with me");
        Explainer refusing = wrap((model, images, targets) -> {
            throw refusal;
        });
        InvalidInputException found = assertThrows(
                InvalidInputException.class, () -> explained(refusing), "around an explainer that refuses");
        assertTrue(
                found.getMessage().contains(refusal.getMessage()),
                () -> "the refusal's message is lost: " + found.getMessage());
    }

    private void aWrapperIsWrapped() {
        Attribution twice = explained(wrap(wrap(scores(1, SIGNED))));
        assertEquals(Examples.COUNT, twice.count(), "number of maps");
        Attributions.assertFinite(twice, "around itself");
    }

    private Explainer wrap(Explainer explainer) {
        return wrapper.wrap(explainer, options());
    }

    private O options() {
        return Options.parse(wrapper.options(), subject.options());
    }

    private Attribution explained(Explainer explainer) {
        return explainer.explain(subject.model(), subject.images(), subject.targets());
    }

    /** Maps of two rows and a column: the score, and its square; where values are to be positive, absolute ones. */
    private static Explainer scores(float factor, Attribution.Contract contract) {
        return (model, images, targets) -> {
            targets.require(model.signature().requireImages(images), model.signature());
            float[] scores = targets.scores(model.scores(images));
            float[] maps = new float[2 * scores.length];
            for (int n = 0; n < scores.length; n++) {
                float score = contract.sign() == Sign.POSITIVE ? Math.abs(scores[n]) : scores[n];
                maps[2 * n] = factor * score;
                maps[2 * n + 1] = factor * score * score;
            }
            return new Attribution(FloatArrays.of(maps, scores.length, 2, 1, 1), contract);
        };
    }
}

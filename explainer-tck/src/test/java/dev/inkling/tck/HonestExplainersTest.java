package dev.inkling.tck;

import static dev.inkling.tck.Mutants.ATTENTION;
import static dev.inkling.tck.Mutants.ATTENTION_CARD;
import static dev.inkling.tck.Mutants.CARD;
import static dev.inkling.tck.Mutants.COMPLETE;
import static dev.inkling.tck.Mutants.GRADIENT;
import static dev.inkling.tck.Mutants.POSITIVE;
import static dev.inkling.tck.Mutants.SIGNED;
import static dev.inkling.tck.Mutants.cam;
import static dev.inkling.tck.Mutants.card;
import static dev.inkling.tck.Mutants.changed;
import static dev.inkling.tck.Mutants.inputTimesGradient;
import static dev.inkling.tck.Mutants.noisy;
import static dev.inkling.tck.Mutants.path;
import static dev.inkling.tck.Mutants.provider;
import static dev.inkling.tck.Mutants.scaled;
import static dev.inkling.tck.Mutants.survives;
import static dev.inkling.tck.Mutants.synchronizedGradient;

import dev.inkling.spi.Gradients;
import dev.inkling.spi.Layers;
import dev.inkling.tck.Mutants.Layer;
import dev.inkling.tck.Mutants.Path;
import dev.inkling.tck.Mutants.Refusing;
import dev.inkling.tck.Mutants.Seed;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Explainers that keep the contract pass it, unusual ones too. */
class HonestExplainersTest {

    @TestFactory
    Stream<DynamicTest> honestExplainersPass() {
        return Stream.of(
                survives("gradient", provider(GRADIENT)),
                survives("gradient with noise by seed", provider(CARD, Seed.class, options -> noisy(options.seed()))),
                survives("gradient of a layer", provider(card(SIGNED, Layers.class), Layer.class, o -> cam(o.layer()))),
                survives("absolute gradient", provider(card(POSITIVE, Gradients.class), changed(POSITIVE, Math::abs))),
                survives("input × gradient, complete where there is no bias", provider(CARD, inputTimesGradient())),
                survives(
                        "contradicting options refused",
                        provider(CARD, Refusing.class, options -> scaled(1 + options.low()))),
                survives(
                        "path integral from any baseline",
                        provider(card(COMPLETE, Gradients.class), Path.class, options -> path(options, 64))),
                survives("one at a time", provider(synchronizedGradient())),
                survives("attention, whatever the target", provider(ATTENTION_CARD, ATTENTION)));
    }
}

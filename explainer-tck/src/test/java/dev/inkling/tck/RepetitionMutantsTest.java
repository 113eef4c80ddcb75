package dev.inkling.tck;

import static dev.inkling.tck.Mutants.ATTENTION;
import static dev.inkling.tck.Mutants.ATTENTION_CARD;
import static dev.inkling.tck.Mutants.CARD;
import static dev.inkling.tck.Mutants.GRADIENT;
import static dev.inkling.tck.Mutants.POSITIVE;
import static dev.inkling.tck.Mutants.card;
import static dev.inkling.tck.Mutants.caught;
import static dev.inkling.tck.Mutants.each;
import static dev.inkling.tck.Mutants.jitter;
import static dev.inkling.tck.Mutants.noisy;
import static dev.inkling.tck.Mutants.provider;
import static dev.inkling.tck.Mutants.scaled;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Targets;
import dev.inkling.tck.Mutants.Seed;
import dev.inkling.tck.Mutants.Sharing;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Batches, targets, randomness and threads. */
class RepetitionMutantsTest {

    @TestFactory
    Stream<DynamicTest> batchesTargetsAndRandomness() {
        return Stream.of(
                caught(
                        "normalised across the batch",
                        provider((model, images, targets) -> {
                            float[] values = FloatArrays.flat(
                                    GRADIENT.explain(model, images, targets).values());
                            float largest = 1e-9f;
                            for (float value : values) {
                                largest = Math.max(largest, Math.abs(value));
                            }
                            float scale = 1 / largest;
                            return scaled(scale).explain(model, images, targets);
                        }),
                        "the batch does not matter"),
                caught(
                        "noise by place in the batch",
                        provider(CARD, Seed.class, options -> (model, images, targets) -> {
                            SplittableRandom random = new SplittableRandom(options.seed());
                            return each(model, images, targets, values -> jitter(values, random));
                        }),
                        "the batch does not matter"),
                caught(
                        "the first target for all",
                        provider((model, images, targets) -> {
                            GRADIENT.explain(model, images, targets);
                            return GRADIENT.explain(model, images, targets.repeat(0, targets.count()));
                        }),
                        "the batch does not matter",
                        "the map points at what the model reads",
                        "pixels that nobody reads get nothing"),
                caught(
                        "the prediction, whatever the target",
                        provider((model, images, targets) -> {
                            GRADIENT.explain(model, images, targets);
                            return GRADIENT.explain(model, images, Targets.predicted(model.scores(images)));
                        }),
                        "the target matters"),
                caught(
                        "a target that matters where the card says no",
                        provider(ATTENTION_CARD, (model, images, targets) -> {
                            Attribution honest = ATTENTION.explain(model, images, targets);
                            float[] scores = targets.scores(model.scores(images));
                            float[] values = FloatArrays.flat(honest.values());
                            for (int i = 0; i < values.length; i++) {
                                values[i] *= Math.abs(scores[i * scores.length / values.length]);
                            }
                            return new Attribution(
                                    FloatArrays.of(
                                            values, honest.values().shape().asArray()),
                                    POSITIVE);
                        }),
                        "the target does not matter"),
                caught(
                        "a diagnostic that depends on the target where the card says no",
                        provider(
                                ATTENTION_CARD,
                                (model, images, targets) -> ATTENTION
                                        .explain(model, images, targets)
                                        .with("score", targets.scores(model.scores(images)))),
                        "the target does not matter"),
                caught(
                        "a target that does not matter where the card is silent",
                        provider(card(POSITIVE, Layers.class), (model, images, targets) -> {
                            targets.require(model.signature().requireImages(images), model.signature());
                            String layer = model.signature().lastConvolution().name();
                            Layers layers = model.require(Layers.class);
                            return new Attribution(layers.activations(layer, images), POSITIVE);
                        }),
                        "the target matters",
                        "pixels that nobody reads get nothing"),
                caught(
                        "a seed that is not read",
                        provider(CARD, Seed.class, options -> noisy(0)),
                        "another seed, other numbers"),
                caught(
                        "noise without a seed",
                        provider((model, images, targets) ->
                                each(model, images, targets, values -> jitter(values, RandomGenerator.getDefault()))),
                        "same options, same bits",
                        "results belong to the caller",
                        "the batch does not matter",
                        "threads do not disturb each other"),
                caught("a buffer for all threads", provider(new Sharing()), "threads do not disturb each other"));
    }
}

package dev.inkling.tck;

import static dev.inkling.tck.Mutants.GRADIENT;
import static dev.inkling.tck.Mutants.SIGNED;
import static dev.inkling.tck.Mutants.caught;
import static dev.inkling.tck.Mutants.each;
import static dev.inkling.tck.Mutants.provider;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.tck.Mutants.Caching;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What comes out. */
class ResultMutantsTest {

    @TestFactory
    Stream<DynamicTest> results() {
        return Stream.of(
                caught(
                        "upsampled",
                        provider((model, images, targets) -> {
                            GRADIENT.explain(model, images, targets);
                            int n = targets.count();
                            float[] values = new float[n * 50 * 50];
                            float[] scores = targets.scores(model.scores(images));
                            Arrays.setAll(new int[values.length], i -> {
                                values[i] = scores[i / 2500];
                                return i;
                            });
                            return new Attribution(FloatArrays.of(values, n, 50, 50, 1), SIGNED);
                        }),
                        "one map per image"),
                caught(
                        "divided by its own maximum",
                        provider((model, images, targets) -> each(model, images, targets, values -> {
                            float largest = 0;
                            for (float value : values) {
                                largest = Math.max(largest, Math.abs(value));
                            }
                            for (int i = 0; i < values.length; i++) {
                                values[i] /= largest;
                            }
                        })),
                        "numbers are finite"),
                caught(
                        "a diagnostic that is not a number",
                        provider((model, images, targets) -> {
                            float[] spread = new float[targets.count()];
                            for (int n = 0; n < spread.length; n++) {
                                float[] row = FloatArrays.flat(images);
                                spread[n] = row[n] == row[n + 1] ? Float.NaN : 1;
                            }
                            return GRADIENT.explain(model, images, targets).with("spread", spread);
                        }),
                        "numbers are finite"),
                caught(
                        "images standardised in place",
                        provider((model, images, targets) -> {
                            Attribution honest = GRADIENT.explain(model, images, targets);
                            images.setFloat(0.5f, 0, 0, 0, 0);
                            return honest;
                        }),
                        "inputs stay untouched"),
                caught("a cache handed out", provider(new Caching()), "results belong to the caller"));
    }
}

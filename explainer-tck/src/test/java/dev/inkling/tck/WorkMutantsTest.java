package dev.inkling.tck;

import static dev.inkling.tck.Mutants.CARD;
import static dev.inkling.tck.Mutants.SIGNED;
import static dev.inkling.tck.Mutants.caught;
import static dev.inkling.tck.Mutants.provider;
import static dev.inkling.tck.Mutants.survives;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Option;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What is handed to the model at a time. */
class WorkMutantsTest {

    record Samples(
            @Option(value = "5", min = 1, max = 10_000, help = "copies")
            int samples) {}

    @TestFactory
    Stream<DynamicTest> batches() {
        return Stream.of(
                survives("as many as asked for, in batches", provider(CARD, Samples.class, o -> copies(o, 200))),
                survives("no more than can be held", provider(CARD, Samples.class, o -> {
                    if (o.samples() > 1000) {
                        return (model, images, targets) -> {
                            throw new InvalidInputException("%d samples take too much memory", o.samples());
                        };
                    }
                    return copies(o, 1000);
                })),
                caught(
                        "all copies at once",
                        provider(CARD, Samples.class, o -> copies(o, o.samples())),
                        "batches have a bounded size"));
    }

    /** As many times the gradient. */
    private static Explainer copies(Samples options, int batch) {
        return (model, images, targets) -> {
            targets.require(model.signature().requireImages(images), model.signature());
            Gradients gradients = model.require(Gradients.class);
            float[] pixels = FloatArrays.flat(images);
            int size = model.signature().imageSize();
            float[] sums = new float[pixels.length];
            for (int n = 0; n < targets.count(); n++) {
                for (int from = 0; from < options.samples(); from += batch) {
                    int count = Math.min(batch, options.samples() - from);
                    float[] copies = new float[count * size];
                    for (int i = 0; i < copies.length; i++) {
                        copies[i] = pixels[n * size + i % size];
                    }
                    float[] slopes = FloatArrays.flat(
                            gradients.gradients(Examples.shaped(model.signature(), copies), targets.repeat(n, count)));
                    for (int i = 0; i < slopes.length; i++) {
                        sums[n * size + i % size] += slopes[i];
                    }
                }
            }
            return new Attribution(FloatArrays.of(sums, images.shape().asArray()), SIGNED);
        };
    }
}

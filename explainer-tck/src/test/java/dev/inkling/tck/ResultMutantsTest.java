package dev.inkling.tck;

import static dev.inkling.tck.Mutants.GRADIENT;
import static dev.inkling.tck.Mutants.SIGNED;
import static dev.inkling.tck.Mutants.card;
import static dev.inkling.tck.Mutants.caught;
import static dev.inkling.tck.Mutants.each;
import static dev.inkling.tck.Mutants.provider;
import static dev.inkling.tck.Mutants.survives;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Layers;
import dev.inkling.spi.ModelSignature;
import dev.inkling.tck.Mutants.Caching;
import java.util.Arrays;
import java.util.List;
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

    /** What a model shows image by image, in any order, is gone afterwards. */
    @TestFactory
    Stream<DynamicTest> visits() {
        return Stream.of(
                survives("gradients copied", visiting((maps, image, gradients) -> maps[image] = gradients.clone())),
                caught(
                        "gradients kept",
                        visiting((maps, image, gradients) -> maps[image] = gradients),
                        "numbers are finite",
                        "the target matters",
                        "declared contract and sign are kept",
                        "declared needs suffice",
                        "the map points at what the model reads",
                        "pixels that nobody reads get nothing"),
                caught(
                        "gradients in the order of the visits",
                        visiting((maps, image, gradients) ->
                                maps[Arrays.asList(maps).indexOf(null)] = gradients.clone()),
                        "the batch does not matter",
                        "the map points at what the model reads",
                        "pixels that nobody reads get nothing"));
    }

    private interface Keeping {
        void keep(float[][] maps, int image, float[] gradients);
    }

    private static ExplainerProvider<?> visiting(Keeping keeping) {
        return provider(card(SIGNED, Layers.class), (model, images, targets) -> {
            targets.require(model.signature().requireImages(images), model.signature());
            ModelSignature.Layer layer = model.signature().lastConvolution();
            int size = layer.height() * layer.width() * layer.channels();
            float[][] maps = new float[targets.count()][];
            model.require(Layers.class)
                    .visit(
                            layer.name(),
                            images,
                            targets,
                            List.of(Formula.Input.GRADIENT),
                            (image, shown) -> keeping.keep(maps, image, shown.get(0)));
            float[] values = new float[maps.length * size];
            for (int n = 0; n < maps.length; n++) {
                System.arraycopy(maps[n], 0, values, n * size, size);
            }
            return new Attribution(
                    FloatArrays.of(values, maps.length, layer.height(), layer.width(), layer.channels()), SIGNED);
        });
    }
}

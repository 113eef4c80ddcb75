package dev.inkling.tck;

import static dev.inkling.tck.Mutants.ATTENTION_CARD;
import static dev.inkling.tck.Mutants.GRADIENT;
import static dev.inkling.tck.Mutants.POSITIVE;
import static dev.inkling.tck.Mutants.SIGNED;
import static dev.inkling.tck.Mutants.cam;
import static dev.inkling.tck.Mutants.card;
import static dev.inkling.tck.Mutants.caught;
import static dev.inkling.tck.Mutants.provider;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.ModelSignature;
import dev.inkling.tck.Mutants.Layer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.ndarray.FloatNdArray;

/** Needs, and what is to be refused. */
class RefusalMutantsTest {

    @TestFactory
    Stream<DynamicTest> needsAndChecks() {
        return Stream.of(
                caught("a need not declared", provider(card(SIGNED), GRADIENT), "declared needs suffice"),
                caught(
                        "a need not used",
                        provider(card(SIGNED, Gradients.class, Layers.class), GRADIENT),
                        "a missing capability is named"),
                caught(
                        "a missing capability by another exception",
                        provider((model, images, targets) -> {
                            model.capability(Gradients.class).orElseThrow();
                            return GRADIENT.explain(model, images, targets);
                        }),
                        "a missing capability is named"),
                caught(
                        "half of the work before it is refused",
                        provider((model, images, targets) -> {
                            model.scores(images);
                            return GRADIENT.explain(model, images, targets);
                        }),
                        "a missing capability is named"),
                caught(
                        "zero for what is not a number",
                        provider((model, images, targets) -> {
                            float[] pixels = FloatArrays.flat(images);
                            for (int i = 0; i < pixels.length; i++) {
                                pixels[i] = Float.isFinite(pixels[i]) ? pixels[i] : 0;
                            }
                            return GRADIENT.explain(
                                    model, FloatArrays.of(pixels, images.shape().asArray()), targets);
                        }),
                        "pixels that are not finite are named"),
                caught(
                        "a refusal in words of its own",
                        provider((model, images, targets) -> {
                            if (model.capability(Gradients.class).isEmpty()) {
                                throw new InvalidInputException("Gradients, please");
                            }
                            return GRADIENT.explain(model, images, targets);
                        }),
                        "a missing capability is named"),
                caught(
                        "zeros for a missing capability",
                        provider((model, images, targets) ->
                                model.capability(Gradients.class).isPresent()
                                        ? GRADIENT.explain(model, images, targets)
                                        : new Attribution(images, SIGNED)),
                        "a missing capability is named"),
                caught(
                        "another layer for a missing kind",
                        provider(ATTENTION_CARD, (model, images, targets) -> {
                            ModelSignature signature = model.signature();
                            targets.require(signature.requireImages(images), signature);
                            boolean shown = signature.layers().stream()
                                    .anyMatch(layer -> layer.kind() == ModelSignature.Layer.Kind.ATTENTION);
                            Layers layers = model.require(Layers.class);
                            return shown
                                    ? new Attribution(layers.activations("attention", images), POSITIVE)
                                    : new Attribution(images, POSITIVE);
                        }),
                        "a missing kind of layer is named"),
                caught(
                        "images of any shape",
                        provider((model, images, targets) -> {
                            ModelSignature signature = model.signature();
                            int n = (int) images.size() / signature.imageSize();
                            float[] pixels = Arrays.copyOf(FloatArrays.flat(images), n * signature.imageSize());
                            FloatNdArray forced = FloatArrays.of(
                                    pixels, n, signature.height(), signature.width(), signature.channels());
                            return GRADIENT.explain(model, forced, targets);
                        }),
                        "images that do not fit are refused"),
                caught(
                        "surplus targets",
                        provider((model, images, targets) -> {
                            int n = model.signature().requireImages(images);
                            return GRADIENT.explain(model, images, targets.count() > n ? targets.rows(0, n) : targets);
                        }),
                        "targets that do not fit are refused"),
                caught(
                        "another layer than asked for",
                        provider(card(SIGNED, Layers.class), Layer.class, options -> cam("")),
                        "an unknown layer is refused",
                        "option 'layer' changes the answer"));
    }
}

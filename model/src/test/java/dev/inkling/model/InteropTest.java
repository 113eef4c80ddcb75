package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Layers;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.ndarray.FloatNdArray;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * SavedModels that {@code interop/make_models.py} made with Keras and TensorFlow, against what these say of logits, gradients and layers.
 * {@code INKLING_INTEROP} names the folder; without it there is nothing to compare with, and the test is skipped.
 */
class InteropTest {

    private static final double TOLERANCE = 1e-4;

    @TestFactory
    Stream<DynamicTest> numbersOfTensorFlow() throws IOException {
        String folder = System.getenv("INKLING_INTEROP");
        assumeTrue(folder != null, "INKLING_INTEROP is not set: no models of Keras to compare with");
        try (Stream<Path> models = Files.list(Path.of(folder))) {
            return models
                    .filter(Files::isDirectory)
                    .sorted()
                    .map(model -> DynamicTest.dynamicTest(model.getFileName().toString(), () -> compare(model)))
                    .toList()
                    .stream();
        }
    }

    private static void compare(Path folder) {
        JsonNode about =
                JsonMapper.shared().readTree(folder.resolve("about.json").toFile());
        try (TensorFlowModel model = TensorFlowModel.load(folder.resolve("model"))) {
            ModelSignature signature = model.signature();
            assertThat(signature.range().max())
                    .isEqualTo((float) about.get("range").get(1).asDouble());
            FloatNdArray images = read(folder.resolve("images.npy"));
            int count = signature.requireImages(images);
            float[] logits = FloatArrays.flat(read(folder.resolve("logits.npy")));
            boolean binary = logits.length == count;
            float[] scores = FloatArrays.flat(model.scores(images));
            if (binary) {
                for (int n = 0; n < count; n++) {
                    assertThat(scores[2 * n]).isEqualTo(-scores[2 * n + 1]);
                    scores[n] = 2 * scores[2 * n + 1];
                }
                scores = Arrays.copyOf(scores, count);
            }
            assertClose("logits", scores, logits);
            if (!about.get("obstacle").isNull()) {
                String reason = "of type " + about.get("obstacle").asString() + " has no gradient";
                assertThat(model.obstacle().orElseThrow()).endsWith(reason);
                assertThatThrownBy(() -> model.require(Gradients.class)).hasMessageContaining(reason);
                return;
            }
            int[] classes = new int[count];
            Arrays.fill(classes, binary ? 1 : about.get("class").asInt());
            Targets targets = binary
                    ? Targets.contrast(signature.classCount(), classes, new int[count])
                    : Targets.classes(signature.classCount(), classes);
            assertClose(
                    "gradient",
                    FloatArrays.flat(model.require(Gradients.class).gradients(images, targets)),
                    FloatArrays.flat(read(folder.resolve("gradient.npy"))));

            List<String> compared = new ArrayList<>();
            for (ModelSignature.Layer layer : signature.layers()) {
                Path activation = folder.resolve("layers").resolve(layer.name() + ".npy");
                if (Files.exists(activation)) {
                    Layers.LayerGradients found = model.require(Layers.class).gradients(layer.name(), images, targets);
                    assertClose(
                            layer.name(), FloatArrays.flat(found.activations()), FloatArrays.flat(read(activation)));
                    assertClose(
                            "gradient of " + layer.name(),
                            FloatArrays.flat(found.gradients()),
                            FloatArrays.flat(read(folder.resolve("layers").resolve(layer.name() + ".gradient.npy"))));
                    compared.add(layer.name());
                }
            }
            assertThat(signature.lastConvolution().name())
                    .isEqualTo(about.get("cam").asString());
            assertThat(compared).contains(about.get("cam").asString());
        }
    }

    private static void assertClose(String what, float[] found, float[] expected) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        assertThat(ModelFixtures.relativeError(found, ModelFixtures.doubles(expected)))
                .as(what)
                .isLessThan(TOLERANCE);
    }

    /** A float32 array as NumPy writes it. */
    private static FloatNdArray read(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int header = bytes.getShort(8);
            String text = new String(bytes.array(), 10, header, StandardCharsets.US_ASCII);
            assertThat(text).contains("'<f4'").contains("'fortran_order': False");
            String shape = text.substring(text.indexOf('(') + 1, text.indexOf(')'));
            long[] sides = Arrays.stream(shape.split(","))
                    .map(String::strip)
                    .filter(side -> !side.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
            float[] values = new float[(bytes.capacity() - 10 - header) / Float.BYTES];
            bytes.position(10 + header)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            return FloatArrays.of(values, sides);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

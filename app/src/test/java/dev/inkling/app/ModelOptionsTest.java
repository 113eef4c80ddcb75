package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.ModelSignature.ValueRange;
import dev.inkling.trainer.ImageFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.FloatNdArray;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a user may say of a model that Inkling did not write: one that it did, without its card, stands in for such. */
class ModelOptionsTest {

    @TempDir
    static Path shared;

    private static Path model;
    private static Path foreign;
    private static Path picture;
    private static Path labels;

    @TempDir
    Path folder;

    private final Program program = new Program();

    @BeforeAll
    static void prepare() throws IOException {
        model = ModelFolder.write(shared.resolve("model"));
        foreign = ModelFolder.write(shared.resolve("found"));
        Files.delete(foreign.resolve(ModelCard.PATH));
        BufferedImage bar = new BufferedImage(12, 12, BufferedImage.TYPE_INT_RGB);
        for (int y = 2; y < 10; y++) {
            bar.setRGB(5, y, 0xFFFFFF);
            bar.setRGB(6, y, 0x808080);
        }
        picture = shared.resolve("bar.png");
        ImageIO.write(bar, "png", picture.toFile());
        labels = Files.writeString(shared.resolve("labels.txt"), "ant\n bee \n\ncow\n");
    }

    private void assertWrong(String message, Object... options) {
        Object[] arguments = new Object[options.length + 4];
        System.arraycopy(new Object[] {"predict", "--model", foreign, picture}, 0, arguments, 0, 4);
        System.arraycopy(options, 0, arguments, 4, options.length);
        assertThat(program.run(arguments)).isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).contains(message);
    }

    @Test
    void whatIsFoundIsToldAndTheNumbersAreTheSame() throws IOException {
        Path own = folder.resolve("own.json");
        Path found = folder.resolve("found.json");
        assertThat(program.run("predict", "--model", model, "--json", own, picture))
                .isEqualTo(Main.OK);
        assertThat(program.err()).doesNotContain("model:");
        assertThat(program.run("predict", "--model", foreign, "--labels", labels, "--json", found, picture))
                .isEqualTo(Main.OK);
        assertThat(program.err())
                .contains(
                        "model: signature serving_default, image float32 (N, 12, 12, 1) in [0, 1], pixels taken for 0 to 1,"
                                + " which --range can change, logits 'logits/BiasAdd', 3 classes, 6 layers, CAM at"
                                + " 'block2/conv1/Relu'");
        assertThat(Files.readString(found)).isEqualTo(Files.readString(own)).contains("\"bee\"");
    }

    @Test
    void pixelsAreStretchedToTheRange() throws IOException {
        Path json = folder.resolve("p.json");
        assertThat(program.run("predict", "--model", foreign, "--range", "-1..3", "--json", json, picture))
                .isEqualTo(Main.OK);
        JsonNode probabilities =
                JsonMapper.shared().readTree(Files.readString(json)).get(0).get("probabilities");
        try (TensorFlowModel loaded = TensorFlowModel.load(model)) {
            FloatNdArray unit = ImageFiles.read(picture, loaded.signature());
            FloatNdArray stretched = new ValueRange(-1, 3).fromUnit(unit);
            assertThat(FloatArrays.flat(stretched)).contains(-1f, 3f);
            FloatNdArray expected = loaded.probabilities(stretched);
            for (int k = 0; k < 3; k++) {
                assertThat(probabilities.get("class " + k).asDouble()).isCloseTo(expected.getFloat(0, k), within(1e-6));
            }
        }
    }

    @Test
    void layersReplaceThoseFound() {
        assertThat(program.run(
                        "explain",
                        "--model",
                        foreign,
                        "--layer",
                        "block1/conv1/Relu",
                        "--explainer",
                        "grad-cam",
                        "--out",
                        folder.resolve("out"),
                        picture))
                .isEqualTo(Main.OK);
        assertThat(program.err()).contains("1 layer, CAM at 'block1/conv1/Relu'");
        assertWrong("has no layer and no operation 'conv9'; its layers: ", "--layer", "conv9");
    }

    @Test
    void reportsDoWithoutWhatACardWouldSay() throws IOException {
        Path out = folder.resolve("report");
        assertThat(program.run("explain", "--model", foreign, "--explainer", "saliency", "--out", out, picture))
                .isEqualTo(Main.OK);
        JsonNode told = JsonMapper.shared()
                .readTree(Files.readString(out.resolve("explanations.json")))
                .get("model");
        assertThat(told.get("name").asString()).isEqualTo("found");
        assertThat(told.get("sha256").asString()).hasSize(64);
        assertThat(told.get("accuracy").get("test").isNull()).isTrue();
        assertThat(Files.readString(out.resolve("index.html"))).doesNotContain("Model accuracy");
    }

    @Test
    void unreadableValues() throws IOException {
        assertWrong("range '0-255' is none; expected two numbers such as 0..255 or -1..1", "--range", "0-255");
        assertWrong("value range [1.0, 0.0] is empty", "--range", "1..0");
        assertWrong("size 'big' is none; expected a number such as 224,", "--size", "big");
        assertWrong("memory '512' is none; expected a number with k, m or g, such as 512m", "--max-memory", "512");
        assertWrong("--max-memory grants 0; raise it", "--max-memory", "1k");
        Path none = folder.resolve("none.txt");
        assertWrong("no file '" + none + "' of labels; expected one with a name a line", "--labels", none);
        Path twice = Files.write(folder.resolve("twice.txt"), List.of("ant", "bee", "ant"));
        assertWrong("'" + twice + "' names two classes 'ant'; expected names that differ", "--labels", twice);
        Path binary = Files.write(folder.resolve("binary.txt"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
        assertWrong("'" + binary + "' is not text in UTF-8; expected a name a line", "--labels", binary);
    }

    @Test
    void dataWhoseClassesHaveNamesNeedsThemNamed() throws IOException {
        Path data = ModelFolder.writeData(
                folder.resolve("animals"), 9, ModelFolder.SIDE, ModelFolder.LABELS.toArray(String[]::new));
        assertThat(program.run("evaluate", "--model", foreign, "--data", data)).isEqualTo(Main.WRONG_USE);
        assertThat(program.err())
                .contains("; if they are the same in this order, give --labels with a file of their names");
        assertThat(program.run("evaluate", "--model", foreign, "--data", data, "--labels", labels))
                .isEqualTo(Main.OK);
    }
}

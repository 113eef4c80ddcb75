package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.explainers.SmoothGrad;
import dev.inkling.model.Design;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.trainer.DataSources;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.DownloadListener;
import dev.inkling.trainer.ImageFiles;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.FloatNdArray;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Predict and explain the whole way: from the command line, with a real model, to the files. */
class ModelCommandsTest {

    private static final int IMAGES = 10;

    @TempDir
    static Path shared;

    private static Path model;
    private static Path data;
    private static Path picture;

    @TempDir
    Path folder;

    private final Program program = new Program();

    @BeforeAll
    static void prepare() throws IOException {
        model = ModelFolder.write(shared.resolve("model"));
        data = ModelFolder.writeData(
                shared.resolve("animals"), IMAGES, ModelFolder.SIDE, ModelFolder.LABELS.toArray(String[]::new));
        picture = shared.resolve("bar.png");
        ImageIO.write(bar(), "png", picture.toFile());
    }

    @Test
    void jsonGoesWhereItCan() {
        assertWrong(
                "can't write JSON to " + folder + ": it is a folder; name a file",
                "evaluate",
                "--model",
                model,
                "--data",
                data,
                "--json",
                folder);
        assertWrong(
                "can't write JSON to " + folder.resolve("no/x.json") + ": " + folder.resolve("no")
                        + " is no folder that can be written; name another",
                "predict",
                "--model",
                model,
                "--json",
                folder.resolve("no/x.json"),
                picture);
    }

    @Test
    void predictTellsTheModelsProbabilities() throws Exception {
        Path file = folder.resolve("p.json");

        assertThat(program.run("predict", "--model", model, "--json", file, picture))
                .isEqualTo(Main.OK);

        JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(json.size()).isEqualTo(1);
        JsonNode one = json.get(0);
        assertThat(one.propertyNames()).containsExactly("image", "sha256", "prediction", "probabilities");
        assertThat(one.get("image").asString()).isEqualTo(picture.toString());
        assertThat(one.get("sha256").asString())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(picture))));
        assertThat(one.get("probabilities").propertyNames()).containsExactly("ant", "bee", "cow");
        try (TensorFlowModel loaded = TensorFlowModel.load(model)) {
            FloatNdArray probabilities = loaded.probabilities(ImageFiles.read(picture, loaded.signature()));
            for (int k = 0; k < 3; k++) {
                assertThat(one.get("probabilities")
                                .get(ModelFolder.LABELS.get(k))
                                .asDouble())
                        .isCloseTo(probabilities.getFloat(0, k), within(1e-6));
            }
            String best = ModelFolder.LABELS.get(Targets.predictedClasses(probabilities)[0]);
            assertThat(one.get("prediction").asString()).isEqualTo(best);
            assertThat(program.out().lines().toList().get(0)).matches("image +prediction  probability  then");
            assertThat(program.out().lines().toList().get(1))
                    .matches("\\Q" + picture + "\\E  " + best + " +[01]\\.\\d{4}.*");
        }
    }

    @Test
    void predictTellsOfAllFilesThatAreNoImages() throws IOException {
        Path text = Files.writeString(folder.resolve("a.txt"), "not an image");
        Path missing = folder.resolve("missing.png");

        assertThat(program.run("predict", "--model", model, text, picture, missing))
                .isEqualTo(Main.WRONG_USE);

        assertThat(program.err()).contains(text.toString()).contains("; ").contains(missing.toString());
        assertThat(program.out()).isEmpty();
        assertWrong("no image to predict; name PNG or JPEG files", "predict", "--model", model);
    }

    @Test
    void explainWritesAReportOfRealExplanations() throws IOException {
        Path report = folder.resolve("report");

        int code = program.run(
                "explain",
                "--model",
                model,
                "--data",
                data,
                "--index",
                "1,4..5",
                "--explainer",
                "grad-cam,saliency,smooth-grad:samples=3,seed=9,smooth-grad:samples=5",
                "--target",
                "label",
                "--out",
                report);

        assertThat(program.err()).isEmpty();
        assertThat(code).isEqualTo(Main.OK);
        assertThat(program.out())
                .startsWith("3 images explained: ")
                .endsWith("report: " + report.resolve("index.html") + "\n");
        assertThat(files(report))
                .contains(
                        "0001-labelbee/figure.png",
                        "0001-labelbee/grad-cam.npy",
                        "0001-labelbee/smooth-grad-2.npy",
                        "0004-labelbee/saliency.npy",
                        "0005-labelcow/smooth-grad.npy",
                        "batch.png",
                        "index.html")
                .hasSize(3 * 5 + 3);
        JsonNode json = JsonMapper.shared().readTree(Files.readString(report.resolve("explanations.json")));
        JsonNode cow = json.get("images").get(2);
        assertThat(cow.get("name").asString()).isEqualTo("animals/test 5");
        assertThat(cow.get("target").asString()).isEqualTo("why cow (label)");
        JsonNode smooth = cow.get("explanations").get(2);
        assertThat(smooth.get("options").get("samples").asString()).isEqualTo("3");
        assertThat(smooth.get("options").get("noise").asString()).isEqualTo("0.15");
        assertThat(smooth.get("seed").asInt()).isEqualTo(9);
        assertThat(smooth.get("evaluations").toString()).isEqualTo("{\"forward\":3,\"backward\":3}");
        try (TensorFlowModel loaded = TensorFlowModel.load(model)) {
            assertThat(json.get("model").get("sha256").asString()).isEqualTo(loaded.sha256());
            float[] expected = FloatArrays.flat(
                    new SmoothGrad(Options.parse(SmoothGrad.Options.class, Map.of("samples", "3", "seed", "9")))
                            .explain(loaded, test().images(5), Targets.classes(3, 2))
                            .values());
            assertThat(FloatArrays.flat(
                            NpyFile.read(report.resolve(smooth.get("file").asString()))))
                    .as("the image alone and in its batch")
                    .containsExactly(expected, within(1e-5f));
        }
    }

    @Test
    void explainWrapsExplainersAndComparesWithReferenceImages() throws IOException {
        Path report = folder.resolve("report");

        int code = program.run(
                "explain",
                "--model",
                model,
                "--data",
                data,
                "--index",
                "1",
                "--explainer",
                "noise-tunnel:samples=3,noise=0.1+grad-cam:layer=block1/conv1,relu=false,expected-gradients:samples=20",
                "--out",
                report);

        assertThat(program.err()).isEmpty();
        assertThat(code).isEqualTo(Main.OK);
        assertThat(files(report))
                .contains("0001-labelbee/noise-tunnel+grad-cam.npy", "0001-labelbee/expected-gradients.npy");
        JsonNode json = JsonMapper.shared().readTree(Files.readString(report.resolve("explanations.json")));
        assertThat(json.get("background").asString()).isEqualTo("10 of animals/train");
        JsonNode tunnel = json.get("images").get(0).get("explanations").get(0);
        assertThat(tunnel.get("evaluations").get("backward").asInt()).isEqualTo(3);
        assertThat(tunnel.get("wrapped").get("options").get("layer").asString()).isEqualTo("block1/conv1");
        JsonNode expected = json.get("images").get(0).get("explanations").get(1);
        assertThat(expected.get("diagnostics").has("convergence delta")).isTrue();
        assertThat(expected.get("evaluations").get("backward").asInt()).isEqualTo(20);
    }

    @Test
    void imageFilesNeedABackgroundToCompareWith() throws IOException {
        Path report = folder.resolve("report");
        wrongExplain(
                "explainer 'expected-gradients' compares with reference images; give some with '--background'",
                report,
                "--explainer",
                "expected-gradients",
                picture);
        assertThat(program.run(
                        "explain",
                        "--model",
                        model,
                        "--explainer",
                        "expected-gradients:samples=3",
                        "--background",
                        picture,
                        "--out",
                        report,
                        picture))
                .isEqualTo(Main.OK);
        JsonNode json = JsonMapper.shared().readTree(Files.readString(report.resolve("explanations.json")));
        assertThat(json.get("background").asString()).isEqualTo(picture.toString());
        assertThat(json.get("images")
                        .get(0)
                        .get("explanations")
                        .get(0)
                        .get("verdict")
                        .asString())
                .as("the image is its own reference")
                .isNotEmpty();
    }

    @Test
    void explainShowsTheAttentionOfAModelThatHasOne() throws IOException {
        Path attentive = ModelFolder.write(folder.resolve("attentive"), new Design(List.of(4, 6), 1, true, true, 8, 0));
        Path report = folder.resolve("report");

        int code = program.run(
                "explain",
                "--model",
                attentive,
                "--explainer",
                "attention,grad-cam,guided-backprop,occlusion",
                "--out",
                report,
                picture);

        assertThat(program.err()).isEmpty();
        assertThat(code).isEqualTo(Main.OK);
        JsonNode explanations = JsonMapper.shared()
                .readTree(Files.readString(report.resolve("explanations.json")))
                .get("images")
                .get(0)
                .get("explanations");
        FloatNdArray attention =
                NpyFile.read(report.resolve(explanations.get(0).get("file").asString()));
        assertThat(attention.shape().asArray()).containsExactly(6, 6, 1);
        double sum = 0;
        for (float weight : FloatArrays.flat(attention)) {
            sum += weight;
        }
        assertThat(sum).isCloseTo(1, within(1e-6));
        assertThat(explanations.get(0).get("evaluations").toString()).isEqualTo("{\"forward\":1,\"backward\":0}");
        // Grad-CAM looks at the sum of the last block.
        assertThat(NpyFile.read(report.resolve(explanations.get(1).get("file").asString()))
                        .shape()
                        .asArray())
                .containsExactly(6, 6, 1);
    }

    @Test
    void explainReadsImageFiles() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("copy")).resolve("bar.png");
        Files.copy(picture, copy);
        Path report = folder.resolve("report");

        assertThat(program.run("explain", "--model", model, "--explainer", "occlusion", "--out", report, picture, copy))
                .isEqualTo(Main.OK);

        assertThat(program.out())
                .startsWith("2 images may take up to ")
                .contains("evaluations of the model (for each: occlusion ")
                .contains("\n2 images explained\n");
        assertThat(files(report)).contains("bar/occlusion.npy", "bar-2/occlusion.npy");
    }

    @Test
    void whatMayTakeTooLongIsRefusedBeforeItBegins() {
        Path report = folder.resolve("report");

        assertThat(program.run(
                        "explain",
                        "--model",
                        model,
                        "--explainer",
                        "rise:budget=300",
                        "--max-evaluations",
                        "299",
                        "--out",
                        report,
                        picture))
                .isEqualTo(Main.WRONG_USE);

        assertThat(program.err())
                .contains(
                        "1 image may take up to 300 evaluations of the model (for each: rise 300), more than the 299 that")
                .contains("or allow it with --max-evaluations 300");
        assertThat(report).doesNotExist();
    }

    @Test
    void aPluginThatBreaksDoesNotStopTheOthers() throws IOException {
        Path jar = PluginJar.plugin()
                .explainer(
                        "test.plugin.Provider",
                        new PluginJar.Source("breaker")
                                .explain("if (true) throw new IllegalStateException(\"out of ink\");"))
                .write(pluginJar());
        Path report = folder.resolve("report");

        int code = program.run(
                "explain",
                "--plugins",
                jar.getParent(),
                "--model",
                model,
                "--explainer",
                "breaker,saliency",
                "--out",
                report,
                picture);

        assertThat(code).isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).isEqualTo("inkling: explainer 'breaker' failed: IllegalStateException: out of ink\n");
        assertThat(files(report)).contains("bar/saliency.npy", "index.html").doesNotContain("bar/breaker.npy");
        assertThat(Files.readString(report.resolve("index.html"))).contains("out of ink");
    }

    @Test
    void debugShowsWhereAPluginBroke() throws IOException {
        Path jar = PluginJar.plugin()
                .explainer(
                        "test.plugin.Provider",
                        new PluginJar.Source("breaker")
                                .explain("if (true) throw new IllegalStateException(\"out of ink\");"))
                .write(pluginJar());

        program.run(
                "explain",
                "--debug",
                "--plugins",
                jar.getParent(),
                "--model",
                model,
                "--explainer",
                "breaker",
                "--out",
                folder.resolve("report"),
                picture);

        assertThat(program.err()).contains("test.plugin.Provider.");
    }

    @Test
    void whatCanBeCheckedIsCheckedBeforeTheWorkBegins() throws IOException {
        Path report = folder.resolve("report");
        wrongExplain("no explainer 'gradcam'; installed: ", report, "--explainer", "gradcam", picture);
        assertThat(program.err()).contains("did you mean 'grad-cam'?");
        wrongExplain(
                "explainer 'smooth-grad': option 'samples':", report, "--explainer", "smooth-grad:samples=0", picture);
        wrongExplain("explainer 'saliency': no option 'x'", report, "--explainer", "saliency:x=1", picture);
        wrongExplain(
                "explainer 'grad-cam': model 'animals' has no layer 'block9'; its layers: block1/conv1, ",
                report,
                "--explainer",
                "grad-cam:layer=block1/conv1+block9",
                picture);
        wrongExplain(
                "explainer 'attention': model 'animals' has no attention layer; train one with '--attention'",
                report,
                "--explainer",
                "attention",
                picture);
        wrongExplain("target 'dog': no class 'dog'; classes: ant, bee, cow;", report, "--target", "dog", picture);
        wrongExplain("target 'label' needs labelled images", report, "--target", "label", picture);
        wrongExplain(
                "index 10 is out of range: 'animals/test' holds 10 images, 0 to 9",
                report,
                "--data",
                data,
                "--index",
                "3,10");
        wrongExplain("index '5..3': the range 5..3 runs backwards", report, "--data", data, "--index", "5..3");
        wrongExplain("--data needs --index", report, "--data", data);
        wrongExplain("--index needs --data", report, "--index", "3");
        wrongExplain("nothing to explain", report);
        wrongExplain(
                "give --data and --index, or image files, not both", report, "--data", data, "--index", "1", picture);
        assertThat(report).doesNotExist();
        assertThat(files(folder)).isEmpty();
    }

    @Test
    void severalWrongExplainersAreToldAtOnce() {
        wrongExplain(
                "no explainer 'nothing'", folder.resolve("report"), "--explainer", "nothing,saliency:x=1", picture);
        assertThat(program.err()).contains("; explainer 'saliency': no option 'x'");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsRefusedBeforeTheModelIsLoaded() throws IOException {
        Path file = Files.writeString(folder.resolve("taken"), "mine");

        assertWrong(
                "output folder " + file + " is a file; name a folder",
                "explain",
                "--model",
                folder.resolve("no-model"),
                "--out",
                file,
                picture);
        assertThat(file).hasContent("mine");
    }

    @Test
    void aMissingModelIsToldByEveryCommand() {
        String message = "no model folder '" + folder.resolve("none") + "'; train one with 'inkling train'";
        assertWrong(message, "evaluate", "--model", folder.resolve("none"), "--data", data);
        assertWrong(message, "predict", "--model", folder.resolve("none"), picture);
        assertWrong(message, "explain", "--model", folder.resolve("none"), "--out", folder.resolve("r"), picture);
    }

    @Test
    void everyCommandShowsItsHelp() {
        for (String command : List.of("evaluate", "predict", "explain")) {
            assertThat(program.run(command, "--help")).isEqualTo(Main.OK);
            assertThat(program.out())
                    .contains("usage: inkling " + command)
                    .contains("--model DIR")
                    .contains("(required)");
        }
    }

    private void wrongExplain(String message, Path report, Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("explain", "--model", model, "--out", report));
        all.addAll(List.of(arguments));
        assertThat(program.run(all.toArray())).isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).startsWith("inkling: " + message);
        assertThat(program.err().lines()).hasSize(1);
    }

    private void assertWrong(String message, Object... arguments) {
        assertThat(program.run(arguments)).isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).isEqualTo("inkling: " + message + "\n");
        assertThat(program.out()).isEmpty();
    }

    private Path pluginJar() throws IOException {
        return Files.createDirectories(folder.resolve("plugins")).resolve("breaker.jar");
    }

    private static Dataset test() {
        return DataSources.open(data.toString(), DownloadListener.SILENT).test();
    }

    /** A dark bar on light paper. */
    private static BufferedImage bar() {
        BufferedImage image = new BufferedImage(60, 80, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, 60, 80);
        graphics.setColor(Color.BLACK);
        graphics.fillRect(25, 10, 10, 60);
        graphics.dispose();
        return image;
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> root.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }
}

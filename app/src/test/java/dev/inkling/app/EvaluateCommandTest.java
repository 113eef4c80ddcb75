package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.explainers.Occlusion;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.trainer.DataSources;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.DownloadListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From the command line, with a real model of random weights, to the files. */
class EvaluateCommandTest {

    private static final int IMAGES = 10;

    @TempDir
    static Path shared;

    private static Path model;
    private static Path data;
    private static float[][] logits;
    private static int[] predicted;

    /** The images classified wrong, the surest first. */
    private static List<Integer> mistakes;

    @TempDir
    Path folder;

    private final Program program = new Program();

    @BeforeAll
    static void prepare() throws IOException {
        model = ModelFolder.write(shared.resolve("model"));
        data = ModelFolder.writeData(
                shared.resolve("animals"), IMAGES, ModelFolder.SIDE, ModelFolder.LABELS.toArray(String[]::new));
        logits = new float[IMAGES][];
        predicted = new int[IMAGES];
        try (TensorFlowModel loaded = TensorFlowModel.load(model)) {
            for (int i = 0; i < IMAGES; i++) {
                logits[i] = FloatArrays.flat(loaded.scores(test().images(i)));
                predicted[i] = Targets.predictedClasses(FloatArrays.of(logits[i], 1, 3))[0];
            }
        }
        mistakes = IntStream.range(0, IMAGES)
                .filter(i -> predicted[i] != i % 3)
                .boxed()
                .sorted((i, j) -> Double.compare(probability(j, predicted[j]), probability(i, predicted[i])))
                .toList();
    }

    /** By plain arithmetic. */
    private static double probability(int image, int k) {
        double sum = 0;
        for (float logit : logits[image]) {
            sum += Math.exp(logit);
        }
        return Math.exp(logits[image][k]) / sum;
    }

    @Test
    void theModelIsWrongOftenEnoughForTheseTests() {
        assertThat(mistakes).hasSizeBetween(4, IMAGES - 1);
    }

    @Test
    void writesExactlyWhatOthersScriptAgainst() throws IOException {
        Path file = folder.resolve("metrics.json");

        assertThat(program.run("evaluate", "--model", model, "--data", data, "--json", file))
                .isEqualTo(Main.OK);

        double loss = 0;
        int[][] confusion = new int[3][3];
        double brier = 0;
        for (int i = 0; i < IMAGES; i++) {
            confusion[i % 3][predicted[i]]++;
            loss -= Math.log(probability(i, i % 3)) / IMAGES;
            for (int k = 0; k < 3; k++) {
                brier += Math.pow(probability(i, k) - (k == i % 3 ? 1 : 0), 2) / IMAGES;
            }
        }
        int right = confusion[0][0] + confusion[1][1] + confusion[2][2];
        JsonNode json = json(file);
        assertThat(json.propertyNames())
                .containsExactly(
                        "accuracy",
                        "loss",
                        "images",
                        "confusion",
                        "labels",
                        "classes",
                        "macro",
                        "confusedPairs",
                        "calibration",
                        "mistakes");
        assertThat(json.get("accuracy").asDouble()).isEqualTo(right / (double) IMAGES);
        assertThat(json.get("loss").asDouble()).isCloseTo(loss, within(1e-6));
        assertThat(json.get("images").asInt()).isEqualTo(IMAGES);
        assertThat(JsonMapper.shared().treeToValue(json.get("confusion"), int[][].class))
                .isDeepEqualTo(confusion);
        assertThat(json.get("calibration").get("brierScore").asDouble()).isCloseTo(brier, within(1e-6));
        assertThat(json.get("calibration").get("bins").size()).isEqualTo(15);
        assertThat(json.get("mistakes").valueStream().map(m -> m.get("index").asInt()))
                .containsExactlyElementsOf(mistakes);
        JsonNode worst = json.get("mistakes").get(0);
        assertThat(worst.propertyNames())
                .containsExactly("index", "truth", "predicted", "confidence", "truthProbability");
        assertThat(worst.get("truth").asString()).isEqualTo(ModelFolder.LABELS.get(mistakes.get(0) % 3));
        assertThat(worst.get("truthProbability").asDouble())
                .isCloseTo(probability(mistakes.get(0), mistakes.get(0) % 3), within(1e-6));
        assertThat(program.out())
                .startsWith("model 'animals' on 10 images of animals/test\n")
                .contains("accuracy  %d0.00 %%  (%d right, %d wrong)".formatted(right, right, IMAGES - right))
                .contains("ECE  ")
                .contains("  class  precision     recall         F1     images\n")
                .contains("       ant  bee  cow\n")
                .contains("most confused\n  ")
                .doesNotContain("report:");
        assertThat(files(folder)).containsExactly("metrics.json");
    }

    @Test
    void leavesStandardOutputToTheJson() {
        assertThat(program.run(
                        "evaluate", "--model", model, "--data", data, "--json", "-", "--out", folder.resolve("r")))
                .isEqualTo(Main.OK);

        assertThat(JsonMapper.shared().readTree(program.out()).get("images").asInt())
                .isEqualTo(IMAGES);
        assertThat(program.out()).startsWith("{\"accuracy\":").endsWith("}\n");
    }

    @Test
    void writesAReport() throws IOException {
        Path report = folder.resolve("report");

        assertThat(program.run("evaluate", "--model", model, "--data", data, "--out", report, "--mistakes", 3))
                .isEqualTo(Main.OK);

        assertThat(program.out()).endsWith("report: " + report.resolve("index.html") + "\n");
        List<String> figures = mistakes.stream()
                .limit(3)
                .map(i -> "mistakes/%04d-label%s/figure.png".formatted(i, ModelFolder.LABELS.get(i % 3)))
                .toList();
        assertThat(files(report))
                .contains("confusion.png", "evaluation.json", "index.html", "reliability.png")
                .contains("mistakes/batch.png", "mistakes/explanations.json", "mistakes/index.html")
                .containsAll(figures)
                .hasSize(4 + 3 + 2 * 3);
        JsonNode json = json(report.resolve("evaluation.json"));
        assertThat(json.get("format").asInt()).isEqualTo(1);
        assertThat(json.get("data").asString()).isEqualTo("animals/test");
        assertThat(json.get("model").get("name").asString()).isEqualTo("animals");
        assertThat(json.get("mistakes").size()).isEqualTo(mistakes.size());
        assertThat(json.get("mistakes")
                        .valueStream()
                        .limit(3)
                        .map(m -> m.get("figure").asString()))
                .containsExactlyElementsOf(figures);
        assertThat(json.get("mistakes").get(3).has("figure")).isFalse();
        for (String picture : List.of("confusion.png", "reliability.png")) {
            assertThat(ImageIO.read(report.resolve(picture).toFile()).getWidth())
                    .isGreaterThan(200);
        }
    }

    @Test
    void explainsThePredictedClassAgainstTheTrueOne() throws IOException {
        Path report = folder.resolve("report");
        program.run("evaluate", "--model", model, "--data", data, "--out", report, "--explainer", "occlusion:stride=3");

        JsonNode json = json(report.resolve("mistakes/explanations.json"));
        assertThat(json.get("target").asString()).isEqualTo("predicted-vs-label");
        assertThat(json.get("images").size()).isEqualTo(mistakes.size());
        JsonNode worst = json.get("images").get(0);
        int index = mistakes.get(0);
        assertThat(worst.get("target").asString())
                .isEqualTo("why " + ModelFolder.LABELS.get(predicted[index]) + ", not "
                        + ModelFolder.LABELS.get(index % 3));
        try (TensorFlowModel loaded = TensorFlowModel.load(model)) {
            float[] expected = FloatArrays.flat(new Occlusion(
                            Options.parse(Occlusion.Options.class, Map.of("stride", "3")))
                    .explain(loaded, test().images(index), Targets.contrast(3, new int[] {predicted[index]}, new int[] {
                        index % 3
                    }))
                    .values());
            String file = worst.get("explanations").get(0).get("file").asString();
            assertThat(FloatArrays.flat(NpyFile.read(report.resolve("mistakes").resolve(file))))
                    .containsExactly(expected, within(1e-5f));
        }
    }

    @Test
    void thePageNeedsNothingButItself() throws IOException {
        Path report = folder.resolve("report");
        program.run("evaluate", "--model", model, "--data", data, "--out", report, "--mistakes", 2);

        String page = Files.readString(report.resolve("index.html"));
        assertThat(page)
                .contains("Most confused", "Class by class", "Worst mistakes", "--wrong: ")
                .contains("The 2 of " + mistakes.size() + " mistakes")
                .contains("animals/test " + mistakes.get(0))
                .doesNotContain("{{")
                .doesNotContainPattern("(src|href)=\"(https?:)?//");
        // The matrix, the diagram, and both mistakes.
        assertThat(page.split("src=\"data:image/png;base64,", -1)).hasSize(5);
        // What it links to is there.
        assertThat(report.resolve("mistakes/index.html")).exists();
    }

    @Test
    void anEarlierReportIsReplacedAndNothingElse() throws IOException {
        Path report = folder.resolve("report");
        program.run("evaluate", "--model", model, "--data", data, "--out", report, "--mistakes", 3);
        assertThat(program.run("evaluate", "--model", model, "--data", data, "--out", report, "--mistakes", 1))
                .isEqualTo(Main.OK);
        assertThat(files(report)).hasSize(4 + 3 + 2);

        Files.writeString(report.resolve("mistakes/mine.txt"), "mine");
        assertWrong(
                "output folder " + report
                        + " holds what is not of an earlier report: mistakes/mine.txt; name another folder",
                "evaluate",
                "--model",
                folder.resolve("no-model"),
                "--data",
                data,
                "--out",
                report);
        assertThat(files(folder)).hasSize(4 + 3 + 2 + 1);
    }

    @Test
    void aReportOfExplanationsIsNotItsOwn() throws IOException {
        Path report = folder.resolve("report");
        program.run(
                "explain", "--model", model, "--data", data, "--index", 0, "--explainer", "saliency", "--out", report);

        assertWrong(
                "output folder " + report
                        + " holds what is not of an earlier report: 0000-labelant/figure.png,"
                        + " 0000-labelant/saliency.npy, batch.png and 2 more; name another folder",
                "evaluate",
                "--model",
                model,
                "--data",
                data,
                "--out",
                report);
    }

    @Test
    void withoutMistakesItSaysSo() throws IOException {
        Path right = ModelFolder.writeData(
                folder.resolve("right"), IMAGES, ModelFolder.SIDE, ModelFolder.LABELS.toArray(String[]::new));
        ByteBuffer labels = ByteBuffer.allocate(8 + IMAGES).putInt(0x801).putInt(IMAGES);
        for (int k : predicted) {
            labels.put((byte) k);
        }
        Files.write(right.resolve("t10k-labels-idx1-ubyte"), labels.array());
        Path report = folder.resolve("report");

        assertThat(program.run("evaluate", "--model", model, "--data", right, "--out", report))
                .isEqualTo(Main.OK);

        assertThat(program.out())
                .contains("accuracy  100.00 %  (10 right, 0 wrong)")
                .contains("no mistakes: all 10 images are classified right\n");
        assertThat(files(report)).containsExactly("confusion.png", "evaluation.json", "index.html", "reliability.png");
        assertThat(Files.readString(report.resolve("index.html")))
                .contains("None: all 10 images are classified right.")
                .contains("10 right, none wrong")
                .contains("No two classes are ever confused.");
    }

    @Test
    void noneIsShownWhereNoneIsAskedFor() throws IOException {
        Path report = folder.resolve("report");
        program.run("evaluate", "--model", model, "--data", data, "--out", report, "--mistakes", 0);

        assertThat(files(report)).containsExactly("confusion.png", "evaluation.json", "index.html", "reliability.png");
        assertThat(Files.readString(report.resolve("index.html")))
                .contains("None is shown: asked for 0 of " + mistakes.size() + ".");
    }

    @Test
    void aPluginThatBreaksDoesNotStopTheRest() throws IOException {
        Path jar = PluginJar.plugin()
                .explainer(
                        "test.plugin.Provider",
                        new PluginJar.Source("breaker")
                                .explain("if (true) throw new IllegalStateException(\"out of ink\");"))
                .write(Files.createDirectories(folder.resolve("plugins")).resolve("breaker.jar"));
        Path report = folder.resolve("report");

        int code = program.run(
                "evaluate",
                "--plugins",
                jar.getParent(),
                "--model",
                model,
                "--data",
                data,
                "--explainer",
                "breaker,saliency",
                "--out",
                report);

        assertThat(code).isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).isEqualTo("inkling: explainer 'breaker' failed: IllegalStateException: out of ink\n");
        assertThat(Files.readString(report.resolve("index.html"))).contains("out of ink");
        assertThat(files(report)).anyMatch(name -> name.endsWith("/saliency.npy"));
    }

    @Test
    void whatCanBeCheckedIsCheckedBeforeTheWorkBegins() throws IOException {
        Path report = folder.resolve("report");
        wrong("--mistakes is -1, expected 0 to 100", "--out", report, "--mistakes=-1");
        wrong("--mistakes is 101, expected 0 to 100", "--out", report, "--mistakes", 101);
        wrong(
                "no explainer 'oclusion'; installed: "
                        + ExplainerCatalog.load(List.of()).installed().stream()
                                .map(InstalledExplainer::name)
                                .collect(Collectors.joining(", "))
                        + " — did you mean 'occlusion'?",
                "--out",
                report,
                "--explainer",
                "oclusion");
        wrong(
                "explainer 'grad-cam': model 'animals' has no layer 'block9'; its layers: ",
                "--out",
                report,
                "--explainer",
                "grad-cam:layer=block9");
        wrong("--mistakes is for the mistakes that a report shows; give --out, a folder for it", "--mistakes", 3);
        wrong(
                "--explainer is for the mistakes that a report shows; give --out, a folder for it",
                "--explainer",
                "saliency");
        Path file = Files.writeString(folder.resolve("taken"), "mine");
        wrong("output folder " + file + " is a file; name a folder", "--out", file);
        wrong("can't write JSON to " + folder + ": it is a folder; name a file", "--json", folder);
        assertThat(files(folder)).containsExactly("taken");
    }

    @Test
    void refusesDataThatAreNotTheModels() throws IOException {
        Path small = ModelFolder.writeData(folder.resolve("small"), 3, 8, "ant", "bee", "cow");
        assertWrong(
                "images of 'small/test' are 8×8×1, model 'animals' expects 12×12×1",
                "evaluate",
                "--model",
                model,
                "--data",
                small);
        Path other = ModelFolder.writeData(folder.resolve("other"), 3, 12, "ant", "cow", "bee");
        assertWrong(
                "classes of 'other/test' are ant, cow, bee, model 'animals' was trained for ant, bee, cow",
                "evaluate",
                "--model",
                model,
                "--data",
                other);
    }

    private void wrong(String message, Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("evaluate", "--model", model, "--data", data));
        all.addAll(List.of(arguments));
        assertThat(program.run(all.toArray())).isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).startsWith("inkling: " + message);
        assertThat(program.err().lines()).hasSize(1);
        assertThat(program.out()).isEmpty();
    }

    private void assertWrong(String message, Object... arguments) {
        assertThat(program.run(arguments)).isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).isEqualTo("inkling: " + message + "\n");
        assertThat(program.out()).isEmpty();
    }

    private static Dataset test() {
        return DataSources.open(data.toString(), DownloadListener.SILENT).test();
    }

    private static JsonNode json(Path file) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(file));
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

package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.inkling.model.Precision;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExplanationReportTest {

    private static final Attribution.Contract SIGNED =
            new Attribution.Contract(Sign.SIGNED, false, "logits per unit of input");
    private static final Provenance PROVENANCE = new Provenance(
            new Provenance.ModelFacts(
                    "linear <&> model", "abc123", 322_922, Precision.FLOAT32, new ModelCard.Accuracy(0.97, 0.9912)),
            "squares",
            "predicted",
            Optional.of("5 squares"),
            new Provenance.Versions("1.2.3", "2.18.0", "17.0.1"),
            Instant.parse("2026-03-01T12:30:00Z"));

    /** The gradient, with a diagnostic. */
    private static final Explainer GRADIENT = (model, images, targets) -> {
        float[] gradients = FloatArrays.flat(model.require(Gradients.class).gradients(images, targets));
        float[] sums = new float[targets.count()];
        for (int i = 0; i < gradients.length; i++) {
            sums[i / 4] += gradients[i];
        }
        return new Attribution(FloatArrays.of(gradients, targets.count(), 2, 2, 1), SIGNED).with("sum", sums);
    };

    /** Scores minus 1 as a 1×2×2 map, at half the resolution, so that values differ between images and signs. */
    private static final Explainer SCORES = (model, images, targets) -> {
        float[] scores = FloatArrays.flat(model.scores(images));
        for (int i = 0; i < scores.length; i++) {
            scores[i] -= 1;
        }
        return new Attribution(FloatArrays.of(scores, targets.count(), 1, 2, 2), SIGNED);
    };

    private static final Explainer ZERO = (model, images, targets) ->
            new Attribution(FloatArrays.of(new float[targets.count() * 4], targets.count(), 2, 2, 1), SIGNED);

    @TempDir
    Path root;

    private final ConfiguredExplainer gradient =
            configured("gradient", "Gradient", options("absolute", "true"), GRADIENT);
    private final ConfiguredExplainer scores =
            configured("scores", "Scores", options("samples", "50", "seed", "7"), SCORES);

    private final InputImage four =
            new InputImage("test 4", "0004-label-c", pixels(0, 0.25f, 0.5f, 0), OptionalInt.of(2), "f00d");
    private final InputImage five =
            new InputImage("test 5", "0005-label-a", pixels(0, 1, 0, 0), OptionalInt.of(0), "beef");

    @Test
    void writesEverythingThatWasFoundAsJson() throws IOException {
        Path folder = write(List.of(gradient, scores), four, five);

        JsonNode json = json(folder);
        assertThat(fields(json))
                .containsExactly(
                        "format",
                        "created",
                        "versions",
                        "model",
                        "labels",
                        "data",
                        "target",
                        "background",
                        "images",
                        "failures");
        assertThat(json.get("versions").toString())
                .isEqualTo("{\"inkling\":\"1.2.3\",\"tensorflow\":\"2.18.0\",\"java\":\"17.0.1\"}");
        assertThat(json.get("model").toString())
                .isEqualTo(
                        "{\"name\":\"linear <&> model\",\"sha256\":\"abc123\",\"parameters\":322922,\"precision\":\"float32\","
                                + "\"accuracy\":{\"validation\":0.97,\"test\":0.9912}}");
        assertThat(json.get("created").asString()).isEqualTo("2026-03-01T12:30:00Z");
        assertThat(json.get("failures").size()).isZero();

        JsonNode one = json.get("images").get(0);
        assertThat(fields(one))
                .containsExactly(
                        "name", "sha256", "label", "prediction", "right", "top3", "target", "figure", "explanations");
        assertThat(one.get("name").asString()).isEqualTo("test 4");
        assertThat(one.get("sha256").asString()).isEqualTo("f00d");
        assertThat(one.get("label").asString()).isEqualTo("c");
        assertThat(one.get("prediction").asString()).isEqualTo("c");
        assertThat(one.get("right").asBoolean()).isTrue();
        assertThat(one.get("target").asString()).isEqualTo("why c (predicted)");
        assertThat(one.get("figure").asString()).isEqualTo("0004-label-c/figure.png");
        // Logits 0, 1, 2, 0.
        double sum = 2 + Math.E + Math.exp(2);
        assertThat(one.get("top3").size()).isEqualTo(3);
        assertThat(one.get("top3").get(1).get("label").asString()).isEqualTo("b");
        assertThat(one.get("top3").get(1).get("probability").asDouble()).isCloseTo(Math.E / sum, within(1e-15));

        JsonNode wrong = json.get("images").get(1);
        assertThat(wrong.get("right").asBoolean()).isFalse();
        assertThat(wrong.get("label").asString()).isEqualTo("a");
        assertThat(wrong.get("prediction").asString()).isEqualTo("b");

        JsonNode explanation = one.get("explanations").get(1);
        assertThat(fields(explanation))
                .containsExactly(
                        "explainer",
                        "options",
                        "seed",
                        "file",
                        "shape",
                        "range",
                        "unit",
                        "diagnostics",
                        "evaluations",
                        "milliseconds",
                        "verdicts",
                        "rival");
        assertThat(explanation.get("explainer").asString()).isEqualTo("scores");
        assertThat(explanation.get("options").toString()).isEqualTo("{\"samples\":\"50\",\"seed\":\"7\"}");
        assertThat(explanation.get("seed").asInt()).isEqualTo(7);
        assertThat(explanation.get("seed").isNumber()).isTrue();
        assertThat(explanation.get("shape").toString()).isEqualTo("[1,2,2]");
        assertThat(explanation.get("range").toString()).isEqualTo("[-1.0,1.0]");
        assertThat(explanation.get("unit").asString()).isEqualTo("logits per unit of input");
        assertThat(explanation.get("evaluations").toString()).isEqualTo("{\"forward\":1,\"backward\":0}");
        assertThat(explanation.get("milliseconds").asDouble()).isPositive();
        assertThat(explanation.get("verdicts").size()).isZero();
        assertThat(explanation.get("rival").isNull()).isTrue();

        JsonNode other = one.get("explanations").get(0);
        assertThat(other.get("seed").isNull()).isTrue();
        assertThat(other.get("diagnostics").toString()).isEqualTo("{\"sum\":4.0}");
        assertThat(other.get("evaluations").toString()).isEqualTo("{\"forward\":1,\"backward\":1}");
    }

    @Test
    void writesRawValuesInTheirOwnShape() throws IOException {
        Path folder = write(List.of(gradient, scores), four, five);

        assertThat(files(folder))
                .containsExactly(
                        "0004-label-c/figure.png",
                        "0004-label-c/gradient.npy",
                        "0004-label-c/scores.npy",
                        "0005-label-a/figure.png",
                        "0005-label-a/gradient.npy",
                        "0005-label-a/scores.npy",
                        "batch.png",
                        "explanations.json",
                        "index.html");
        JsonNode explanation =
                json(folder).get("images").get(1).get("explanations").get(1);
        var values = NpyFile.read(folder.resolve(explanation.get("file").asString()));
        assertThat(values.shape().asArray()).containsExactly(1, 2, 2);
        assertThat(FloatArrays.flat(values)).containsExactly(-1, 3, -1, -1);
        assertThat(FloatArrays.flat(NpyFile.read(folder.resolve("0004-label-c/gradient.npy"))))
                .containsExactly(0, 0, 4, 0);
    }

    @Test
    void picturesArePictures() throws IOException {
        Path folder = write(List.of(gradient, scores), four, five);

        assertThat(ImageIO.read(folder.resolve("batch.png").toFile()).getWidth())
                .isGreaterThan(300);
        assertThat(ImageIO.read(folder.resolve("0005-label-a/figure.png").toFile())
                        .getWidth())
                .isGreaterThan(600);
    }

    @Test
    void thePageNeedsNothingButItself() throws IOException {
        Path folder = write(List.of(gradient, scores), four, five);

        String page = Files.readString(folder.resolve("index.html"));
        assertThat(page).doesNotContainPattern("(?i)<script|<link|https?://|@import|url\\(");
        assertThat(page).doesNotContain("{{").doesNotContain("linear <&> model");
        Matcher sources = Pattern.compile("src=\"([^\"]*)\"").matcher(page);
        List<String> pictures = new ArrayList<>();
        while (sources.find()) {
            pictures.add(sources.group(1));
        }
        // Two thumbnails, the batch, two figures.
        assertThat(pictures).hasSize(5).allMatch(source -> source.startsWith("data:image/png;base64,iVBOR"));
        byte[] figure = Files.readAllBytes(folder.resolve("0005-label-a/figure.png"));
        assertThat(pictures)
                .contains(
                        "data:image/png;base64," + java.util.Base64.getEncoder().encodeToString(figure));
        Matcher links = Pattern.compile("href=\"([^\"#]+)\"").matcher(page);
        List<String> targets = new ArrayList<>();
        while (links.find()) {
            targets.add(links.group(1));
        }
        assertThat(targets)
                .hasSize(5)
                .allSatisfy(target -> assertThat(folder.resolve(target)).isRegularFile());
    }

    @Test
    void thePageTellsWhatMatters() throws IOException {
        Path folder = write(List.of(gradient, scores), four, five);

        String page = text(folder);
        assertThat(page)
                .contains("Why linear &lt;&amp;&gt; model decides")
                .contains("1 right , 1 wrong")
                .contains("99.12 %")
                .contains("322,922 parameters")
                .contains("✓ predicted c, is c")
                .contains("✗ predicted b, is a")
                .contains("why c (predicted)")
                .contains("−1.000 to 1.000")
                .contains("samples=50, seed=7")
                .contains("sum 4.000")
                .contains("Image SHA-256 f00d")
                .contains("Model SHA-256 abc123")
                .contains("Inkling 1.2.3 with TensorFlow 2.18.0 on Java 17.0.1")
                .contains("1 March 2026, 12:30 UTC");
    }

    @Test
    void aMapThatSaysNothingSaysSo() throws IOException {
        Path folder = write(List.of(gradient, configured("zero", "Zero", Map.of(), ZERO)), four);

        assertThat(json(folder)
                        .get("images")
                        .get(0)
                        .get("explanations")
                        .get(1)
                        .get("verdicts")
                        .toString())
                .isEqualTo("[{\"kind\":\"all zero\",\"reason\":\"nothing counts for the target here\"}]");
        assertThat(text(folder))
                .contains("all zero: nothing counts for the target here")
                .contains("1 1 blank");
    }

    /** Scores ignore the target; the gradient does not: image 4 is of class c, and b comes next. */
    @Test
    void aMapThatEveryClassHasSaysSo() throws IOException {
        Path folder = root.resolve("report");
        List<ConfiguredExplainer> explainers = List.of(gradient, scores);
        ExplanationRun.Result result = new ExplanationRun(
                        new LinearModel(),
                        TargetSpec.parse("predicted", LinearModel.LABELS, true),
                        explainers,
                        ClassCheck.AUTO,
                        ExplanationRun.Listener.NONE)
                .run(List.of(four));
        new ExplanationReport(PROVENANCE, LinearModel.LABELS, explainers, result, "").write(folder);

        JsonNode explanations = json(folder).get("images").get(0).get("explanations");
        assertThat(explanations.get(0).get("verdicts").size()).isZero();
        // (0, 0, 4, 0) and (0, 4, 0, 0).
        assertThat(explanations.get(0).get("rival").get("label").asString()).isEqualTo("b");
        assertThat(explanations.get(0).get("rival").get("correlation").asDouble())
                .isCloseTo(-1 / 3.0, within(1e-6));
        assertThat(explanations.get(1).get("verdicts").get(0).get("kind").asString())
                .isEqualTo("class-insensitive");
        assertThat(explanations.get(1).get("verdicts").get(0).get("reason").asString())
                .startsWith("class 'b' has the same map (correlation 1)");
        assertThat(text(folder))
                .contains("correlation −0.33 with the map for class b")
                .contains("class-insensitive: class &#39;b&#39; has the same map")
                .contains("1 1 class-insensitive");
        BufferedImage figure =
                ImageIO.read(folder.resolve("0004-label-c/figure.png").toFile());
        Path plain = write(explainers, four);
        assertThat(figure.getHeight())
                .as("a row of badges")
                .isGreaterThan(
                        ImageIO.read(plain.resolve("0004-label-c/figure.png").toFile())
                                .getHeight());
    }

    @Test
    void notFiniteIsDeliveredWithAVerdictInValidJson() throws IOException {
        Explainer wild = (model, images, targets) -> new Attribution(
                        FloatArrays.of(new float[] {Float.NaN, -1, 3, Float.POSITIVE_INFINITY}, 1, 2, 2, 1), SIGNED)
                .with("delta", Float.NaN);
        Explainer lost = (model, images, targets) -> new Attribution(
                FloatArrays.of(new float[] {Float.NaN, Float.NaN, Float.NaN, Float.NaN}, 1, 2, 2, 1), SIGNED);

        Path folder = write(
                List.of(configured("wild", "Wild", Map.of(), wild), configured("lost", "Lost", Map.of(), lost)), four);

        JsonNode explanations = json(folder).get("images").get(0).get("explanations");
        assertThat(explanations.get(0).get("range").toString()).isEqualTo("[-1.0,3.0]");
        assertThat(explanations.get(0).get("diagnostics").get("delta").asString())
                .isEqualTo("NaN");
        assertThat(explanations.get(0).get("verdicts").get(0).get("kind").asString())
                .isEqualTo("not finite");
        assertThat(explanations.get(1).get("range").isNull()).isTrue();
        assertThat(FloatArrays.flat(NpyFile.read(folder.resolve("0004-label-c/wild.npy"))))
                .containsExactly(Float.NaN, -1, 3, Float.POSITIVE_INFINITY);
    }

    @Test
    void aFailureIsToldAndTheOthersDelivered() throws IOException {
        Explainer failing = mock(Explainer.class);
        when(failing.explain(any(), any(), any())).thenThrow(new IllegalStateException("no <luck>"));

        Path folder =
                write(List.of(configured("broken", "Broken", options("seed", "1"), failing), gradient), four, five);

        assertThat(json(folder).get("failures").toString())
                .isEqualTo("[{\"explainer\":\"broken\",\"options\":{\"seed\":\"1\"},\"seed\":1,"
                        + "\"reason\":\"IllegalStateException: no <luck>\",\"delivered\":0}]");
        assertThat(text(folder))
                .contains("Some explainers failed")
                .contains("Broken explained none of the images: IllegalStateException: no &lt;luck&gt;");
        assertThat(files(folder))
                .contains("0004-label-c/gradient.npy", "batch.png")
                .doesNotContain("broken.npy");
    }

    @Test
    void ifAllFailPredictionsAreStillThere() throws IOException {
        Explainer failing = (model, images, targets) -> {
            throw new IllegalStateException("no");
        };

        Path folder = write(List.of(configured("broken", "Broken", Map.of(), failing)), four);

        assertThat(files(folder)).containsExactly("0004-label-c/figure.png", "explanations.json", "index.html");
        assertThat(json(folder).get("images").get(0).get("prediction").asString())
                .isEqualTo("c");
        assertThat(text(folder)).contains("predicted c").doesNotContain("at a glance");
    }

    @Test
    void oneExplainerTwiceAndImagesOfOneNameKeepApart() throws IOException {
        ConfiguredExplainer fewer = configured("scores", "Scores", options("samples", "10", "seed", "7"), GRADIENT);
        InputImage a = new InputImage("a/x.png", "x", pixels(1, 0, 0, 0), OptionalInt.empty(), "1");
        InputImage b = new InputImage("b/x.png", "x", pixels(0, 1, 0, 0), OptionalInt.empty(), "2");

        Path folder = write(List.of(scores, fewer), a, b);

        assertThat(files(folder))
                .contains("x/scores.npy", "x/scores-2.npy", "x-2/scores.npy", "x-2/scores-2.npy", "x-2/figure.png");
        assertThat(FloatArrays.flat(NpyFile.read(folder.resolve("x/scores.npy"))))
                .containsExactly(3, -1, -1, -1);
        assertThat(FloatArrays.flat(NpyFile.read(folder.resolve("x/scores-2.npy"))))
                .containsExactly(4, 0, 0, 0);
        assertThat(FloatArrays.flat(NpyFile.read(folder.resolve("x-2/scores-2.npy"))))
                .containsExactly(0, 4, 0, 0);
        assertThat(text(folder)).contains("Scores (50)").contains("Scores (10)");
        assertThat(json(folder).get("images").get(0).get("right").isNull()).isTrue();
        assertThat(json(folder).get("images").get(0).get("label").isNull()).isTrue();
        assertThat(text(folder)).contains("true classes not known").doesNotContain("✗");
    }

    /** Both wear the seed of their own, under their own names. */
    @Test
    void aWrapperIsToldWithWhatItIsAround() throws IOException {
        ConfiguredExplainer first = wrapped("1", scores);
        ConfiguredExplainer second =
                wrapped("1", configured("scores", "Scores", options("samples", "10", "seed", "7"), GRADIENT));

        Path folder = write(List.of(first, second), four);

        assertThat(files(folder)).contains("0004-label-c/tunnel+scores.npy", "0004-label-c/tunnel+scores-2.npy");
        JsonNode explanation =
                json(folder).get("images").get(0).get("explanations").get(0);
        assertThat(explanation.get("explainer").asString()).isEqualTo("tunnel+scores");
        assertThat(explanation.get("options").toString()).isEqualTo("{\"seed\":\"1\"}");
        assertThat(explanation.get("seed").asInt()).isEqualTo(1);
        assertThat(explanation.get("wrapped").toString())
                .isEqualTo("{\"explainer\":\"scores\",\"options\":{\"samples\":\"50\",\"seed\":\"7\"},\"seed\":7}");
        assertThat(json(folder).get("background").asString()).isEqualTo("5 squares");
        assertThat(text(folder))
                .contains("Tunnel (50)")
                .contains("Tunnel (10)")
                .contains("seed=1, scores.samples=50, scores.seed=7")
                .contains("were given 5 squares");
    }

    private static ConfiguredExplainer wrapped(String seed, ConfiguredExplainer inner) {
        ConfiguredExplainer outer = configured("tunnel+scores", "Tunnel", options("seed", seed), GRADIENT);
        return new ConfiguredExplainer(outer.card(), outer.options(), outer.explainer(), Optional.of(inner));
    }

    @Test
    void theGridShowsTheClassActivationMapIfThereIsOne() throws IOException {
        ConfiguredExplainer cam = new ConfiguredExplainer(
                new ExplainerCard("cam", "CAM", "", "", ExplainerCard.Family.CAM, Set.of(), SIGNED),
                Map.of(),
                GRADIENT);

        assertThat(text(write(List.of(scores, cam), four))).contains("CAM at a glance");
        assertThat(text(write(List.of(scores, gradient), four))).contains("Scores at a glance");
    }

    @Test
    void anEarlierReportIsReplacedAsAWhole() throws IOException {
        write(List.of(gradient, scores), four, five);

        Path folder = write(List.of(scores), five);

        assertThat(files(folder))
                .containsExactly(
                        "0005-label-a/figure.png",
                        "0005-label-a/scores.npy",
                        "batch.png",
                        "explanations.json",
                        "index.html");
        assertThat(files(root)).allMatch(file -> file.startsWith("report/"));
    }

    @Test
    void aFailureInTheMiddleLeavesTheEarlierReportAndNothingElse() throws IOException {
        Path folder = write(List.of(gradient), four);
        byte[] before = Files.readAllBytes(folder.resolve("explanations.json"));
        // Pixels of rank 2: the second image's figure cannot be drawn.
        ExplainedImage undrawable = new ExplainedImage(
                new InputImage("broken", "broken", FloatArrays.of(new float[4], 2, 2), OptionalInt.empty(), "3"),
                new double[] {1, 0, 0, 0},
                "why a",
                List.of());
        ExplanationRun.Result result = run(List.of(scores), five);
        List<ExplainedImage> images = new ArrayList<>(result.images());
        images.add(undrawable);
        ExplanationReport report = new ExplanationReport(
                PROVENANCE, LinearModel.LABELS, List.of(scores), new ExplanationRun.Result(images, List.of()), "");

        assertThatThrownBy(() -> report.write(folder)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> report.write(root.resolve("fresh"))).isInstanceOf(RuntimeException.class);

        assertThat(Files.readAllBytes(folder.resolve("explanations.json"))).isEqualTo(before);
        assertThat(files(root))
                .containsExactly(
                        "report/0004-label-c/figure.png",
                        "report/0004-label-c/gradient.npy",
                        "report/batch.png",
                        "report/explanations.json",
                        "report/index.html");
        assertThat(root.resolve("fresh")).doesNotExist();
    }

    @Test
    void aFolderWithOtherContentIsRefused() throws IOException {
        Path folder = Files.createDirectories(root.resolve("photos/deep"));
        Files.writeString(folder.resolve("mine.txt"), "mine");

        assertThatThrownBy(() -> ExplanationReport.requireWritable(root.resolve("photos")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("output folder " + root.resolve("photos")
                        + " holds what is not of an earlier report: deep/mine.txt; name another folder");
    }

    @Test
    void aReportWithSomethingAddedIsRefused() throws IOException {
        Path folder = write(List.of(gradient), four);
        Files.writeString(folder.resolve("0004-label-c/notes.txt"), "my notes");

        assertThatThrownBy(() -> ExplanationReport.requireWritable(folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("holds what is not of an earlier report: 0004-label-c/notes.txt;");
        assertThat(folder.resolve("0004-label-c/notes.txt")).hasContent("my notes");
    }

    @Test
    void foreignJsonMakesNoReport() throws IOException {
        Path folder = Files.createDirectory(root.resolve("other"));
        for (String foreign : List.of("{", "[]", "{\"format\": 1}", "")) {
            Files.writeString(folder.resolve("explanations.json"), foreign);
            assertThatThrownBy(() -> ExplanationReport.requireWritable(folder))
                    .as(foreign)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("not of an earlier report: explanations.json;");
        }
    }

    @Test
    void anEmptyFolderAndAReportArePlacesToWrite() throws IOException {
        ExplanationReport.requireWritable(Files.createDirectory(root.resolve("empty")));
        Path report = write(List.of(gradient), four);
        ExplanationReport.requireWritable(report);

        assertThat(files(report)).hasSize(5);
    }

    private Path write(List<ConfiguredExplainer> explainers, InputImage... images) throws IOException {
        Path folder = root.resolve("report");
        new ExplanationReport(PROVENANCE, LinearModel.LABELS, explainers, run(explainers, images), "").write(folder);
        return folder;
    }

    private static ExplanationRun.Result run(List<ConfiguredExplainer> explainers, InputImage... images) {
        return new ExplanationRun(
                        new LinearModel(),
                        TargetSpec.parse("predicted", LinearModel.LABELS, true),
                        explainers,
                        mock(ExplanationRun.Listener.class))
                .run(List.of(images));
    }

    private static ConfiguredExplainer configured(
            String name, String title, Map<String, String> options, Explainer explainer) {
        return new ConfiguredExplainer(
                new ExplainerCard(name, title, "What it shows.", "", ExplainerCard.Family.GRADIENT, Set.of(), SIGNED),
                options,
                explainer);
    }

    private static Map<String, String> options(String... pairs) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            options.put(pairs[i], pairs[i + 1]);
        }
        return options;
    }

    private static org.tensorflow.ndarray.FloatNdArray pixels(float... values) {
        return FloatArrays.of(values, 1, 2, 2, 1);
    }

    private static JsonNode json(Path folder) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(folder.resolve("explanations.json")));
    }

    private static List<String> fields(JsonNode node) {
        return List.copyOf(node.propertyNames());
    }

    /** The page's words, without tags and pictures. */
    private static String text(Path folder) throws IOException {
        return Files.readString(folder.resolve("index.html"))
                .replaceAll("(?s)<style>.*?</style>", " ")
                .replaceAll("<[^>]*>", " ")
                .replace("&#x3D;", "=")
                .replaceAll("\\s+", " ");
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }
}

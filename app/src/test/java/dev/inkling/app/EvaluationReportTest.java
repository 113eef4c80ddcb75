package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.model.Precision;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.trainer.Calibration;
import dev.inkling.trainer.ConfusionMatrix;
import dev.inkling.trainer.Evaluation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Of an evaluation made by hand: a 'b & b' is always taken for an 'a', and there is no 'c'. */
class EvaluationReportTest {

    private static final List<String> LABELS = List.of("a", "b & b", "c");
    private static final Evaluation EVALUATION = new Evaluation(
            0.75,
            new ConfusionMatrix(new int[][] {{3, 0, 0}, {1, 0, 0}, {0, 0, 0}}),
            new Calibration(
                    List.of(
                            new Calibration.Bin(0, 0.5, 0, Double.NaN, Double.NaN),
                            new Calibration.Bin(0.5, 1, 4, 0.875, 0.75)),
                    0.125,
                    0.25,
                    0.5),
            List.of(new Evaluation.Mistake(2, 1, 0, 0.9, 0.00002)));
    private static final Provenance PROVENANCE = new Provenance(
            new Provenance.ModelFacts(
                    "linear <&> model", "abc123", 322_922, Precision.FLOAT32, new ModelCard.Accuracy(0.97, null)),
            "squares",
            "predicted-vs-label",
            Optional.of("5 squares"),
            new Provenance.Versions("1.2.3", "2.18.0", "17.0.1"),
            Instant.parse("2026-03-01T12:30:00Z"));

    @TempDir
    Path root;

    private Path write() throws IOException {
        Path folder = root.resolve("report");
        new EvaluationReport(PROVENANCE, LABELS, EVALUATION, Optional.empty()).write(folder);
        return folder;
    }

    @Test
    void whatIsUndefinedIsNull() throws IOException {
        JsonNode json = JsonMapper.shared().readTree(Files.readString(write().resolve("evaluation.json")));

        assertThat(json.get("classes").get(0).toString())
                .isEqualTo("{\"label\":\"a\",\"precision\":0.75,\"recall\":1.0,\"f1\":" + 6 / 7.0
                        + ",\"support\":3,\"predicted\":4}");
        assertThat(json.get("classes").get(1).toString())
                .isEqualTo("{\"label\":\"b & b\",\"precision\":null,\"recall\":0.0,\"f1\":0.0,"
                        + "\"support\":1,\"predicted\":0}");
        assertThat(json.get("classes").get(2).toString())
                .isEqualTo("{\"label\":\"c\",\"precision\":null,\"recall\":null,\"f1\":null,"
                        + "\"support\":0,\"predicted\":0}");
        assertThat(json.get("macro").toString())
                .isEqualTo("{\"precision\":0.75,\"recall\":0.5,\"f1\":" + 3 / 7.0 + "}");
        assertThat(json.get("confusedPairs").toString())
                .isEqualTo("[{\"truth\":\"b & b\",\"predicted\":\"a\",\"count\":1,\"share\":1.0}]");
        assertThat(json.get("calibration").toString())
                .isEqualTo("{\"expectedError\":0.125,\"maximumError\":0.25,\"brierScore\":0.5,\"bins\":["
                        + "{\"from\":0.0,\"to\":0.5,\"count\":0,\"confidence\":null,\"accuracy\":null},"
                        + "{\"from\":0.5,\"to\":1.0,\"count\":4,\"confidence\":0.875,\"accuracy\":0.75}]}");
        assertThat(json.get("mistakes").toString())
                .isEqualTo("[{\"index\":2,\"truth\":\"b & b\",\"predicted\":\"a\",\"confidence\":0.9,"
                        + "\"truthProbability\":2.0E-5}]");
        assertThat(json.get("created").asString()).isEqualTo("2026-03-01T12:30:00Z");
    }

    @Test
    void thePageTellsItToo() throws IOException {
        assertThat(Files.readString(write().resolve("index.html")))
                .contains("How linear &lt;&amp;&gt; model does")
                .contains("<tr><td><b>b &amp; b</b></td><td class=\"number\">–</td><td class=\"number\">0.00 %</td>")
                .contains("–: undefined")
                .contains("<tr><td><b>b &amp; b</b></td><td>a</td><td class=\"number\">1</td>"
                        + "<td class=\"number\">100.00 %</td></tr>")
                .contains("12.50 %", "25.00 % in the worst")
                .contains("On average 87.50 % sure, and right about 75.00 %");
    }

    @ParameterizedTest
    @CsvSource({"1,1.0000", "0.99999999,>0.9999", "0.98765,0.9877", "0.0001,0.0001", "0.00002,2.0e-05", "0,0.0000"})
    void onlyCertaintyIsOneOrZero(double probability, String text) {
        assertThat(EvaluationPage.probability(probability)).isEqualTo(text);
    }

    @Test
    void theTerminalTellsItToo() {
        assertThat(text(EVALUATION, LABELS)).isEqualTo("""
                        model 'm' on 4 images of d

                        accuracy  75.00 %  (3 right, 1 wrong)
                        loss      0.7500  (mean cross-entropy, nats)
                        ECE       12.50 %  (expected calibration error, 15 bins; at most 25.00 % in one)
                        Brier     0.5000  (squared error of the probabilities, 0 to 2)

                          class  precision     recall         F1     images
                          a        75.00 %   100.00 %    85.71 %          3
                          b & b          –     0.00 %     0.00 %          1
                          c              –          –          –          0
                          mean     75.00 %    50.00 %    42.86 %
                          –: undefined, for no image is of the class (recall) or was taken for it (precision); means leave it out

                        confusion (rows: true class, columns: predicted)
                                     a  b & b      c
                              a      3      ·      ·
                          b & b      1      ·      ·
                              c      ·      ·      ·

                        most confused
                          b & b taken for a          1×  100.00 % of all b & b
                        """);
    }

    @Test
    void aMatrixOfManyClassesIsLeftToTheReport() {
        for (int classes : new int[] {16, 17, 62}) {
            int[][] counts = new int[classes][classes];
            for (int k = 0; k < classes; k++) {
                counts[k][k] = 5;
                counts[k][(k + 1) % classes] = 1;
            }
            List<String> labels =
                    IntStream.range(0, classes).mapToObj(k -> "class" + k).toList();
            String text =
                    text(new Evaluation(1, new ConfusionMatrix(counts), EVALUATION.calibration(), List.of()), labels);

            assertThat(text.contains("confusion (rows")).isEqualTo(classes <= 16);
            assertThat(text).contains("  class0 ").contains("and " + (classes - 10) + " more pairs\n");
            if (classes > 16) {
                assertThat(text.lines()).allMatch(line -> line.length() <= 100);
            }
        }
    }

    private static String text(Evaluation evaluation, List<String> labels) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new EvaluationText(evaluation, labels, new PrintStream(out, true, StandardCharsets.UTF_8)).print("m", "d");
        return out.toString(StandardCharsets.UTF_8);
    }
}

package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.model.Design;
import dev.inkling.model.SavedModelWriter;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InspectCommandTest {

    @TempDir
    Path folder;

    private final Program program = new Program();

    @Test
    void tellsWhatAModelIsMadeOfAndOffers() throws Exception {
        Path model = ModelFolder.write(folder.resolve("model"));
        Path file = folder.resolve("m.json");

        assertThat(program.run("inspect", model, "--json", file)).isEqualTo(Main.OK);

        String sha256 = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(Files.readAllBytes(model.resolve("saved_model.pb"))));
        // Kernels, biases, scales and shifts of two convolutions, 1 → 4 → 6, and dense layers 6 → 8 → 3.
        int parameters = (9 * 4 + 3 * 4) + (9 * 4 * 6 + 3 * 6) + (6 * 8 + 8) + (8 * 3 + 3);
        long operations = 2L * (12 * 12 * 9 * 4 + 6 * 6 * 9 * 4 * 6 + 6 * 8 + 8 * 3);
        assertThat(program.out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "model 'animals'",
                        " SHA-256 " + sha256,
                        " image 12×12×1 in [0, 1]",
                        " classes 3: ant, bee, cow",
                        " parameters " + parameters,
                        String.format(
                                " operations %,d for an image, multiplications and additions, forward", operations),
                        " trained 8 images of animals/train, 1 steps, the weights of epoch 1, seed 3",
                        " accuracy validation 50.00 %, test not measured",
                        " block1/conv1 convolution 12×12×4",
                        " logits dense 1×1×3",
                        " serving_default image float32 (N, 12, 12, 1) → logits float32 (N, 3), probabilities float32 (N, 3)",
                        " grad_cam class_index int32 (N), image float32 (N, 12, 12, 1) → map float32 (N, 6, 6, 1),"
                                + " resized float32 (N, 12, 12, 1)",
                        " classify_uint8 image uint8 (N, 12, 12, 1) → class_index int32 (N), logits float32 (N, 3),"
                                + " probabilities float32 (N, 3)");
        JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(json.get("operations").asLong()).isEqualTo(operations);
        assertThat(json.get("card").get("graphSha256").asString()).isEqualTo(sha256);
        assertThat(json.get("signatures").size()).isEqualTo(7);
    }

    @Test
    void tellsThatAGraphIsNotTheOneOfItsCard() throws IOException {
        Path model = ModelFolder.write(folder.resolve("model"));
        Path other = ModelFolder.write(folder.resolve("other"), new Design(List.of(4, 6), 1, true, false, 8, 0));
        ModelCard card;
        try (TensorFlowModel loaded = TensorFlowModel.load(model)) {
            card = loaded.card().orElseThrow();
        }
        ModelCard foreign;
        try (TensorFlowModel loaded = TensorFlowModel.load(other)) {
            foreign = loaded.card().orElseThrow();
        }
        SavedModelWriter.writeCard(
                model,
                new ModelCard(
                        card.format(),
                        card.name(),
                        card.input(),
                        card.labels(),
                        card.parameters(),
                        card.layers(),
                        card.training(),
                        card.accuracy(),
                        foreign.graphSha256()));

        assertThat(program.run("inspect", model)).isEqualTo(Main.OK);
        assertThat(program.out())
                .contains(card.graphSha256() + ", CHANGED since its card was written, which says "
                        + foreign.graphSha256());
    }

    @Test
    void wantsOneModel() {
        assertThat(program.run("inspect")).isEqualTo(Main.WRONG_USE);
        assertThat(program.err())
                .isEqualTo("inkling: expected one model to inspect, found 0; name its folder, or pretrained\n");
        Path nowhere = folder.resolve("nowhere");
        assertThat(program.run("inspect", nowhere)).isEqualTo(Main.WRONG_USE);
        assertThat(program.err())
                .isEqualTo("inkling: no model folder '" + nowhere + "'; train one with 'inkling train'\n");
    }
}

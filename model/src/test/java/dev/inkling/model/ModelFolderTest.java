package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.FloatNdArray;

class ModelFolderTest {

    @TempDir
    Path temp;

    private Path folder;
    private ModelCard written;

    @BeforeEach
    void write() {
        folder = temp.resolve("run/model");
        written = ModelFixtures.write(folder, ModelFixtures.SMALL, RandomWeights.of(ModelFixtures.SMALL, 1));
    }

    private void assertRefused(Path which, String message) {
        assertThatThrownBy(() -> TensorFlowModel.load(which))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void cardSurvivesTheRoundTrip() {
        try (TensorFlowModel model = TensorFlowModel.load(folder)) {
            assertThat(model.card()).contains(written);
            assertThat(written.parameters()).isEqualTo(ModelFixtures.SMALL.parameterCount());
            assertThat(written.layers())
                    .filteredOn(layer -> layer.name().equals("block3/conv2"))
                    .containsExactly(
                            new ModelCard.CardLayer("block3/conv2", Kind.CONVOLUTION, 2, 3, 6, "block3/conv2/Relu:0"));
        }
    }

    @Test
    void cardIsRewrittenInPlace() throws IOException {
        SavedModelWriter.writeCard(folder, written.finished(0.75, "inkling train"));
        try (TensorFlowModel model = TensorFlowModel.load(folder)) {
            assertThat(model.card().orElseThrow().accuracy()).isEqualTo(new ModelCard.Accuracy(0.5, 0.75));
        }
        try (var files = Files.list(folder.resolve("assets.extra"))) {
            assertThat(files).containsExactly(folder.resolve("assets.extra/model-card.json"));
        }
    }

    @Test
    void missingFolder() {
        assertRefused(
                temp.resolve("no"), "no model folder '" + temp.resolve("no") + "'; train one with 'inkling train'");
    }

    @Test
    void folderAboveTheModel() {
        assertRefused(
                temp.resolve("run"),
                "folder '" + temp.resolve("run") + "' is no SavedModel: it lacks saved_model.pb; did you mean '"
                        + folder + "'?");
    }

    @Test
    void foreignModel() throws IOException {
        FloatNdArray images = FloatArrays.of(RandomWeights.images(ModelFixtures.SMALL, 2, 5), 2, 8, 12, 2);
        float[] scores;
        String sha256;
        try (TensorFlowModel model = TensorFlowModel.load(folder)) {
            scores = FloatArrays.flat(model.scores(images));
            sha256 = model.sha256();
        }
        Files.delete(folder.resolve(ModelCard.PATH));
        try (TensorFlowModel model = TensorFlowModel.load(folder)) {
            assertThat(model.card()).isEmpty();
            assertThat(FloatArrays.flat(model.scores(images))).isEqualTo(scores);
            assertThat(model.sha256()).isEqualTo(sha256);
            assertThat(model.signature().lastConvolution())
                    .isEqualTo(new ModelSignature.Layer("block3/conv2/Relu", Kind.CONVOLUTION, 2, 3, 6));
            assertThat(model.found())
                    .contains(
                            "signature serving_default, image float32 (N, 8, 12, 2) in [0, 1], pixels taken for 0 to 1, which"
                                    + " --range can change, logits 'logits/BiasAdd', 3 classes without labels, 11 layers, CAM at"
                                    + " 'block3/conv2/Relu'");
        }
    }

    @Test
    void truncatedGraph() throws IOException {
        Path file = folder.resolve("saved_model.pb");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(folder, "'" + file + "' is damaged: ");
    }

    @Test
    void emptyGraph() throws IOException {
        Files.write(folder.resolve("saved_model.pb"), new byte[0]);
        assertRefused(folder, "model '" + folder + "' holds 0 graphs, expected one");
    }

    @Test
    void graphOfAnotherArchitecture() throws IOException {
        Path other = temp.resolve("other");
        Architecture wider = new Architecture(8, 12, 2, 3, new Design(List.of(4, 5, 9), 2, false, false, 7, 0.5));
        ModelFixtures.write(other, wider, RandomWeights.of(wider, 1));
        Files.copy(
                other.resolve("saved_model.pb"), folder.resolve("saved_model.pb"), StandardCopyOption.REPLACE_EXISTING);
        assertRefused(folder, "the model card says block3/conv1 has shape [-1, 2, 3, 6], the graph says [-1, 2, 3, 9]");
    }

    @Test
    void damagedCard() throws IOException {
        Path card = folder.resolve(ModelCard.PATH);
        String json = Files.readString(card);
        Files.writeString(card, json.substring(0, json.length() / 2));
        assertRefused(folder, "'" + card + "' is not a model card: ");
        Files.writeString(card, json.replace("\"format\" : 1", "\"format\" : 9"));
        assertRefused(folder, "'" + card + "' has format 9, this version of Inkling reads format 1");
        Files.writeString(card, json.replace("\"input\"", "\"entrance\""));
        assertRefused(folder, "'" + card + "' is not a model card: ");
        Files.writeString(card, json.replace("block3/conv2/Relu:0", "block3/conv2/Elu:0"));
        assertRefused(
                folder,
                "the model card names tensor 'block3/conv2/Elu:0' for layer 'block3/conv2', which the graph lacks");
    }
}

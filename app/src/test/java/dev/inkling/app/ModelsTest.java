package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.trainer.Evaluation;
import dev.inkling.trainer.Strokes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {

    private static final Path RESOURCES = Path.of("src/main/resources/dev/inkling/app/pretrained");

    /** What ships is small, says how it came to be, and is as good as it says: on digits that it has never seen, too. */
    @Test
    void pretrainedIsAGoodModelThatSaysHowItWasMade() throws IOException {
        try (TensorFlowModel model = Models.open("pretrained")) {
            ModelCard card = model.card().orElseThrow();
            assertThat(card.name()).isEqualTo("mnist");
            assertThat(card.accuracy().test()).isGreaterThan(0.995);
            assertThat(card.training().command())
                    .startsWith("inkling train --data mnist ")
                    .contains("--seed " + card.training().seed());
            assertThat(card.training().recipe()).containsEntry("epochs", 20);
            assertThat(card.parameters()).isEqualTo(322_922);
            assertThat(Evaluation.of(model, Strokes.standard().test().slice(0, 500), done -> {})
                            .accuracy())
                    .isGreaterThan(0.9);
        }
        long bytes;
        try (Stream<Path> files = Files.walk(RESOURCES)) {
            bytes = files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
        assertThat(bytes).isBetween(1_000_000L, 2_000_000L);
    }

    /** In the program the model lies in a jar, and a model lives on when its files are closed. */
    @Test
    void aModelCanBeLoadedFromAJar(@TempDir Path temp) throws IOException {
        URI jar = URI.create("jar:" + temp.resolve("program.jar").toUri());
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of("create", "true"))) {
            Path folder = files.getPath("/model");
            Files.createDirectories(folder.resolve("assets.extra"));
            for (String file : new String[] {"saved_model.pb", "assets.extra/model-card.json"}) {
                Files.copy(RESOURCES.resolve(file), folder.resolve(file));
            }
        }
        TensorFlowModel model;
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
            model = TensorFlowModel.load(files.getPath("/model"));
        }
        try (model;
                TensorFlowModel expected = Models.open("pretrained")) {
            assertThat(model.sha256()).isEqualTo(expected.sha256());
            assertThat(Evaluation.of(model, Strokes.standard().test().slice(0, 10), done -> {})
                            .loss())
                    .isEqualTo(Evaluation.of(expected, Strokes.standard().test().slice(0, 10), done -> {})
                            .loss());
        }
    }

    @Test
    void otherNamesAreFolders(@TempDir Path temp) {
        assertThatThrownBy(() -> Models.open(temp.resolve("none").toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("no model folder '" + temp.resolve("none") + "'; train one with 'inkling train'");
        assertThatThrownBy(() -> Models.open("./pretrained"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("no model folder './pretrained'; train one with 'inkling train'");
        assertThatThrownBy(() -> Models.open("a\0b"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("no model folder 'a");
    }
}

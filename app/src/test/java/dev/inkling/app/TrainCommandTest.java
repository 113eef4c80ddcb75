package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Training the whole way: from the command line, on a small folder of IDX files, to the files of the run. */
class TrainCommandTest {

    @TempDir
    Path temp;

    private final Program program = new Program();
    private Path data;
    private Path run;

    @BeforeEach
    void prepare() throws IOException {
        data = ModelFolder.writeData(temp.resolve("animals"), 40, ModelFolder.SIDE, "ant", "bee", "cow");
        run = temp.resolve("run");
    }

    @Test
    void trainsMeasuresAndDraws() throws IOException {
        assertThat(program.run("train", "--data", data, "--epochs", 2, "--batch-size", 8, "--out", run))
                .isEqualTo(Main.OK);

        JsonNode history = JsonMapper.shared().readTree(Files.readString(run.resolve("history.json")));
        assertThat(history.get("epochs")).hasSize(2);
        assertThat(history.get("settings").get("batchSize").asInt()).isEqualTo(8);
        assertThat(program.err())
                .contains("38 training images, 2 held out for validation")
                .containsPattern("epoch 2/2  loss \\d\\.\\d{4}  accuracy [\\d.]+ %  validation loss");
        BufferedImage curves = ImageIO.read(run.resolve("history.png").toFile());
        assertThat(curves.getWidth()).isGreaterThan(curves.getHeight());

        // The card's test accuracy is what evaluate finds.
        assertThat(program.run("evaluate", "--model", run.resolve("model"), "--data", data, "--json", "-"))
                .isEqualTo(Main.OK);
        double accuracy =
                JsonMapper.shared().readTree(program.out()).get("accuracy").asDouble();
        try (TensorFlowModel model = TensorFlowModel.load(run.resolve("model"))) {
            assertThat(model.card().orElseThrow().name()).isEqualTo("animals");
            assertThat(model.card().orElseThrow().accuracy().test()).isEqualTo(accuracy);
            assertThat(model.card().orElseThrow().training().trainingImages()).isEqualTo(38);
        }
    }

    @Test
    void trainsOnImageFilesWhoseFoldersNameTheClasses() throws IOException {
        Path photos = temp.resolve("photos");
        int[] colours = {0xFF0000, 0x00FF00, 0x2020FF};
        String[] names = {"T-shirt", "Ankle boot", "bag"};
        for (int i = 0; i < 60; i++) {
            BufferedImage image = new BufferedImage(20 + i % 5, 20, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 400; p++) {
                image.setRGB(p % 20, p / 20, colours[i % 3] & (p * 7919 + i) * 0x10101);
            }
            Path file = photos.resolve(names[i % 3]).resolve(i + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }

        assertThat(program.run("train", "--data", photos, "--epochs", 1, "--out", run))
                .isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).contains("scale all by --size, such as --size 20x2");
        assertThat(program.run(
                        "train", "--data", photos, "--size", "16x12", "--epochs", 1, "--batch-size", 9, "--out", run))
                .isEqualTo(Main.OK);

        try (TensorFlowModel model = TensorFlowModel.load(run.resolve("model"))) {
            assertThat(model.card().orElseThrow().labels()).containsExactly("Ankle boot", "T-shirt", "bag");
            assertThat(model.card().orElseThrow().name()).isEqualTo("photos");
            assertThat(model.card().orElseThrow().input()).isEqualTo(new ModelCard.Input(16, 12, 3, 0, 1));
        }
        // The model tells the size.
        assertThat(program.run("evaluate", "--model", run.resolve("model"), "--data", photos))
                .isEqualTo(Main.OK);
        assertThat(program.out()).contains("on 6 images of photos/test");
        Path report = temp.resolve("report");
        assertThat(program.run(
                        "explain",
                        "--model",
                        run.resolve("model"),
                        "--data",
                        photos,
                        "--index",
                        "0,5",
                        "--explainer",
                        "saliency",
                        "--out",
                        report))
                .isEqualTo(Main.OK);
        assertThat(report.resolve("0000-labelAnkle-boot/figure.png")).exists();
    }

    @Test
    void resumesWithMoreEpochs() throws IOException {
        assertThat(program.run("train", "--data", data, "--schedule", "constant", "--epochs", 1, "--out", run))
                .isEqualTo(Main.OK);
        assertThat(program.run(
                        "train", "--data", data, "--schedule", "constant", "--epochs", 2, "--out", run, "--resume"))
                .isEqualTo(Main.OK);
        assertThat(program.err())
                .contains("resuming in epoch 2 after 0 of 1 steps")
                .doesNotContain("epoch 1/2");
        JsonNode history = JsonMapper.shared().readTree(Files.readString(run.resolve("history.json")));
        assertThat(history.get("epochs")).hasSize(2);
        assertThat(run.resolve("tensorboard/training"))
                .as("a log for TensorBoard each time")
                .isDirectoryRecursivelyContaining("glob:**000.inkling")
                .satisfies(folder -> assertThat(folder.toFile().list()).hasSize(2));
    }

    @Test
    void theLogForTensorBoardCanBeTurnedOff() {
        assertThat(program.run("train", "--data", data, "--epochs", 1, "--out", run, "--no-tensorboard"))
                .isEqualTo(Main.OK);
        assertThat(run.resolve("tensorboard")).doesNotExist();
        assertThat(run.resolve("history.png")).exists();
    }

    @Test
    void previewDrawsAndTrainsNothing() throws IOException {
        Path file = temp.resolve("preview.png");
        assertThat(program.run("train", "--data", data, "--preview", file, "--erase", 1, "--out", run))
                .isEqualTo(Main.OK);
        assertThat(program.out().strip()).isEqualTo(file.toString());
        // Original, five effects of the default recipe, erasing, and four epochs; three classes.
        BufferedImage page = ImageIO.read(file.toFile());
        assertThat(page.getWidth()).isEqualTo(2 * 36 + 11 * 94 - 10);
        assertThat(run).doesNotExist();
        assertThat(program.run("train", "--data", data, "--preview", file, "--no-augmentation"))
                .isEqualTo(Main.WRONG_USE);
        assertThat(program.err())
                .isEqualTo(
                        "inkling: nothing to preview: this recipe has no augmentation; ask for some, such as --rotate 10"
                                + System.lineSeparator());
    }

    @Test
    void previewAndResumeContradictEachOther() {
        assertThat(program.run("train", "--data", data, "--preview", temp.resolve("p.png"), "--resume"))
                .isEqualTo(Main.WRONG_USE);
        assertThat(program.err())
                .isEqualTo(
                        "inkling: --preview trains nothing, so there is nothing to --resume; leave out one of the two"
                                + System.lineSeparator());
    }

    @Test
    void precisionIsSaidOutLoud() {
        program.run("train", "--data", data, "--epochs", 1, "--precision", "float32", "--out", run);
        assertThat(program.err()).startsWith("computing in float32" + System.lineSeparator());
    }

    @Test
    void wrongUseIsToldInOneLine() {
        assertThat(program.run("train", "--data", data, "--epochs", 0, "--batch-size", 0, "--out", run))
                .isEqualTo(Main.WRONG_USE);
        assertThat(program.err())
                .isEqualTo("inkling: epochs is 0, expected at least 1; batch size is 0, expected at least 1"
                        + System.lineSeparator());
        assertThat(program.run("train", "--data", temp.resolve("nowhere"), "--out", run))
                .isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).startsWith("inkling: no data '" + temp.resolve("nowhere") + "'; expected mnist");
        assertThat(program.run("train", "--data", data, "--out", run, "--resume"))
                .isEqualTo(Main.WRONG_USE);
        assertThat(program.err()).contains("it has no checkpoint; train without --resume");
        assertThat(run).doesNotExist();
    }

    @Test
    void divergenceIsAFailureThatSaysWhatToDo() {
        assertThat(program.run("train", "--data", data, "--learning-rate", "1e30", "--epochs", 9, "--out", run))
                .isEqualTo(Main.FAILURE);
        assertThat(program.err()).contains("training diverged: the ").contains("try a smaller");
    }
}

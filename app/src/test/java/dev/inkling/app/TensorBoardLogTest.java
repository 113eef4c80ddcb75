package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyDouble;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.EpochMetrics;
import dev.inkling.trainer.EventFile;
import dev.inkling.trainer.TrainingListener.EpochEnd;
import dev.inkling.trainer.TrainingListener.Plan;
import dev.inkling.trainer.TrainingListener.Step;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.MockedStatic;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

class TensorBoardLogTest {

    @TempDir
    Path temp;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private TensorBoardLog log() {
        byte[] pixels = new byte[3 * ModelFolder.SIDE * ModelFolder.SIDE];
        new Random(1).nextBytes(pixels);
        Dataset data = Dataset.of(
                "animals/train",
                ModelFolder.SIDE,
                ModelFolder.SIDE,
                1,
                pixels,
                new byte[] {2, 1, 0},
                ModelFolder.LABELS);
        return new TensorBoardLog(
                new Terminal(
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8)),
                temp.resolve("tensorboard"),
                data,
                new int[] {2, 0},
                Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC));
    }

    private static Plan plan(int firstEpoch, int batchesDone) {
        return new Plan(1050, 100, 1, firstEpoch, batchesDone, 105, 9);
    }

    private static Step step(int epoch, int batch, double loss) {
        return new Step(epoch, batch, 10 * batch, loss, 0, 0, loss / 100);
    }

    private static EpochEnd end(int epoch, Path checkpoint) {
        return new EpochEnd(
                new EpochMetrics(epoch, 0.5, 0.75, 0.25, 0.875, 0.001, 2, 525),
                true,
                Map.of("block1/conv1/kernel", new float[] {1, 2, 4}),
                Optional.of(checkpoint));
    }

    /** What a file holds but for its first two events, which are the same in all. */
    private List<Event> events(String part) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(temp.resolve("tensorboard").resolve(part))) {
            files = all.toList();
        }
        assertThat(files).hasSize(1);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(files.get(0))).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] event = new byte[Math.toIntExact(bytes.getLong())];
            bytes.position(bytes.position() + 4).get(event).position(bytes.position() + 4);
            events.add(Event.parseFrom(event));
        }
        return events;
    }

    private static Stream<Summary.Value> values(List<Event> events, String tag) {
        return events.stream()
                .flatMap(event -> event.getSummary().getValueList().stream())
                .filter(value -> value.getTag().equals(tag));
    }

    private static List<Long> steps(List<Event> events, String tag) {
        return events.stream()
                .filter(event -> event.getSummary().getValueList().stream()
                        .anyMatch(value -> value.getTag().equals(tag)))
                .map(Event::getStep)
                .toList();
    }

    @Test
    void anEpochsFiguresWeightsAndExplanations() throws IOException {
        Path checkpoint = ModelFolder.write(temp.resolve("checkpoint"));
        try (TensorBoardLog log = log()) {
            log.started(plan(1, 0));
            log.epoch(end(2, checkpoint));
        }

        List<Event> training = events("training");
        assertThat(training.get(1).getStep()).as("the first step to come").isEqualTo(1);
        assertThat(steps(training, "epoch/loss")).containsExactly(210L);
        assertThat(values(training, "epoch/loss").map(Summary.Value::getSimpleValue))
                .containsExactly(0.5f);
        assertThat(values(training, "epoch/accuracy").map(Summary.Value::getSimpleValue))
                .containsExactly(0.75f);
        assertThat(values(training, "epoch/learning rate").map(Summary.Value::getSimpleValue))
                .containsExactly(0.001f);
        assertThat(values(training, "epoch/images per second").map(Summary.Value::getSimpleValue))
                .containsExactly(525f);
        assertThat(values(training, "block1/conv1/kernel")
                        .map(value -> value.getHisto().getSum()))
                .containsExactly(7.0);
        List<Event> validation = events("validation");
        assertThat(steps(validation, "epoch/loss")).containsExactly(210L);
        assertThat(values(validation, "epoch/loss").map(Summary.Value::getSimpleValue))
                .containsExactly(0.25f);
        assertThat(values(validation, "epoch/accuracy").map(Summary.Value::getSimpleValue))
                .containsExactly(0.875f);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();

        assertThat(steps(training, "attention/bee")).as("not watched").isEmpty();
        for (String label : List.of("ant", "cow")) {
            Summary.Image image = values(training, "attention/" + label)
                    .findFirst()
                    .orElseThrow()
                    .getImage();
            BufferedImage picture = ImageIO.read(
                    new ByteArrayInputStream(image.getEncodedImageString().toByteArray()));
            assertThat(picture.getWidth()).isEqualTo(image.getWidth());
            assertThat(picture.getHeight()).isEqualTo(image.getHeight());
        }
    }

    @Test
    void aPointIsTheMeanOfTheStepsSinceTheLast() throws IOException {
        try (TensorBoardLog log = log()) {
            log.started(plan(1, 0));
            log.step(step(1, 1, 3));
            log.step(step(1, 50, 1));
            log.step(step(1, 51, 0.9));
            log.step(step(1, 100, 0.75));
            // Each epoch begins anew.
            log.step(step(2, 1, 0.5));
            log.step(step(2, 50, 0.4));
        }

        List<Event> training = events("training");
        assertThat(steps(training, "step/loss")).containsExactly(50L, 100L, 155L);
        List<Float> losses =
                values(training, "step/loss").map(Summary.Value::getSimpleValue).toList();
        assertThat(losses.get(0)).isEqualTo(1f);
        // 1 over 500 images and x over 500 more are 0.75 over all.
        assertThat(losses.get(1)).isCloseTo(0.5f, within(1e-6f));
        assertThat(losses.get(2)).isCloseTo(0.4f, within(1e-6f));
        assertThat(values(training, "step/learning rate").map(Summary.Value::getSimpleValue))
                .containsExactly(0.01f, 0.0075f, 0.004f);
    }

    @Test
    void aResumedRunGoesOnInTheMiddleOfAnEpoch() throws IOException {
        try (TensorBoardLog log = log()) {
            log.started(plan(3, 20));
            log.step(step(3, 21, 2));
            log.step(step(3, 50, 1));
        }

        List<Event> training = events("training");
        assertThat(training.get(1).getStep()).isEqualTo(2 * 105 + 21);
        assertThat(steps(training, "step/loss")).containsExactly(260L);
        // 2 over 210 images and x over 290 more are 1 over all 500.
        assertThat(values(training, "step/loss").findFirst().orElseThrow().getSimpleValue())
                .isCloseTo((500 - 420) / 290f, within(1e-6f));
    }

    @Test
    void withoutExplanationsTheCurvesGoOn() throws IOException {
        try (TensorBoardLog log = log()) {
            log.started(plan(1, 0));
            log.epoch(end(1, temp.resolve("nowhere")));
            log.epoch(end(2, temp.resolve("nowhere")));
        }

        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .startsWith("TensorBoard will show no explanations: ")
                .contains("nowhere");
        assertThat(steps(events("training"), "epoch/loss")).containsExactly(105L, 210L);
    }

    @Test
    void aFolderThatCanNotBeMadeIsToldOnce() throws IOException {
        Files.writeString(temp.resolve("tensorboard"), "a file");
        try (TensorBoardLog log = log()) {
            log.started(plan(1, 0));
            log.step(step(1, 50, 1));
            log.epoch(end(1, temp));
        }

        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .startsWith("cannot write the log for TensorBoard to " + temp.resolve("tensorboard") + " (")
                .endsWith("); training goes on without it");
    }

    @Test
    void aFullDiskIsToldOnce() throws IOException {
        EventFile full = mock();
        doThrow(new IOException("No space left on device")).when(full).scalar(anyString(), anyLong(), anyDouble());
        doThrow(new IOException("No space left on device")).when(full).close();
        try (MockedStatic<EventFile> files = mockStatic(EventFile.class);
                TensorBoardLog log = log()) {
            files.when(() -> EventFile.create(any(), anyLong(), any())).thenReturn(full);
            log.started(plan(1, 0));
            log.step(step(1, 50, 1));
            log.step(step(1, 100, 1));
            log.epoch(end(1, temp));
        }

        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .contains("No space left on device");
        verify(full, times(2)).close();
    }
}

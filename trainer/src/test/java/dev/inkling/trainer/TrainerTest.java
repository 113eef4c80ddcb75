package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import com.google.inject.Guice;
import dev.inkling.model.Architecture;
import dev.inkling.model.Design;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.InOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrainerTest {

    private static final TrainSettings SETTINGS = new TrainSettings(3, 32, 0.003, 0.2, 0.25, 5);
    private static final Dataset DATA = Patterns.bars(200, 1);

    @TempDir
    Path temp;

    private static Trainer trainer(TrainSettings settings, Path folder, TrainingListener listener) {
        return Guice.createInjector(new TrainerModule(settings, DATA, new RunFolder(folder), listener))
                .getInstance(Trainer.class);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static JsonNode epochs(Path run) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(run.resolve("history.json")))
                .get("epochs");
    }

    @Test
    void learnsAndLeavesModelCheckpointsAndHistory() throws IOException {
        Path run = temp.resolve("run");
        assertThat(trainer(new TrainSettings(6, 32, 0.003, 0.2, 0.25, 5), run, TrainingListener.NONE)
                        .train())
                .isEqualTo(Trainer.Outcome.COMPLETE);
        assertThat(names(run)).containsExactly("checkpoints", "history.json", "model");
        assertThat(names(run.resolve("checkpoints")))
                .containsExactly("epoch-001", "epoch-002", "epoch-003", "epoch-004", "epoch-005", "epoch-006");
        double best = 0;
        int bestEpoch = 0;
        for (JsonNode epoch : epochs(run)) {
            if (epoch.get("validationAccuracy").asDouble() > best) {
                best = epoch.get("validationAccuracy").asDouble();
                bestEpoch = epoch.get("epoch").asInt();
            }
        }
        try (TensorFlowModel model = TensorFlowModel.load(run.resolve("model"));
                TensorFlowModel checkpoint = TensorFlowModel.load(run.resolve("checkpoints/epoch-00" + bestEpoch))) {
            assertThat(model.card().training().epoch()).isEqualTo(bestEpoch);
            assertThat(model.card().accuracy().validation()).isEqualTo(best);
            assertThat(model.sha256()).isEqualTo(checkpoint.sha256());
            assertThat(Evaluation.of(model, Patterns.bars(200, 2), done -> {}).accuracy())
                    .isGreaterThan(0.9);
            // The validation figure is that of the images held out, computed here by the exported model.
            int[] held = new BatchOrder(DATA.size(), 0.2, 5).validation();
            float[] logits = FloatArrays.flat(model.scores(DATA.images(held)));
            int right = 0;
            for (int n = 0; n < held.length; n++) {
                int predicted = 0;
                for (int k = 1; k < 3; k++) {
                    predicted = logits[n * 3 + k] > logits[n * 3 + predicted] ? k : predicted;
                }
                right += predicted == DATA.label(held[n]) ? 1 : 0;
            }
            assertThat((double) right / held.length).isCloseTo(best, within(1e-9));
        }
    }

    @Test
    void seedDecides() throws IOException {
        trainer(SETTINGS, temp.resolve("a"), TrainingListener.NONE).train();
        trainer(SETTINGS, temp.resolve("b"), TrainingListener.NONE).train();
        trainer(new TrainSettings(3, 32, 0.003, 0.2, 0.25, 6), temp.resolve("c"), TrainingListener.NONE)
                .train();
        for (int epoch = 0; epoch < 3; epoch++) {
            double loss = epochs(temp.resolve("a")).get(epoch).get("loss").asDouble();
            assertThat(epochs(temp.resolve("b")).get(epoch).get("loss").asDouble())
                    .isCloseTo(loss, within(1e-6));
            assertThat(epochs(temp.resolve("c")).get(epoch).get("loss").asDouble())
                    .isNotCloseTo(loss, within(1e-5));
        }
    }

    @Test
    void aStoppedRunGoesOnWhereItWas() throws IOException {
        trainer(SETTINGS, temp.resolve("whole"), TrainingListener.NONE).train();

        Path run = temp.resolve("stopped");
        List<Trainer> stopped = new ArrayList<>();
        TrainingListener stopper = new TrainingListener() {
            @Override
            public void step(Step step) {
                if (step.epoch() == 2 && step.batch() == 3) {
                    stopped.get(0).stop();
                }
            }
        };
        stopped.add(trainer(SETTINGS, run, stopper));
        assertThat(stopped.get(0).train()).isEqualTo(Trainer.Outcome.STOPPED);
        assertThat(names(run.resolve("checkpoints"))).containsExactly("epoch-001", "epoch-002-batch-0003");
        try (TensorFlowModel half = TensorFlowModel.load(run.resolve("checkpoints/epoch-002-batch-0003"))) {
            assertThat(half.card().training().steps()).isEqualTo(5 + 3);
            assertThat(half.card().accuracy().validation()).isNull();
        }

        List<TrainingListener.Step> seen = new ArrayList<>();
        TrainingListener watcher = new TrainingListener() {
            @Override
            public void step(Step step) {
                seen.add(step);
            }
        };
        assertThat(trainer(SETTINGS, run, watcher).resume()).isEqualTo(Trainer.Outcome.COMPLETE);
        assertThat(seen.get(0).epoch()).isEqualTo(2);
        assertThat(seen.get(0).batch()).isEqualTo(4);
        assertThat(names(run.resolve("checkpoints"))).containsExactly("epoch-001", "epoch-002", "epoch-003");
        for (int epoch = 0; epoch < 3; epoch++) {
            for (String figure : List.of("loss", "validationLoss")) {
                assertThat(epochs(run).get(epoch).get(figure).asDouble())
                        .as("%s of epoch %d", figure, epoch + 1)
                        .isCloseTo(
                                epochs(temp.resolve("whole"))
                                        .get(epoch)
                                        .get(figure)
                                        .asDouble(),
                                within(1e-9));
            }
        }
    }

    @Test
    void aFinishedRunCanBeGivenMoreEpochs() throws IOException {
        trainer(new TrainSettings(1, 32, 0.003, 0.2, 0.25, 5), temp, TrainingListener.NONE)
                .train();
        trainer(SETTINGS, temp, TrainingListener.NONE).resume();
        assertThat(epochs(temp)).hasSize(3);
    }

    @Test
    void listenerHearsEverythingInOrder() throws IOException {
        TrainingListener listener = mock(TrainingListener.class);
        trainer(new TrainSettings(2, 32, 0.003, 0.2, 0.25, 5), temp, listener).train();
        InOrder order = inOrder(listener);
        order.verify(listener).started(eq(new TrainingListener.Plan(160, 40, parameters(), 1, 0, 5, 2)));
        order.verify(listener, times(5)).step(argThat(step -> step.epoch() == 1));
        order.verify(listener).epoch(argThat(end -> end.metrics().epoch() == 1 && end.best()));
        order.verify(listener, times(5)).step(argThat(step -> step.epoch() == 2));
        order.verify(listener).epoch(any());
        order.verifyNoMoreInteractions();
        verify(listener).step(argThat(step -> step.epoch() == 2 && step.batch() == 5 && step.images() == 160));
    }

    private static long parameters() {
        return new Architecture(8, 8, 1, 3, Design.REFERENCE).parameterCount();
    }

    @Test
    void aFailingListenerLeavesNothingHalfWritten() throws IOException {
        TrainingListener listener = mock(TrainingListener.class);
        doAnswer(call -> {
                    TrainingListener.Step step = call.getArgument(0);
                    if (step.epoch() == 2) {
                        throw new IllegalStateException("the power is out");
                    }
                    return null;
                })
                .when(listener)
                .step(any());
        assertThatThrownBy(() -> trainer(SETTINGS, temp, listener).train()).hasMessage("the power is out");
        assertThat(names(temp.resolve("checkpoints"))).containsExactly("epoch-001");
        assertThat(trainer(SETTINGS, temp, TrainingListener.NONE).resume()).isEqualTo(Trainer.Outcome.COMPLETE);
    }

    @Test
    void divergenceIsToldWithStepAndLearningRate() {
        assertThatThrownBy(() -> trainer(new TrainSettings(3, 32, 1e30, 0.2, 0.25, 5), temp, TrainingListener.NONE)
                        .train())
                .isInstanceOf(DivergedException.class)
                .hasMessageMatching("training diverged: the loss is not finite at step \\d+ \\(epoch 1, learning rate"
                        + " 1.0E30\\); the checkpoints of the epochs before are kept, try a smaller learning rate");
    }

    @Test
    void refusesAFolderWithARunAndAResumeOfSomethingElse() throws IOException {
        trainer(new TrainSettings(1, 32, 0.003, 0.2, 0.25, 5), temp, TrainingListener.NONE)
                .train();
        assertThatThrownBy(() -> trainer(SETTINGS, temp, TrainingListener.NONE).train())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("'" + temp + "' holds a run already; continue it with --resume or choose another folder");
        assertThatThrownBy(() -> trainer(new TrainSettings(3, 16, 0.003, 0.2, 0.25, 5), temp, TrainingListener.NONE)
                        .resume())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("can not resume: the run was started with TrainSettings[epochs=1, batchSize=32")
                .hasMessageEndingWith("only the number of epochs may change");
        Trainer other = new Trainer(SETTINGS, Patterns.bars(200, 9), new RunFolder(temp), TrainingListener.NONE);
        assertThatThrownBy(other::resume).hasMessageStartingWith("can not resume: the run was started on other data");
        assertThatThrownBy(() -> trainer(SETTINGS, temp.resolve("empty"), TrainingListener.NONE)
                        .resume())
                .hasMessage("nothing to resume in '" + temp.resolve("empty")
                        + "': it has no checkpoint; train without --resume");
    }

    @Test
    void refusesAFolderThatCanNotBeMade() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        assertThatThrownBy(() -> trainer(SETTINGS, file.resolve("run"), TrainingListener.NONE)
                        .train())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("cannot write to '" + file.resolve("run") + "'");
    }

    @Test
    void damagedProgressIsToldWithWhatToDo() throws IOException {
        trainer(new TrainSettings(1, 32, 0.003, 0.2, 0.25, 5), temp, TrainingListener.NONE)
                .train();
        Path checkpoint = temp.resolve("checkpoints/epoch-001");
        Files.writeString(checkpoint.resolve("resume/progress.json"), "{");
        assertThatThrownBy(() -> trainer(SETTINGS, temp, TrainingListener.NONE).resume())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("checkpoint '" + checkpoint + "' can not be read: ")
                .hasMessageEndingWith("; remove it to go on from the one before");
    }

    @Test
    void settingsTellAllProblemsAtOnce() {
        assertThatThrownBy(() -> new TrainSettings(0, 0, Double.NaN, 1, 1, 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "epochs is 0, expected at least 1; batch size is 0, expected at least 1; learning rate is NaN,"
                                + " expected a number above 0; validation share is 1.0, expected a number between 0 and 1; dropout"
                                + " is 1.0, expected 0 to below 1");
    }
}

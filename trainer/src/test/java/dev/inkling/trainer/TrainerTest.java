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

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.inject.Guice;
import dev.inkling.model.Architecture;
import dev.inkling.model.Design;
import dev.inkling.model.Precision;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    private static final TrainSettings SETTINGS = Recipes.plain(3, 5);
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
        assertThat(trainer(Recipes.plain(6, 5), run, TrainingListener.NONE).train())
                .isEqualTo(Trainer.Outcome.COMPLETE);
        assertThat(names(run)).containsExactly("checkpoints", "history.json", "model");
        assertThat(names(run.resolve("checkpoints")))
                .containsExactly("epoch-001", "epoch-002", "epoch-003", "epoch-004", "epoch-005", "epoch-006");
        double highest = 0;
        for (JsonNode epoch : epochs(run)) {
            highest = Math.max(highest, epoch.get("validationAccuracy").asDouble());
        }
        double best = 0;
        int bestEpoch = 0;
        for (JsonNode epoch : epochs(run)) {
            double accuracy = epoch.get("validationAccuracy").asDouble();
            if (accuracy >= highest - Math.sqrt(highest * (1 - highest) / 40)) {
                best = accuracy;
                bestEpoch = epoch.get("epoch").asInt();
            }
        }
        try (TensorFlowModel model = TensorFlowModel.load(run.resolve("model"));
                TensorFlowModel checkpoint = TensorFlowModel.load(run.resolve("checkpoints/epoch-00" + bestEpoch))) {
            assertThat(model.card().orElseThrow().training().epoch()).isEqualTo(bestEpoch);
            assertThat(model.card().orElseThrow().accuracy().validation()).isEqualTo(best);
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

    /** Of 100 images: 0.90 has a standard error of 0.03, so 0.88 after it is as good and 0.86 is not. */
    @Test
    void theLatestOfEpochsThatCanNotBeToldApartIsKept() {
        assertThat(kept(0.5, 0.90, 0.88, 0.86)).isEqualTo(3);
        assertThat(kept(0.5, 0.90, 0.869)).isEqualTo(2);
        assertThat(kept(0.90, 0.95, 0.94)).isEqualTo(3);
        assertThat(kept(1, 0.999, 1, 0.999)).isEqualTo(3);
        assertThat(Progress.start(SETTINGS, "00").best(100)).isEmpty();
    }

    private static int kept(double... accuracies) {
        List<EpochMetrics> epochs = new ArrayList<>();
        for (double accuracy : accuracies) {
            epochs.add(new EpochMetrics(epochs.size() + 1, 0, 0, 0, accuracy, 0, 1, 1));
        }
        return new Progress(SETTINGS, "00", epochs.size() + 1, 0, 0, TrainingGraph.Sums.NONE, 0, epochs)
                .best(100)
                .orElseThrow()
                .epoch();
    }

    @Test
    void seedDecides() throws IOException {
        trainer(SETTINGS, temp.resolve("a"), TrainingListener.NONE).train();
        trainer(SETTINGS, temp.resolve("b"), TrainingListener.NONE).train();
        trainer(Recipes.plain(3, 6), temp.resolve("c"), TrainingListener.NONE).train();
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
            assertThat(half.card().orElseThrow().training().steps()).isEqualTo(5 + 3);
            assertThat(half.card().orElseThrow().accuracy().validation()).isNull();
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
        trainer(Recipes.plain(1, 5), temp, TrainingListener.NONE).train();
        trainer(SETTINGS, temp, TrainingListener.NONE).resume();
        assertThat(epochs(temp)).hasSize(3);
    }

    @Test
    void listenerHearsEverythingInOrder() throws IOException {
        TrainingListener listener = mock(TrainingListener.class);
        trainer(Recipes.plain(2, 5), temp, listener).train();
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
        assertThatThrownBy(() -> trainer(
                                Recipes.of(
                                        3,
                                        32,
                                        new OptimizerSettings(1e30, Schedule.CONSTANT, 0, 0, 0, 0.99),
                                        AugmentationSettings.NONE,
                                        5),
                                temp,
                                TrainingListener.NONE)
                        .train())
                .isInstanceOf(DivergedException.class)
                .hasMessageMatching("training diverged: the loss is not finite at step \\d+ \\(epoch 1, learning rate"
                        + " 1.0E30\\); the checkpoints of the epochs before are kept, try a smaller learning rate");
    }

    @Test
    void refusesAFolderWithARunAndAResumeOfSomethingElse() throws IOException {
        trainer(Recipes.plain(1, 5), temp, TrainingListener.NONE).train();
        assertThatThrownBy(() -> trainer(SETTINGS, temp, TrainingListener.NONE).train())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("'" + temp + "' holds a run already; continue it with --resume or choose another folder");
        assertThatThrownBy(() -> trainer(
                                Recipes.of(1, 16, Recipes.ADAM, AugmentationSettings.NONE, 6),
                                temp,
                                TrainingListener.NONE)
                        .resume())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "can not resume: the run was started with other settings: batchSize was 32, now 16, seed was 5, now 6;"
                                + " only the number of epochs may change");
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
    void aRunWhoseRatesFollowAPlanKeepsIt() throws IOException {
        OptimizerSettings cosine = new OptimizerSettings(0.003, Schedule.COSINE, 0, 0, 0, 0.99);
        trainer(Recipes.of(1, 32, cosine, AugmentationSettings.NONE, 5), temp, TrainingListener.NONE)
                .train();
        assertThatThrownBy(() -> trainer(
                                Recipes.of(2, 32, cosine, AugmentationSettings.NONE, 5), temp, TrainingListener.NONE)
                        .resume())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "can not resume for 2 epochs: the run was planned for 1, and its learning rate has followed that"
                                + " plan; resume with 1, or train anew (with a constant learning rate the number may change)");
    }

    /** Every step's learning rate is that of the schedule, counted over the whole run, through a stop and a resume as well. */
    @Test
    void everyStepFollowsTheSchedule() throws IOException {
        OptimizerSettings cycle = new OptimizerSettings(0.01, Schedule.ONE_CYCLE, 0.3, 0, 0, 0.99);
        TrainSettings settings = Recipes.of(2, 32, cycle, AugmentationSettings.NONE, 5);
        List<Double> rates = new ArrayList<>();
        List<Trainer> stopped = new ArrayList<>();
        TrainingListener watcher = new TrainingListener() {
            @Override
            public void step(Step step) {
                rates.add(step.learningRate());
                if (rates.size() == 4) {
                    stopped.get(0).stop();
                }
            }
        };
        stopped.add(trainer(settings, temp, watcher));
        stopped.get(0).train();
        trainer(settings, temp, watcher).resume();
        assertThat(rates).hasSize(10);
        for (int step = 0; step < 10; step++) {
            assertThat(rates.get(step)).isEqualTo(0.01 * Schedule.ONE_CYCLE.share(step / 10.0, 0.3));
        }
        assertThat(epochs(temp).get(0).get("learningRate").asDouble()).isEqualTo(rates.get(4));
    }

    /** What a run leaves when it is killed while it writes its third checkpoint, and with part of the second lost. */
    @Test
    void aDamagedCheckpointIsToldAndTheOneBeforeTaken() throws IOException {
        TrainSettings settings =
                Recipes.of(3, 32, Recipes.ADAM, new AugmentationSettings(10, 0.1, 0, 0, 20, 4, 0, 0.5), 5);
        trainer(settings, temp.resolve("whole"), TrainingListener.NONE).train();
        Path run = temp.resolve("damaged");
        trainer(settings, run, TrainingListener.NONE).train();
        Path checkpoints = run.resolve("checkpoints");
        Files.move(checkpoints.resolve("epoch-003"), checkpoints.resolve("epoch-003.part"));
        Files.delete(checkpoints.resolve("epoch-003.part/SHA256SUMS"));
        Path state;
        try (Stream<Path> files = Files.list(checkpoints.resolve("epoch-002/resume"))) {
            state = files.filter(file -> file.toString().contains("data-"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(state);
        bytes[bytes.length / 2] ^= 1;
        Files.write(state, bytes);

        TrainingListener listener = mock(TrainingListener.class);
        assertThat(trainer(settings, run, listener).resume()).isEqualTo(Trainer.Outcome.COMPLETE);
        verify(listener)
                .warning("checkpoint '" + checkpoints.resolve("epoch-002") + "' is damaged: resume/"
                        + state.getFileName() + " is not as it was written; going back to the one before");
        verify(listener).started(argThat(plan -> plan.firstEpoch() == 2));
        assertThat(names(checkpoints)).containsExactly("epoch-001", "epoch-002", "epoch-003");
        assertSameWeights(temp.resolve("whole"), run, 3);
    }

    /** Bit for bit: weights, averages and Adam's moments, as TensorFlow wrote them. */
    private static void assertSameWeights(Path one, Path other, int epoch) throws IOException {
        Path state = Path.of("checkpoints/epoch-00" + epoch + "/resume/state.data-00000-of-00001");
        assertThat(other.resolve(state)).hasSameBinaryContentAs(one.resolve(state));
    }

    @Test
    void aRunWithAugmentationAndDropoutResumesBitForBit() throws IOException {
        TrainSettings base =
                Recipes.of(2, 32, Recipes.ADAM, new AugmentationSettings(10, 0.1, 0.1, 5, 20, 4, 0.5, 0.5), 7);
        TrainSettings settings = new TrainSettings(
                2, 32, 0.2, base.optimizer(), base.augmentation(), base.design(), Precision.FLOAT32, true, 7);
        trainer(settings, temp.resolve("whole"), TrainingListener.NONE).train();
        List<Trainer> stopped = new ArrayList<>();
        TrainingListener stopper = new TrainingListener() {
            @Override
            public void step(Step step) {
                if (step.epoch() == 2 && step.batch() == 2) {
                    stopped.get(0).stop();
                }
            }
        };
        Path run = temp.resolve("stopped");
        stopped.add(trainer(settings, run, stopper));
        stopped.get(0).train();
        trainer(settings, run, TrainingListener.NONE).resume();
        assertSameWeights(temp.resolve("whole"), run, 2);
    }

    @Test
    void nothingWholeToGoBackTo() throws IOException {
        trainer(Recipes.plain(1, 5), temp, TrainingListener.NONE).train();
        Files.writeString(temp.resolve("checkpoints/epoch-001/resume/progress.json"), "{");
        assertThatThrownBy(() -> trainer(SETTINGS, temp, TrainingListener.NONE).resume())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("nothing to resume in '" + temp
                        + "': all its checkpoints are damaged; remove it and train without --resume");
    }

    /** Killed after its checkpoint and before its model: resuming makes good for it. */
    @Test
    void aRunThatLostItsModelGetsItBack() throws IOException {
        trainer(Recipes.plain(1, 5), temp, TrainingListener.NONE).train();
        Files.delete(temp.resolve("model/saved_model.pb"));
        Files.delete(temp.resolve("history.json"));
        trainer(Recipes.plain(1, 5), temp, TrainingListener.NONE).resume();
        assertThat(temp.resolve("model/saved_model.pb"))
                .hasSameBinaryContentAs(temp.resolve("checkpoints/epoch-001/saved_model.pb"));
        assertThat(epochs(temp)).hasSize(1);
    }

    /** The folder is lost during the first epoch and back during the second: one warning, and the best model still arrives. */
    @Test
    void aFolderThatVanishesIsToldAndTriedAgain() throws IOException {
        Path run = temp.resolve("run");
        List<String> warnings = new ArrayList<>();
        TrainingListener.EpochEnd[] ends = new TrainingListener.EpochEnd[2];
        TrainingListener saboteur = new TrainingListener() {
            @Override
            public void step(Step step) {
                try {
                    if (step.epoch() == 1 && step.batch() == 1) {
                        MoreFiles.deleteRecursively(run, RecursiveDeleteOption.ALLOW_INSECURE);
                        Files.writeString(run, "a file in its place");
                    } else if (step.epoch() == 2 && step.batch() == 1) {
                        Files.delete(run);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void epoch(EpochEnd end) {
                ends[end.metrics().epoch() - 1] = end;
            }

            @Override
            public void warning(String message) {
                warnings.add(message);
            }
        };
        assertThat(trainer(Recipes.plain(2, 5), run, saboteur).train()).isEqualTo(Trainer.Outcome.COMPLETE);
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0))
                .startsWith("epoch 1 could not be saved: ")
                .endsWith("; training goes on and saves again after the next epoch");
        assertThat(ends[0].checkpoint()).isEmpty();
        assertThat(ends[1].checkpoint()).contains(run.resolve("checkpoints/epoch-002"));
        try (TensorFlowModel model = TensorFlowModel.load(run.resolve("model"))) {
            assertThat(model.card().orElseThrow().training().epoch()).isEqualTo(ends[1].best() ? 2 : 1);
        }
    }

    @Test
    void aLastEpochThatCanNotBeSavedIsAFailure() {
        Path run = temp.resolve("run");
        TrainingListener saboteur = new TrainingListener() {
            @Override
            public void step(Step step) {
                try {
                    if (step.batch() == 1) {
                        MoreFiles.deleteRecursively(run, RecursiveDeleteOption.ALLOW_INSECURE);
                        Files.writeString(run, "a file in its place");
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        assertThatThrownBy(() -> trainer(Recipes.plain(1, 5), run, saboteur).train())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("epoch 1 could not be saved: ")
                .hasMessageEndingWith("; earlier checkpoints are kept, make room and go on with --resume");
    }

    @Test
    void checkpointsAreOrderedByHowFarTheyGot() throws IOException {
        for (String name : List.of(
                "epoch-999", "epoch-1000-batch-0007", "epoch-1000", "epoch-1000-batch-10007", "epoch-002.part")) {
            Files.createDirectories(temp.resolve("checkpoints").resolve(name));
        }
        assertThat(new RunFolder(temp).checkpointsLatestFirst())
                .extracting(folder -> folder.getFileName().toString())
                .containsExactly("epoch-1000", "epoch-1000-batch-10007", "epoch-1000-batch-0007", "epoch-999");
    }

    /** A checkpoint that failed takes no room: neither its own, nor what a kill left of another. */
    @Test
    void nothingIsLeftOfACheckpointThatFailed() throws IOException {
        Path part = temp.resolve("checkpoints/epoch-007.part");
        Files.createDirectories(part);
        Files.writeString(part.resolve("half"), "a file");
        RunFolder folder = new RunFolder(temp);
        Progress progress = Progress.start(SETTINGS, "00");
        assertThatThrownBy(() -> folder.save(progress, made -> {
                    Files.writeString(made.resolve("something"), "half");
                    throw new IOException("No space left on device");
                }))
                .hasMessage("No space left on device");
        assertThat(names(temp.resolve("checkpoints"))).isEmpty();
    }

    @Test
    void settingsTellAllProblemsAtOnce() {
        assertThatThrownBy(() -> new TrainSettings(
                        0,
                        0,
                        1,
                        Recipes.ADAM,
                        AugmentationSettings.NONE,
                        Design.REFERENCE,
                        Precision.FLOAT32,
                        false,
                        0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "epochs is 0, expected at least 1; batch size is 0, expected at least 1; validation share is 1.0,"
                                + " expected a number between 0 and 1");
        assertThatThrownBy(() -> new OptimizerSettings(Double.NaN, Schedule.CONSTANT, 0.1, -1, 1, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "learning rate is NaN, expected a number above 0; weight decay is -1.0, expected a number of at"
                                + " least 0; label smoothing is 1.0, expected 0 to below 1; decay of the average is 1.0, expected 0"
                                + " to below 1; warm-up is 0.1, but a constant learning rate has none; leave it out or choose another"
                                + " schedule");
        assertThatThrownBy(() -> new AugmentationSettings(-1, 2, Double.NaN, 70, -3, 0, 1.5, -0.1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "rotation is -1.0, expected 0 to 180; translation is 2.0, expected 0 to 1; scale is NaN, expected"
                                + " 0 to 10; shear is 70.0, expected 0 to 60; elastic is -3.0, expected 0 to 1000; flip is 1.5,"
                                + " expected 0 to 1; erasing is -0.1, expected 0 to 1; elastic sigma is 0.0, expected 0.5 to 100");
    }
}

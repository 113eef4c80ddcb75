package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How far a run has come: what a checkpoint needs besides the variables to go on as if it had never stopped.
 *
 * @param settings of the run
 * @param dataSha256 of the training set
 * @param epoch the epoch in progress, counted from 1; one past the last where the run is complete
 * @param batches steps done of that epoch
 * @param steps steps done of the run
 * @param sums over the steps done of that epoch
 * @param seconds spent in these
 * @param epochs metrics of the epochs done
 */
record Progress(
        TrainSettings settings,
        String dataSha256,
        int epoch,
        int batches,
        long steps,
        TrainingGraph.Sums sums,
        double seconds,
        List<EpochMetrics> epochs) {

    static final String FILE = "progress.json";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    Progress {
        epochs = List.copyOf(epochs);
    }

    static Progress start(TrainSettings settings, String dataSha256) {
        return new Progress(settings, dataSha256, 1, 0, 0, TrainingGraph.Sums.NONE, 0, List.of());
    }

    /** The best validation accuracy of the epochs done, or −1 before the first. */
    double best() {
        return epochs.stream()
                .mapToDouble(EpochMetrics::validationAccuracy)
                .max()
                .orElse(-1);
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(this));
    }

    static Progress read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return JSON.readValue(Files.readString(file), Progress.class);
        } catch (IOException | JacksonException e) {
            throw new InvalidInputException(
                    e,
                    "checkpoint '%s' can not be read: %s; remove it to go on from the one before",
                    folder.getParent(),
                    e.getMessage());
        }
    }

    /**
     * Checks that the run can go on under these settings: only the number of epochs may differ.
     *
     * @throws InvalidInputException naming what differs
     */
    void requireSame(TrainSettings now, String nowSha256) {
        TrainSettings comparable = new TrainSettings(
                settings.epochs(), now.batchSize(), now.learningRate(), now.validation(), now.dropout(), now.seed());
        if (!comparable.equals(settings)) {
            throw new InvalidInputException(
                    "can not resume: the run was started with %s, now %s; only the number of epochs" + " may change",
                    settings, now);
        }
        if (!dataSha256.equals(nowSha256)) {
            throw new InvalidInputException(
                    "can not resume: the run was started on other data (SHA-256 %s, now %s)", dataSha256, nowSha256);
        }
    }
}

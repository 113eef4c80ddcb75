package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
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

    /**
     * The epoch whose model is kept: the latest whose validation accuracy lies within one standard error of the highest (the rule of
     * Breiman et al. 1984). Accuracies closer than that are the same as far as anybody can tell, and a later epoch has seen more.
     *
     * @param images held out for validation
     */
    Optional<EpochMetrics> best(int images) {
        double highest = epochs.stream()
                .mapToDouble(EpochMetrics::validationAccuracy)
                .max()
                .orElse(0);
        double error = Math.sqrt(highest * (1 - highest) / images);
        return epochs.stream()
                .filter(metrics -> metrics.validationAccuracy() >= highest - error)
                .reduce((earlier, later) -> later);
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(this));
    }

    static Progress read(Path folder) throws IOException {
        try {
            return JSON.readValue(Files.readString(folder.resolve(FILE)), Progress.class);
        } catch (JacksonException e) {
            throw new IOException(FILE + " can not be read (" + e.getMessage() + ")", e);
        }
    }

    /**
     * Checks that the run can go on under these settings: only the number of epochs may differ, and that only while the learning
     * rate does not depend on it.
     *
     * @throws InvalidInputException naming what differs
     */
    void requireSame(TrainSettings now, String nowSha256) {
        if (!dataSha256.equals(nowSha256)) {
            throw new InvalidInputException(
                    "can not resume: the run was started on other data (SHA-256 %s, now %s)", dataSha256, nowSha256);
        }
        List<String> differences = new ArrayList<>();
        compare("", JSON.valueToTree(settings.withEpochs(now.epochs())), JSON.valueToTree(now), differences);
        if (!differences.isEmpty()) {
            throw new InvalidInputException(
                    "can not resume: the run was started with other settings: %s; only the number of epochs may change",
                    String.join(", ", differences));
        }
        if (now.epochs() != settings.epochs() && now.optimizer().schedule() != Schedule.CONSTANT) {
            throw new InvalidInputException(
                    "can not resume for %d epochs: the run was planned for %d, and its learning rate has followed that plan;"
                            + " resume with %d, or train anew (with a constant learning rate the number may change)",
                    now.epochs(), settings.epochs(), settings.epochs());
        }
    }

    private static void compare(String name, JsonNode then, JsonNode now, List<String> differences) {
        if (then.isObject()) {
            then.properties()
                    .forEach(entry -> compare(entry.getKey(), entry.getValue(), now.get(entry.getKey()), differences));
        } else if (!then.equals(now)) {
            differences.add(name + " was " + then + ", now " + now);
        }
    }
}

package dev.inkling.trainer;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Follows a training run, on the thread that trains: what takes long here slows the training. */
public interface TrainingListener {

    /** A listener that does nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * What is about to happen.
     *
     * @param trainingImages images per epoch
     * @param validationImages images held out
     * @param parameters trainable values
     * @param firstEpoch the epoch that training begins or goes on with, counted from 1
     * @param batchesDone steps of that epoch that were done before
     * @param batches steps per epoch
     * @param epochs the last epoch
     */
    record Plan(
            int trainingImages,
            int validationImages,
            long parameters,
            int firstEpoch,
            int batchesDone,
            int batches,
            int epochs) {}

    /**
     * One optimiser step.
     *
     * @param epoch counted from 1
     * @param batch steps done of this epoch, counted from 1
     * @param images images seen in this epoch
     * @param loss mean over the epoch so far, in nats
     * @param accuracy share classified right over the epoch so far
     * @param imagesPerSecond over this epoch's steps so far
     * @param learningRate of this step
     */
    record Step(
            int epoch,
            int batch,
            int images,
            double loss,
            double accuracy,
            double imagesPerSecond,
            double learningRate) {}

    /** Something went wrong that the run survives: what, and what happens instead. */
    default void warning(String message) {}

    /** Training begins or goes on. */
    default void started(Plan plan) {}

    /** A step is done. */
    default void step(Step step) {}

    /**
     * An epoch is done and validated.
     *
     * @param metrics what it came to
     * @param best whether its model is kept: no epoch before has a validation accuracy higher by more than a standard error
     * @param weights the averaged weights and running statistics, by name, in row-major order
     * @param checkpoint the folder of this epoch's SavedModel; empty where it could not be written
     */
    record EpochEnd(EpochMetrics metrics, boolean best, Map<String, float[]> weights, Optional<Path> checkpoint) {}

    /** An epoch is done. */
    default void epoch(EpochEnd end) {}
}

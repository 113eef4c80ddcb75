package dev.inkling.trainer;

import com.google.inject.Inject;
import dev.inkling.model.Architecture;
import dev.inkling.model.SavedModelWriter;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.TensorFlow;

/**
 * Trains a network by Adam on cross-entropy, holds out part of the training set for validation, and keeps a checkpoint of every
 * epoch and the model of the best. The test set is never looked at.
 *
 * <p>One run per instance, on the calling thread; {@link #stop} may be called from any.
 */
public final class Trainer {

    private static final String STATE = "state";

    private final TrainSettings settings;
    private final Dataset data;
    private final RunFolder folder;
    private final TrainingListener listener;
    private volatile boolean stopRequested;

    /** The best model, where it could not be written yet. */
    private Optional<RunFolder.Parts> unpublished = Optional.empty();

    @Inject
    public Trainer(TrainSettings settings, Dataset data, RunFolder folder, TrainingListener listener) {
        this.settings = settings;
        this.data = data;
        this.folder = folder;
        this.listener = listener;
    }

    /** How a run ended. */
    public enum Outcome {
        /** All epochs are done. */
        COMPLETE,
        /** Stopped before; a checkpoint holds the state. */
        STOPPED
    }

    /** Asks the run to finish the step at hand, save, and return. */
    public void stop() {
        stopRequested = true;
    }

    /**
     * Trains from the start.
     *
     * @throws InvalidInputException if the folder holds a run already or can not be written to
     * @throws DivergedException if the loss is not finite any more
     */
    public Outcome train() throws IOException {
        folder.claim();
        try (TrainingGraph graph = graph()) {
            return run(graph, Progress.start(settings, data.sha256()));
        }
    }

    /**
     * Goes on from the latest checkpoint that is whole, as if the run had not stopped.
     *
     * @throws InvalidInputException if there is no such checkpoint, or it is of other settings or data
     * @throws DivergedException if the loss is not finite any more
     */
    public Outcome resume() throws IOException {
        Path checkpoint = latestWhole();
        Progress progress = Progress.read(RunFolder.resume(checkpoint));
        progress.requireSame(settings, data.sha256());
        try (TrainingGraph graph = graph()) {
            graph.restore(RunFolder.resume(checkpoint).resolve(STATE));
            settle(progress);
            return run(graph, progress);
        }
    }

    private Path latestWhole() {
        List<Path> checkpoints = folder.checkpointsLatestFirst();
        for (Path checkpoint : checkpoints) {
            Optional<String> problem = Checksums.problem(checkpoint);
            if (problem.isEmpty()) {
                return checkpoint;
            }
            listener.warning(String.format(
                    "checkpoint '%s' is damaged: %s; going back to the one before", checkpoint, problem.get()));
        }
        throw new InvalidInputException(
                checkpoints.isEmpty()
                        ? "nothing to resume in '%s': it has no checkpoint; train without --resume"
                        : "nothing to resume in '%s': all its checkpoints are damaged; remove it and train without --resume",
                folder.model().getParent());
    }

    /** A run that was killed between its checkpoint and what follows from it may lack the model and the history. */
    private void settle(Progress progress) throws IOException {
        Optional<Path> best =
                progress.best(order().validation().length).map(metrics -> folder.checkpoint(metrics.epoch()));
        if (best.isPresent() && Checksums.problem(best.get()).isEmpty()) {
            folder.publish(best.get());
        }
        folder.writeHistory(new RunFolder.History(settings, progress.epochs()));
    }

    private Architecture architecture() {
        return new Architecture(
                data.height(), data.width(), data.channels(), data.labels().size(), settings.design());
    }

    private TrainingGraph graph() {
        if (data.size() < 2) {
            throw new InvalidInputException(
                    "data '%s' has %d images, too few to train on and validate", data.name(), data.size());
        }
        return new TrainingGraph(architecture(), settings);
    }

    private BatchOrder order() {
        return new BatchOrder(data.size(), settings.validation(), settings.seed());
    }

    private Outcome run(TrainingGraph graph, Progress progress) throws IOException {
        BatchOrder order = order();
        int batches = (order.trainingCount() + settings.batchSize() - 1) / settings.batchSize();
        listener.started(new TrainingListener.Plan(
                order.trainingCount(),
                order.validation().length,
                architecture().parameterCount(),
                progress.epoch(),
                progress.batches(),
                batches,
                settings.epochs()));
        try (BatchLoader loader =
                new BatchLoader(data, settings.batchSize(), settings.augmentation(), settings.seed())) {
            while (progress.epoch() <= settings.epochs()) {
                loader.start(order.epoch(progress.epoch()), progress.epoch(), progress.batches());
                progress = steps(graph, loader, progress, (long) batches * settings.epochs());
                if (progress.batches() < batches) {
                    if (progress.batches() > 0) {
                        save(graph, progress, about(order, progress, null));
                    }
                    return Outcome.STOPPED;
                }
                progress = endEpoch(graph, order, progress);
                if (stopRequested) {
                    break;
                }
            }
        }
        return progress.epoch() > settings.epochs() ? Outcome.COMPLETE : Outcome.STOPPED;
    }

    /**
     * The rest of an epoch's steps, or as many as there is time for before a stop.
     *
     * @param total steps of the whole run
     */
    private Progress steps(TrainingGraph graph, BatchLoader loader, Progress start, long total) {
        TrainingGraph.Sums sums = start.sums();
        int batch = start.batches();
        long steps = start.steps();
        long began = System.nanoTime();
        double seconds = start.seconds();
        while (loader.hasNext() && !stopRequested) {
            Batch images = loader.next();
            double rate = settings.optimizer().rate(steps + 1, total);
            TrainingGraph.Sums step =
                    graph.step(images.pixels(), images.labels(), images.count(), rate, settings.seed(), steps + 1);
            requireFinite("loss", step.loss(), start.epoch(), steps + 1, rate);
            sums = sums.plus(step);
            batch++;
            steps++;
            seconds = start.seconds() + (System.nanoTime() - began) / 1e9;
            listener.step(new TrainingListener.Step(
                    start.epoch(),
                    batch,
                    sums.images(),
                    sums.meanLoss(),
                    sums.accuracy(),
                    sums.images() / seconds,
                    rate));
        }
        return new Progress(settings, start.dataSha256(), start.epoch(), batch, steps, sums, seconds, start.epochs());
    }

    private static void requireFinite(String name, double loss, int epoch, long step, double rate) {
        if (!Double.isFinite(loss)) {
            throw new DivergedException(name, epoch, step, rate);
        }
    }

    private Progress endEpoch(TrainingGraph graph, BatchOrder order, Progress progress) throws IOException {
        long total = progress.steps() / progress.epoch() * settings.epochs();
        double rate = settings.optimizer().rate(progress.steps(), total);
        TrainingGraph.Sums validation = validate(graph, order.validation());
        // The last step's update was not seen by any loss yet: weights that are no numbers must not be saved as good
        // ones.
        requireFinite("validation loss", validation.loss(), progress.epoch(), progress.steps(), rate);
        TrainingGraph.Sums sums = progress.sums();
        EpochMetrics metrics = new EpochMetrics(
                progress.epoch(),
                sums.meanLoss(),
                sums.accuracy(),
                validation.meanLoss(),
                validation.accuracy(),
                rate,
                progress.seconds(),
                sums.images() / progress.seconds());
        List<EpochMetrics> epochs = new ArrayList<>(progress.epochs());
        epochs.add(metrics);
        Progress next = new Progress(
                settings,
                progress.dataSha256(),
                progress.epoch() + 1,
                0,
                progress.steps(),
                TrainingGraph.Sums.NONE,
                0,
                epochs);
        boolean best = next.best(order.validation().length).equals(Optional.of(metrics));
        Map<String, float[]> weights = graph.weights();
        SavedModelWriter.About about = about(order, next, metrics.validationAccuracy());
        if (best) {
            unpublished = Optional.of(part -> SavedModelWriter.write(part, architecture(), weights, about));
        }
        listener.epoch(new TrainingListener.EpochEnd(metrics, best, weights, keep(graph, next, about)));
        return next;
    }

    /** Saves an epoch; where that fails, the run goes on: the next epoch may find the disk less full. */
    private Optional<Path> keep(TrainingGraph graph, Progress progress, SavedModelWriter.About about)
            throws IOException {
        try {
            Path checkpoint = save(graph, progress, about);
            if (unpublished.isPresent()) {
                folder.publish(unpublished.get());
                unpublished = Optional.empty();
            }
            folder.writeHistory(new RunFolder.History(settings, progress.epochs()));
            return Optional.of(checkpoint);
        } catch (IOException e) {
            String problem = String.format("epoch %d could not be saved: %s", progress.epoch() - 1, describe(e));
            if (progress.epoch() > settings.epochs()) {
                throw new IOException(problem + "; earlier checkpoints are kept, make room and go on with --resume", e);
            }
            listener.warning(problem + "; training goes on and saves again after the next epoch");
            return Optional.empty();
        }
    }

    /** A file system's exceptions have only the file's name for a message, and say the rest by their class. */
    private static String describe(IOException e) {
        return e instanceof FileSystemException ? e.getClass().getSimpleName() + ": " + e.getMessage() : e.getMessage();
    }

    private TrainingGraph.Sums validate(TrainingGraph graph, int[] indices) {
        int size = settings.batchSize();
        Batch images = new Batch(data, size);
        TrainingGraph.Sums sums = TrainingGraph.Sums.NONE;
        for (int from = 0; from < indices.length; from += size) {
            images.fill(indices, from);
            sums = sums.plus(graph.evaluate(images.pixels(), images.labels(), images.count()));
        }
        return sums;
    }

    /** @param validationAccuracy null in the middle of an epoch */
    private SavedModelWriter.About about(BatchOrder order, Progress progress, Double validationAccuracy) {
        int epoch = progress.batches() == 0 ? progress.epoch() - 1 : progress.epoch();
        ModelCard.Training training = new ModelCard.Training(
                data.name(),
                progress.dataSha256(),
                order.trainingCount(),
                order.validation().length,
                settings.seed(),
                epoch,
                progress.steps(),
                settings.asMap(),
                null,
                version(),
                TensorFlow.version(),
                Runtime.version().toString());
        return new SavedModelWriter.About(
                data.name().split("/")[0], data.labels(), training, new ModelCard.Accuracy(validationAccuracy, null));
    }

    private Path save(TrainingGraph graph, Progress progress, SavedModelWriter.About about) throws IOException {
        return folder.save(progress, part -> {
            SavedModelWriter.write(part, architecture(), graph.weights(), about);
            graph.save(RunFolder.resume(part).resolve(STATE));
        });
    }

    private static String version() {
        String version = Trainer.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}

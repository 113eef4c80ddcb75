package dev.inkling.trainer;

import com.google.inject.Inject;
import dev.inkling.model.Architecture;
import dev.inkling.model.Design;
import dev.inkling.model.ModelCard;
import dev.inkling.model.SavedModelWriter;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.TensorFlow;

/**
 * Trains the reference network by Adam on cross-entropy, holds out part of the training set for validation, and keeps a
 * checkpoint of every epoch and the model of the best. The test set is never looked at.
 *
 * <p>One run per instance, on the calling thread; {@link #stop} may be called from any.
 */
public final class Trainer {

    private final TrainSettings settings;
    private final Dataset data;
    private final RunFolder folder;
    private final TrainingListener listener;
    private volatile boolean stopRequested;

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
     * Goes on from the latest checkpoint as if the run had not stopped.
     *
     * @throws InvalidInputException if there is no checkpoint, or it is of other settings or data
     * @throws DivergedException if the loss is not finite any more
     */
    public Outcome resume() throws IOException {
        Optional<Path> latest = folder.latest();
        if (latest.isEmpty()) {
            throw new InvalidInputException(
                    "nothing to resume in '%s': it has no checkpoint; train without --resume",
                    folder.model().getParent());
        }
        Progress progress = Progress.read(RunFolder.resume(latest.get()));
        progress.requireSame(settings, data.sha256());
        try (TrainingGraph graph = graph()) {
            graph.restore(RunFolder.resume(latest.get()).resolve("state"));
            return run(graph, progress);
        }
    }

    private Architecture architecture() {
        return new Architecture(
                data.height(),
                data.width(),
                data.channels(),
                data.labels().size(),
                Design.REFERENCE.withDropout(settings.dropout()));
    }

    private TrainingGraph graph() {
        if (data.size() < 2) {
            throw new InvalidInputException(
                    "data '%s' has %d images, too few to train on and validate", data.name(), data.size());
        }
        return new TrainingGraph(architecture(), settings.seed());
    }

    private Outcome run(TrainingGraph graph, Progress progress) throws IOException {
        BatchOrder order = new BatchOrder(data.size(), settings.validation(), settings.seed());
        int batches = (order.trainingCount() + settings.batchSize() - 1) / settings.batchSize();
        listener.started(new TrainingListener.Plan(
                order.trainingCount(),
                order.validation().length,
                architecture().parameterCount(),
                progress.epoch(),
                progress.batches(),
                batches,
                settings.epochs()));
        while (progress.epoch() <= settings.epochs()) {
            progress = steps(graph, order, progress);
            if (progress.batches() < batches) {
                if (progress.batches() > 0) {
                    save(graph, order, progress, null);
                }
                return Outcome.STOPPED;
            }
            progress = endEpoch(graph, order, progress);
            if (stopRequested) {
                break;
            }
        }
        return progress.epoch() > settings.epochs() ? Outcome.COMPLETE : Outcome.STOPPED;
    }

    /** The rest of an epoch's steps, or as many as there is time for before a stop. */
    private Progress steps(TrainingGraph graph, BatchOrder order, Progress start) {
        int[] indices = order.epoch(start.epoch());
        int size = settings.batchSize();
        Batch images = new Batch(data, size);
        TrainingGraph.Sums sums = start.sums();
        int batch = start.batches();
        long steps = start.steps();
        long began = System.nanoTime();
        double seconds = start.seconds();
        while (batch * size < indices.length && !stopRequested) {
            images.fill(indices, batch * size);
            TrainingGraph.Sums step = graph.step(
                    images.pixels(),
                    images.labels(),
                    images.count(),
                    settings.learningRate(),
                    settings.seed(),
                    steps + 1);
            if (!Double.isFinite(step.loss())) {
                throw new DivergedException(start.epoch(), steps + 1, settings.learningRate());
            }
            sums = sums.plus(step);
            batch++;
            steps++;
            seconds = start.seconds() + (System.nanoTime() - began) / 1e9;
            listener.step(new TrainingListener.Step(
                    start.epoch(), batch, sums.images(), sums.meanLoss(), sums.accuracy(), sums.images() / seconds));
        }
        return new Progress(
                start.settings(), start.dataSha256(), start.epoch(), batch, steps, sums, seconds, start.epochs());
    }

    private Progress endEpoch(TrainingGraph graph, BatchOrder order, Progress progress) throws IOException {
        TrainingGraph.Sums validation = validate(graph, order.validation());
        TrainingGraph.Sums sums = progress.sums();
        EpochMetrics metrics = new EpochMetrics(
                progress.epoch(),
                sums.meanLoss(),
                sums.accuracy(),
                validation.meanLoss(),
                validation.accuracy(),
                settings.learningRate(),
                progress.seconds(),
                sums.images() / progress.seconds());
        List<EpochMetrics> epochs = new ArrayList<>(progress.epochs());
        epochs.add(metrics);
        boolean best = metrics.validationAccuracy() > progress.best();
        Progress next = new Progress(
                settings,
                progress.dataSha256(),
                progress.epoch() + 1,
                0,
                progress.steps(),
                TrainingGraph.Sums.NONE,
                0,
                epochs);
        Path checkpoint = save(graph, order, next, metrics.validationAccuracy());
        if (best) {
            folder.publish(checkpoint);
        }
        folder.writeHistory(new RunFolder.History(settings, epochs));
        listener.epoch(new TrainingListener.EpochEnd(metrics, best, graph.weights(), checkpoint));
        return next;
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

    private Path save(TrainingGraph graph, BatchOrder order, Progress progress, Double validationAccuracy)
            throws IOException {
        int epoch = progress.batches() == 0 ? progress.epoch() - 1 : progress.epoch();
        ModelCard.Training training = new ModelCard.Training(
                data.name(),
                progress.dataSha256(),
                order.trainingCount(),
                order.validation().length,
                settings.seed(),
                epoch,
                progress.steps(),
                settings.batchSize(),
                "Adam",
                settings.learningRate(),
                version(),
                TensorFlow.version(),
                Runtime.version().toString());
        SavedModelWriter.About about = new SavedModelWriter.About(
                data.name().split("/")[0], data.labels(), training, new ModelCard.Accuracy(validationAccuracy, null));
        return folder.save(progress, part -> {
            SavedModelWriter.write(part, architecture(), graph.weights(), about);
            graph.save(RunFolder.resume(part).resolve("state"));
        });
    }

    private static String version() {
        String version = Trainer.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}

package dev.inkling.app;

import dev.inkling.explainers.GradCam;
import dev.inkling.explainers.Saliency;
import dev.inkling.figures.AttentionStrip;
import dev.inkling.figures.Heatmap;
import dev.inkling.figures.Panel;
import dev.inkling.figures.Png;
import dev.inkling.figures.Prediction;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Targets;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.EpochMetrics;
import dev.inkling.trainer.EventFile;
import dev.inkling.trainer.TrainingListener;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Writes a training run for TensorBoard, as two of its runs so that both curves share a diagram:
 *
 * <pre>
 * training/    step/loss over the last steps, step/learning rate, epoch/loss, epoch/accuracy, epoch/learning rate, epoch/images per second;
 *              a histogram of each weight array; attention/CLASS: why the model takes an image for its class
 * validation/  epoch/loss, epoch/accuracy
 * </pre>
 *
 * All over the steps of the whole run. A log that can not be written never stops the training: it is told once, and given up.
 */
final class TensorBoardLog implements TrainingListener, AutoCloseable {

    private static final int STEPS_PER_POINT = 50;

    private final Terminal terminal;
    private final Path folder;
    private final Dataset data;
    private final Clock clock;

    private int[] watched;
    private Optional<EventFile> training = Optional.empty();
    private Optional<EventFile> validation = Optional.empty();
    private int batches;
    private int pointEpoch;
    private int pointImages;
    private double pointLossSum;

    /** @param watched images of the data to explain after every epoch */
    TensorBoardLog(Terminal terminal, Path folder, Dataset data, int[] watched, Clock clock) {
        this.terminal = terminal;
        this.folder = folder;
        this.data = data;
        this.watched = watched.clone();
        this.clock = clock;
    }

    @Override
    public void started(Plan plan) {
        batches = plan.batches();
        long firstStep = (plan.firstEpoch() - 1L) * batches + plan.batchesDone() + 1;
        orGiveUp(() -> {
            training = Optional.of(EventFile.create(folder.resolve("training"), firstStep, clock));
            validation = Optional.of(EventFile.create(folder.resolve("validation"), firstStep, clock));
        });
    }

    @Override
    public void step(Step step) {
        double lossSum = step.loss() * step.images();
        if (step.epoch() != pointEpoch) {
            // Resumed within an epoch, nobody knows what the steps before came to.
            pointEpoch = step.epoch();
            pointImages = step.batch() == 1 ? 0 : step.images();
            pointLossSum = step.batch() == 1 ? 0 : lossSum;
        }
        if (step.batch() % STEPS_PER_POINT != 0 || step.images() == pointImages) {
            return;
        }
        double loss = (lossSum - pointLossSum) / (step.images() - pointImages);
        pointImages = step.images();
        pointLossSum = lossSum;
        orGiveUp(() -> {
            if (training.isPresent()) {
                long number = (step.epoch() - 1L) * batches + step.batch();
                training.get().scalar("step/loss", number, loss);
                training.get().scalar("step/learning rate", number, step.learningRate());
                training.get().flush();
            }
        });
    }

    @Override
    public void epoch(EpochEnd end) {
        EpochMetrics metrics = end.metrics();
        long step = (long) metrics.epoch() * batches;
        orGiveUp(() -> {
            if (validation.isPresent()) {
                EventFile events = validation.get();
                events.scalar("epoch/loss", step, metrics.validationLoss());
                events.scalar("epoch/accuracy", step, metrics.validationAccuracy());
                events.flush();
            }
            if (training.isPresent()) {
                EventFile events = training.get();
                events.scalar("epoch/loss", step, metrics.loss());
                events.scalar("epoch/accuracy", step, metrics.accuracy());
                events.scalar("epoch/learning rate", step, metrics.learningRate());
                events.scalar("epoch/images per second", step, metrics.imagesPerSecond());
                for (Map.Entry<String, float[]> weights : end.weights().entrySet()) {
                    events.histogram(weights.getKey(), step, weights.getValue());
                }
                if (end.checkpoint().isPresent()) {
                    explain(end.checkpoint().get(), events, step, "epoch " + metrics.epoch());
                }
                events.flush();
            }
        });
    }

    private void explain(Path checkpoint, EventFile events, long step, String moment) throws IOException {
        if (watched.length == 0) {
            return;
        }
        try (TensorFlowModel model = TensorFlowModel.load(checkpoint)) {
            FloatNdArray images = data.images(watched);
            Targets targets = Targets.classes(
                    data.labels().size(), IntStream.of(watched).map(data::label).toArray());
            float[] scores = FloatArrays.flat(model.scores(images));
            Attribution gradCam = new GradCam(new GradCam.Options("", true)).explain(model, images, targets);
            Attribution saliency = new Saliency(new Saliency.Options(true)).explain(model, images, targets);
            for (int n = 0; n < watched.length; n++) {
                String label = data.labels().get(data.label(watched[n]));
                BufferedImage strip = AttentionStrip.render(
                        data.images(watched[n]),
                        prediction(scores, n, label),
                        moment,
                        List.of(
                                new Panel("Grad-CAM", Heatmap.of(gradCam, n)),
                                new Panel("saliency", Heatmap.of(saliency, n))));
                events.image("attention/" + label, step, strip.getHeight(), strip.getWidth(), Png.bytes(strip));
            }
        } catch (RuntimeException e) {
            // Such as a network without a convolution: the curves still are worth having.
            watched = new int[0];
            terminal.err().println("TensorBoard will show no explanations: " + RootCause.describe(e));
        }
    }

    private Prediction prediction(float[] scores, int image, String truth) {
        int classes = data.labels().size();
        double[] probabilities = Softmax.of(scores, image * classes, classes);
        return new Prediction(
                IntStream.range(0, classes)
                        .mapToObj(k -> new Prediction.Score(data.labels().get(k), probabilities[k]))
                        .sorted(Comparator.comparingDouble(Prediction.Score::probability)
                                .reversed())
                        .toList(),
                Optional.of(truth));
    }

    @Override
    public void close() {
        orGiveUp(this::closeFiles);
    }

    private void closeFiles() throws IOException {
        // Whatever closing does, nothing is written afterwards.
        Optional<EventFile> first = training;
        Optional<EventFile> second = validation;
        training = Optional.empty();
        validation = Optional.empty();
        try {
            if (first.isPresent()) {
                first.get().close();
            }
        } finally {
            if (second.isPresent()) {
                second.get().close();
            }
        }
    }

    /** Something that may fail. */
    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    private void orGiveUp(Writing writing) {
        try {
            writing.run();
        } catch (IOException | RuntimeException e) {
            terminal.err()
                    .println("cannot write the log for TensorBoard to " + folder + " (" + RootCause.describe(e)
                            + "); training goes on without it");
            try {
                closeFiles();
            } catch (IOException again) {
                // What could not be written before can not be now: that was told.
            }
        }
    }
}

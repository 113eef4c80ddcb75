package dev.inkling.app;

import dev.inkling.figures.Png;
import dev.inkling.figures.TrainingCurves;
import dev.inkling.trainer.EpochMetrics;
import dev.inkling.trainer.RunFolder;
import dev.inkling.trainer.TrainingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import me.tongfei.progressbar.ProgressBar;

/** Shows a training run: a bar while an epoch runs, a line when it is done, and the curves in the run's folder. */
final class TrainingConsole implements TrainingListener {

    private final Terminal terminal;
    private final RunFolder folder;
    private Plan plan;
    private Optional<ProgressBar> bar = Optional.empty();
    private int barEpoch;

    TrainingConsole(Terminal terminal, RunFolder folder) {
        this.terminal = terminal;
        this.folder = folder;
    }

    @Override
    public void started(Plan started) {
        plan = started;
        terminal.err()
                .printf(
                        Locale.ROOT,
                        "%,d parameters, %,d training images, %,d held out for validation%n",
                        plan.parameters(),
                        plan.trainingImages(),
                        plan.validationImages());
        if (plan.firstEpoch() > 1 || plan.batchesDone() > 0) {
            terminal.err()
                    .printf(
                            Locale.ROOT,
                            "resuming in epoch %d after %d of %d steps%n",
                            plan.firstEpoch(),
                            plan.batchesDone(),
                            plan.batches());
        }
    }

    @Override
    public void step(Step step) {
        if (barEpoch != step.epoch()) {
            barEpoch = step.epoch();
            bar = ProgressBars.open("epoch " + step.epoch() + "/" + plan.epochs(), "", plan.trainingImages(), terminal);
        }
        bar.ifPresent(shown -> shown.stepTo(step.images())
                .setExtraMessage(String.format(
                        Locale.ROOT,
                        " loss %.4f  acc %.2f %%  %.0f images/s  %s left",
                        step.loss(),
                        100 * step.accuracy(),
                        step.imagesPerSecond(),
                        readable(remaining(step)))));
    }

    /** Of the whole run, at this epoch's speed. */
    private Duration remaining(Step step) {
        long images = (long) (plan.epochs() - step.epoch() + 1) * plan.trainingImages() - step.images();
        return Duration.ofSeconds(Math.round(images / step.imagesPerSecond()));
    }

    private static String readable(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600
                        ? String.format(Locale.ROOT, "%d:%02d min", seconds / 60, seconds % 60)
                        : String.format(Locale.ROOT, "%d:%02d h", seconds / 3600, seconds / 60 % 60);
    }

    @Override
    public void epoch(EpochEnd end) {
        close();
        EpochMetrics metrics = end.metrics();
        terminal.err()
                .printf(
                        Locale.ROOT,
                        "epoch %d/%d  loss %.4f  accuracy %.2f %%  validation loss %.4f  accuracy %.2f %%  %.0f images/s"
                                + "%s%n",
                        metrics.epoch(),
                        plan.epochs(),
                        metrics.loss(),
                        100 * metrics.accuracy(),
                        metrics.validationLoss(),
                        100 * metrics.validationAccuracy(),
                        metrics.imagesPerSecond(),
                        end.best() ? "  kept" : "");
        if (end.checkpoint().isPresent()) {
            drawCurves();
        }
    }

    @Override
    public void warning(String message) {
        close();
        terminal.err().println("warning: " + message);
    }

    private void drawCurves() {
        List<EpochMetrics> epochs = folder.readHistory().epochs();
        Path file = folder.curves();
        Png.write(
                TrainingCurves.render(
                        values(epochs, EpochMetrics::loss),
                        values(epochs, EpochMetrics::validationLoss),
                        values(epochs, EpochMetrics::accuracy),
                        values(epochs, EpochMetrics::validationAccuracy),
                        1),
                file);
    }

    private static double[] values(List<EpochMetrics> epochs, ToDoubleFunction<EpochMetrics> figure) {
        return epochs.stream().mapToDouble(figure).toArray();
    }

    /** Removes the bar. */
    void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }
}

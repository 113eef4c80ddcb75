package dev.inkling.app;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import com.google.inject.Guice;
import dev.inkling.figures.Png;
import dev.inkling.model.Precision;
import dev.inkling.model.SavedModelWriter;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.trainer.DataSources;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.Datasets;
import dev.inkling.trainer.DownloadListener;
import dev.inkling.trainer.Evaluation;
import dev.inkling.trainer.ImageSize;
import dev.inkling.trainer.RunFolder;
import dev.inkling.trainer.TrainSettings;
import dev.inkling.trainer.Trainer;
import dev.inkling.trainer.TrainerModule;
import dev.inkling.trainer.TrainingListener;
import dev.inkling.trainer.WatchedImages;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** {@code inkling train}: trains, keeps the best epoch, and measures it on the test set at the end. */
public final class TrainCommand implements Command {

    /** Images that TensorBoard shows explained after every epoch. */
    private static final int WATCHED = 10;

    private final Settings settings;
    private final Terminal terminal;

    @Inject
    TrainCommand(Settings settings, Terminal terminal) {
        this.settings = settings;
        this.terminal = terminal;
    }

    @Override
    public int run() throws IOException {
        if (settings.preview != null && settings.resume) {
            throw new InvalidInputException(
                    "--preview trains nothing, so there is nothing to --resume; leave out one of the two");
        }
        TrainSettings recipe = settings.recipe.settings();
        Datasets data = settings.open(new DownloadMessages(terminal));
        if (settings.preview != null) {
            Png.write(AugmentationPreview.draw(data.train(), recipe), settings.preview);
            terminal.out().println(settings.preview);
            return Main.OK;
        }
        terminal.err().println(describe(recipe.precision()));
        RunFolder folder = new RunFolder(settings.folder());
        TrainingConsole console = new TrainingConsole(terminal, folder);
        Trainer.Outcome outcome;
        try (TensorBoardLog log = tensorBoard(data.train(), recipe)) {
            TrainingListener listener = settings.noTensorBoard ? console : new TrainingListeners(List.of(console, log));
            Trainer trainer = Guice.createInjector(new TrainerModule(recipe, data.train(), folder, listener))
                    .getInstance(Trainer.class);
            outcome = train(trainer, console);
        }
        if (outcome == Trainer.Outcome.STOPPED) {
            terminal.err().println("stopped and saved; go on with: inkling train ... --resume");
            return Main.FAILURE;
        }
        double accuracy = measure(folder.model(), data, recipe);
        terminal.out().printf(Locale.ROOT, "test accuracy %.2f %%%nmodel %s%n", 100 * accuracy, folder.model());
        return Main.OK;
    }

    private static String describe(Precision precision) {
        return switch (precision) {
            case BFLOAT16 ->
                "computing in bfloat16, with weights in float32"
                        + (Precision.fastest() == precision
                                ? ", for which this processor has instructions; --precision float32 is slower and exact"
                                : "; this processor has no instructions for it, --precision float32 will be faster");
            case FLOAT32 -> "computing in float32";
        };
    }

    private TensorBoardLog tensorBoard(Dataset training, TrainSettings recipe) {
        return new TensorBoardLog(
                terminal,
                settings.folder().resolve("tensorboard"),
                training,
                WatchedImages.heldOut(training, recipe, WATCHED),
                Clock.systemUTC());
    }

    /** Trains; where the user interrupts, the step at hand is finished and saved before the JVM ends. */
    private Trainer.Outcome train(Trainer trainer, TrainingConsole console) throws IOException {
        CountDownLatch saved = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            terminal.err().println("\nfinishing the step at hand and saving ...");
            trainer.stop();
            awaitQuietly(saved);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return settings.resume ? trainer.resume() : trainer.train();
        } finally {
            console.close();
            saved.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The hook is at work: the JVM is ending, and this thread with it.
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The one look at the test set: after all choices are made. */
    private double measure(Path model, Datasets data, TrainSettings recipe) throws IOException {
        ModelCard measured;
        try (TensorFlowModel best = TensorFlowModel.load(model)) {
            measured = best.card()
                    .orElseThrow()
                    .finished(
                            Evaluation.of(best, data.test(), done -> {}).accuracy(),
                            "inkling train --data " + settings.data
                                    + (settings.size == null ? "" : " --size " + settings.size) + " "
                                    + settings.recipe.commandLine(recipe));
        }
        SavedModelWriter.writeCard(model, measured);
        return measured.accuracy().test();
    }

    @Parameters(commandNames = "train", commandDescription = "trains a model, with checkpoints after every epoch")
    static final class Settings implements CommandSettings {

        @Parameter(
                names = "--data",
                placeholder = "DATA",
                description =
                        "mnist (downloaded once), strokes (generated), or a folder: of IDX files (Fashion-MNIST, EMNIST), of"
                                + " CIFAR's binary files, or with a sub-folder of PNG or JPEG files per class")
        String data = "mnist";

        @Parameter(
                names = "--size",
                placeholder = "SIZE",
                description = "scale image files to this size: 64, or height and width as 48x64")
        String size;

        @Parameter(
                names = "--out",
                placeholder = "DIR",
                description =
                        "folder for model, checkpoints, history.json and history.png; runs/ and the data's name unless"
                                + " given")
        Path folder;

        @Parameter(
                names = "--preview",
                placeholder = "FILE",
                description = "draw what augmentation does to this PNG file, and train nothing")
        Path preview;

        @Parameter(names = "--resume", description = "go on from the latest checkpoint in the folder")
        boolean resume;

        @ParametersDelegate
        RecipeOptions recipe = new RecipeOptions();

        @Parameter(
                names = "--no-tensorboard",
                description = "write no log for TensorBoard (which 'tensorboard --logdir DIR' would show)")
        boolean noTensorBoard;

        Path folder() {
            return folder != null
                    ? folder
                    : Path.of("runs").resolve(Path.of(data).toAbsolutePath().getFileName());
        }

        Datasets open(DownloadListener listener) {
            return size == null
                    ? DataSources.open(data, listener)
                    : DataSources.open(data, ImageSize.parse(size), listener);
        }

        @Override
        public Class<TrainCommand> command() {
            return TrainCommand.class;
        }

        @Override
        public List<String> examples() {
            return List.of(
                    "inkling train",
                    "inkling train --data strokes --epochs 3 --out runs/strokes",
                    "inkling train --data ~/fashion-mnist --seed 1 --out runs/fashion",
                    "inkling train --preset quick",
                    "inkling train --preview augmentation.png --elastic 60",
                    "inkling train --data ~/photos --size 64",
                    "inkling train --resume");
        }
    }
}

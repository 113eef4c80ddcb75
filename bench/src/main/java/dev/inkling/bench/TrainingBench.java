package dev.inkling.bench;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.inkling.model.Precision;
import dev.inkling.trainer.AugmentationSettings;
import dev.inkling.trainer.DataSources;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.DownloadListener;
import dev.inkling.trainer.Preset;
import dev.inkling.trainer.RunFolder;
import dev.inkling.trainer.TrainSettings;
import dev.inkling.trainer.Trainer;
import dev.inkling.trainer.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Training throughput of {@link Trainer} as users run it (the default recipe: augmented images, accuracy, running statistics,
 * moving average, checkpoints), in images per second.
 */
final class TrainingBench {

    private static final int BATCH = Preset.DEFAULT.settings().batchSize();

    /** Until TensorFlow has optimised its graph and the JVM has compiled what augments: more than a second of processor time. */
    private static final int WARM_UP = 30;

    private static final int STEPS = 40;
    private static final AugmentationSettings AUGMENTED =
            Preset.DEFAULT.settings().augmentation();

    private TrainingBench() {}

    /** Against {@link PlainLoop} on one fixed batch, in turns on the same machine. */
    static void againstFixedBatch(int rounds) throws IOException {
        Dataset data = data();
        int[] labels = new int[BATCH];
        int[] indices = new int[BATCH];
        for (int n = 0; n < BATCH; n++) {
            indices[n] = n;
            labels[n] = data.label(n);
        }
        float[] pixels = new float[BATCH * 28 * 28];
        data.copyImages(indices, 0, BATCH, pixels);
        try (PlainLoop plain = new PlainLoop(pixels, labels)) {
            Rounds.compare(
                    "trainer with augmentation ÷ plain loop on one fixed batch, images/s, float32",
                    rounds,
                    () -> throughput(data, Precision.FLOAT32, AUGMENTED),
                    () -> {
                        for (int i = 0; i < WARM_UP; i++) {
                            plain.step();
                        }
                        long began = System.nanoTime();
                        for (int i = 0; i < STEPS; i++) {
                            plain.step();
                        }
                        return STEPS * BATCH / ((System.nanoTime() - began) / 1e9);
                    });
        }
        for (Precision precision : Precision.values()) {
            Rounds.compare(
                    "augmentation on ÷ off, images/s, " + precision.name().toLowerCase(Locale.ROOT),
                    rounds,
                    () -> throughput(data, precision, AUGMENTED),
                    () -> throughput(data, precision, AugmentationSettings.NONE));
        }
    }

    /** bfloat16 against float32. */
    static void precisions(int rounds) throws IOException {
        Dataset data = data();
        System.out.println("fastest precision of this processor: " + Precision.fastest());
        Rounds.compare(
                "bfloat16 ÷ float32, images/s",
                rounds,
                () -> throughput(data, Precision.BFLOAT16, AUGMENTED),
                () -> throughput(data, Precision.FLOAT32, AUGMENTED));
    }

    /** One figure, for bench/peers. */
    static void one(Precision precision) throws IOException {
        System.out.printf(Locale.ROOT, "%.1f%n", throughput(data(), precision, AUGMENTED));
    }

    /** As many images as a run needs for its steps, of which it holds some back. */
    private static Dataset data() {
        int images = (int) Math.ceil(
                BATCH * (WARM_UP + STEPS) / (1 - Preset.DEFAULT.settings().validation()));
        return DataSources.open("strokes", DownloadListener.SILENT).train().slice(0, images);
    }

    /** Images per second of a fresh run, its first steps left out. */
    private static double throughput(Dataset data, Precision precision, AugmentationSettings augmentation)
            throws IOException {
        long[] times = new long[2];
        int[] images = new int[2];
        TrainingListener clock = new TrainingListener() {
            @Override
            public void step(Step step) {
                if (step.batch() == WARM_UP) {
                    times[0] = System.nanoTime();
                    images[0] = step.images();
                }
                times[1] = System.nanoTime();
                images[1] = step.images();
            }
        };
        TrainSettings base = Preset.DEFAULT.settings();
        TrainSettings settings = new TrainSettings(
                1, BATCH, base.validation(), base.optimizer(), augmentation, base.design(), precision, false, 1);
        Path folder = Files.createTempDirectory("inkling-bench");
        try {
            new Trainer(settings, data, new RunFolder(folder), clock).train();
        } finally {
            MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
        }
        return (images[1] - images[0]) / ((times[1] - times[0]) / 1e9);
    }
}

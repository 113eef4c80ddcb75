package dev.inkling.bench;

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

/**
 * Training throughput: {@link Trainer} as users run it (shuffled images, accuracy, running statistics, checkpoints) against
 * {@link PlainLoop} (one fixed batch), in turns on the same machine.
 */
final class TrainingBench {

    private static final int BATCH = Preset.DEFAULT.settings().batchSize();
    private static final int STEPS = 24;

    private TrainingBench() {}

    static void run(int rounds) throws IOException {
        Dataset data =
                DataSources.open("strokes", DownloadListener.SILENT).train().slice(0, BATCH * (STEPS + 1));
        int[] labels = new int[BATCH];
        int[] indices = new int[BATCH];
        for (int n = 0; n < BATCH; n++) {
            indices[n] = n;
            labels[n] = data.label(n);
        }
        float[] pixels = new float[BATCH * 28 * 28];
        data.copyImages(indices, 0, BATCH, pixels);
        Path temp = Files.createTempDirectory("inkling-bench");
        try (PlainLoop plain = new PlainLoop(pixels, labels)) {
            Rounds.compare("trainer ÷ plain loop, images/s", rounds, () -> trainer(data, temp), () -> {
                plain.step();
                plain.step();
                long began = System.nanoTime();
                for (int i = 0; i < STEPS; i++) {
                    plain.step();
                }
                return STEPS * BATCH / ((System.nanoTime() - began) / 1e9);
            });
        }
    }

    /** Images per second of a fresh run, its first two steps (graph optimisation) left out. */
    private static double trainer(Dataset data, Path temp) throws IOException {
        long[] times = new long[2];
        int[] images = new int[2];
        TrainingListener clock = new TrainingListener() {
            @Override
            public void step(Step step) {
                if (step.batch() == 2) {
                    times[0] = System.nanoTime();
                    images[0] = step.images();
                }
                times[1] = System.nanoTime();
                images[1] = step.images();
            }
        };
        TrainSettings settings = Preset.DEFAULT.settings();
        Path folder = Files.createTempDirectory(temp, "run");
        new Trainer(settings, data, new RunFolder(folder), clock).train();
        return (images[1] - images[0]) / ((times[1] - times[0]) / 1e9);
    }
}

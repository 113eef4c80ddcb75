package dev.inkling.bench;

import dev.inkling.explainers.GradCam;
import dev.inkling.explainers.SmoothGrad;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
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
import java.util.Arrays;
import java.util.Locale;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * What explanations cost, counted in forward and backward passes of the model at batch 50: SmoothGrad with 50 samples of one
 * image, and Grad-CAM at the last convolution against the gradient of the whole network.
 */
final class ExplainerBench {

    private static final int BATCH = 50;
    private static final int REPEATS = 10;

    private ExplainerBench() {}

    static void run(int rounds) throws IOException {
        Dataset data = DataSources.open("strokes", DownloadListener.SILENT).train();
        RunFolder folder = new RunFolder(Files.createTempDirectory("inkling-bench"));
        TrainSettings brief = Preset.QUICK.settings();
        new Trainer(brief, data.slice(0, 640), folder, TrainingListener.NONE).train();
        try (TensorFlowModel model = TensorFlowModel.load(folder.model())) {
            int[] indices = new int[BATCH];
            Arrays.setAll(indices, i -> i);
            FloatNdArray batch = data.images(indices);
            FloatNdArray one = data.images(0);
            Targets target = Targets.predicted(model.scores(one));
            Targets targets = target.repeat(0, BATCH);
            Gradients gradients = model.require(Gradients.class);
            Explainer smoothGrad = new SmoothGrad(Options.defaults(SmoothGrad.Options.class));
            Explainer gradCam = new GradCam(Options.defaults(GradCam.Options.class));

            Rounds.compare(
                    "smooth-grad, 50 samples of one image, per second ÷ gradients of 50 images, per second",
                    rounds,
                    () -> perSecond(() -> smoothGrad.explain(model, one, target)),
                    () -> perSecond(() -> gradients.gradients(batch, targets)));
            System.out.printf(
                    Locale.ROOT,
                    "  50 evaluations take 1; the bound of 60 evaluations is a ratio of %.3f%n",
                    (double) BATCH / 60);
            Rounds.compare(
                    "Grad-CAM of 50 images, per second ÷ gradients of 50 images, per second",
                    rounds,
                    () -> perSecond(() -> gradCam.explain(model, batch, targets)),
                    () -> perSecond(() -> gradients.gradients(batch, targets)));
        }
    }

    private static double perSecond(Runnable work) {
        work.run();
        long began = System.nanoTime();
        for (int i = 0; i < REPEATS; i++) {
            work.run();
        }
        return REPEATS / ((System.nanoTime() - began) / 1e9);
    }
}

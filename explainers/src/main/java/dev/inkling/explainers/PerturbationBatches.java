package dev.inkling.explainers;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Parallel;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Runs the perturbed copies of images through a model, a bounded number at a time whatever the method and its options. Each image has
 * batches of its own, since a model may compute what the copies in a batch have in common only once. Several images are taken up at once:
 * the copies of one are made while another's are scored. Of one image alone, the next batch is made while one is scored.
 */
final class PerturbationBatches {

    private final Model model;
    private final float[] images;
    private final Targets targets;

    /** Where batches are scored. */
    private final Executor scorer;

    private final int size;
    private final int batchSize;

    private PerturbationBatches(Model model, float[] images, Targets targets, Executor scorer) {
        this.model = model;
        this.images = images;
        this.targets = targets;
        this.scorer = scorer;
        this.size = model.signature().imageSize();
        // Of each image there are two batches.
        this.batchSize = BatchSize.of(2 * size, targets.count());
    }

    /**
     * Perturbs and scores the copies of every image.
     *
     * @param images (N, H, W, C), flat; read only
     * @param targets N rows
     * @param ofImage the copies of image n; asked for each once, by several threads
     */
    static void run(Model model, float[] images, Targets targets, IntFunction<? extends Perturbations<?>> ofImage) {
        if (targets.count() > 1) {
            PerturbationBatches batches = new PerturbationBatches(model, images, targets, Runnable::run);
            Parallel.forEach(targets.count(), n -> batches.run(n, ofImage.apply(n)));
            return;
        }
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            new PerturbationBatches(model, images, targets, other).run(0, ofImage.apply(0));
        } finally {
            other.shutdown();
        }
    }

    private <P> void run(int image, Perturbations<P> perturbations) {
        int copies = perturbations.copies();
        int most = Math.min(copies, batchSize);
        float[] next = new float[most * size];
        float[] other = new float[copies > most ? next.length : 0];
        Batch<P> scored = new Batch<>(List.of(), CompletableFuture.completedFuture(new float[0]));
        for (int from = 0; from < copies; from += most) {
            int count = Math.min(most, copies - from);
            List<P> made = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                System.arraycopy(images, image * size, next, i * size, size);
                made.add(perturbations.perturb(from + i, next, i * size));
            }
            float[] batch = next;
            Batch<P> begun =
                    new Batch<>(made, CompletableFuture.supplyAsync(() -> scores(image, batch, count), scorer));
            scored.observe(perturbations);
            scored = begun;
            next = other;
            other = batch;
        }
        scored.observe(perturbations);
        perturbations.conclude();
    }

    private float[] scores(int image, float[] copies, int count) {
        ModelSignature signature = model.signature();
        FloatNdArray batch = FloatArrays.of(
                count * size == copies.length ? copies : Arrays.copyOf(copies, count * size),
                count,
                signature.height(),
                signature.width(),
                signature.channels());
        return targets.repeat(image, count).scores(model.scores(batch));
    }

    /** Copies that are scored together. */
    private record Batch<P>(List<P> perturbations, CompletableFuture<float[]> scores) {

        /** When they are scored. */
        void observe(Perturbations<P> observer) {
            float[] found = join(scores);
            for (int i = 0; i < found.length; i++) {
                observer.observe(perturbations.get(i), found[i]);
            }
        }
    }

    private static float[] join(CompletableFuture<float[]> scores) {
        try {
            return scores.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}

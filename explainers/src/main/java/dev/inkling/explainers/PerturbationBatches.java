package dev.inkling.explainers;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Runs the perturbed copies of images through a model, a bounded number at a time whatever the method and its options. Images with few
 * copies share a batch; those with many have batches of their own, since a model may compute what the copies in a batch have in common
 * only once. While the model scores a batch, the next is made.
 */
final class PerturbationBatches {

    /** Copies that are enough for a batch. */
    private static final int MANY = 32;

    private final Model model;
    private final float[] images;
    private final Targets targets;
    private final int size;

    /** Another thread than the one that makes batches, on which alone perturbations are called. */
    private final ExecutorService scorer = Executors.newSingleThreadExecutor();

    private Batch batch;
    private Batch scored;

    private interface Observer {
        void observe(float score);
    }

    private PerturbationBatches(Model model, float[] images, Targets targets) {
        this.model = model;
        this.images = images;
        this.targets = targets;
        this.size = model.signature().imageSize();
        this.batch = new Batch();
        this.scored = new Batch();
    }

    /**
     * Perturbs and scores, images in order and the copies of each in order.
     *
     * @param images (N, H, W, C), flat; read only
     * @param targets N rows
     * @param ofImage the copies of image n; asked for when all copies of the images before it are in a batch
     */
    static void run(Model model, float[] images, Targets targets, IntFunction<? extends Perturbations<?>> ofImage) {
        PerturbationBatches batches = new PerturbationBatches(model, images, targets);
        try {
            for (int n = 0; n < targets.count(); n++) {
                batches.addAll(ofImage.apply(n), n);
            }
            batches.score();
            batches.scored.observe();
        } finally {
            batches.scorer.shutdown();
        }
    }

    private <P> void addAll(Perturbations<P> perturbations, int image) {
        int copies = perturbations.copies();
        if (Math.max(copies, batch.count()) >= MANY) {
            score();
        }
        for (int copy = 0; copy < copies; copy++) {
            if (batch.isFull()) {
                score();
            }
            batch.add(perturbations, copy, copy == copies - 1, image);
        }
        if (copies == 0) {
            perturbations.conclude();
        }
    }

    /** Begins to score the batch, and takes note of the scores of the one before. */
    private void score() {
        if (batch.count() > 0) {
            batch.score();
            scored.observe();
            Batch free = scored;
            scored = batch;
            batch = free;
        }
    }

    /** Copies that are scored together. */
    private final class Batch {

        private final float[] copies;

        /** Of each copy, which image it is of, and what awaits its score. */
        private final int[] imageOf;

        private final List<Observer> observers = new ArrayList<>();
        private CompletableFuture<float[]> scores = CompletableFuture.completedFuture(new float[0]);

        Batch() {
            // There are two.
            this.imageOf = new int[BatchSize.of(2 * size, 1)];
            this.copies = new float[imageOf.length * size];
        }

        int count() {
            return observers.size();
        }

        boolean isFull() {
            return count() == imageOf.length;
        }

        <P> void add(Perturbations<P> perturbations, int copy, boolean last, int image) {
            int offset = count() * size;
            System.arraycopy(images, image * size, copies, offset, size);
            P perturbation = perturbations.perturb(copy, copies, offset);
            imageOf[count()] = image;
            observers.add(score -> {
                perturbations.observe(perturbation, score);
                if (last) {
                    perturbations.conclude();
                }
            });
        }

        void score() {
            int count = count();
            ModelSignature signature = model.signature();
            FloatNdArray perturbed = FloatArrays.of(
                    isFull() ? copies : Arrays.copyOf(copies, count * size),
                    count,
                    signature.height(),
                    signature.width(),
                    signature.channels());
            Targets ofCopies = targets.select(Arrays.copyOf(imageOf, count));
            scores = CompletableFuture.supplyAsync(() -> ofCopies.scores(model.scores(perturbed)), scorer);
        }

        /** Waits for the scores, if there are any, and makes room for other copies. */
        void observe() {
            float[] found = join(scores);
            for (int i = 0; i < count(); i++) {
                observers.get(i).observe(found[i]);
            }
            observers.clear();
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

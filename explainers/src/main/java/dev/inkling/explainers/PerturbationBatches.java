package dev.inkling.explainers;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Runs the perturbed copies of images through a model, a bounded number at a time whatever the method and its options. A batch
 * is filled up with the next image's copies, so that few copies per image do not make small batches.
 */
final class PerturbationBatches {

    private final Model model;
    private final float[] images;
    private final Targets targets;
    private final int size;
    private final float[] batch;

    /** Of each copy in the batch: which image it is of, and what awaits its score. */
    private final int[] imageOf;

    private final List<Observer> observers = new ArrayList<>();

    private interface Observer {
        void observe(float score);
    }

    private PerturbationBatches(Model model, float[] images, Targets targets) {
        this.model = model;
        this.images = images;
        this.targets = targets;
        this.size = model.signature().imageSize();
        this.imageOf = new int[BatchSize.of(size, 1)];
        this.batch = new float[imageOf.length * size];
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
        for (int n = 0; n < targets.count(); n++) {
            batches.addAll(ofImage.apply(n), n);
        }
        batches.score();
    }

    private <P> void addAll(Perturbations<P> perturbations, int image) {
        int copies = perturbations.copies();
        for (int copy = 0; copy < copies; copy++) {
            if (observers.size() == imageOf.length) {
                score();
            }
            int offset = observers.size() * size;
            System.arraycopy(images, image * size, batch, offset, size);
            P perturbation = perturbations.perturb(copy, batch, offset);
            boolean last = copy == copies - 1;
            imageOf[observers.size()] = image;
            observers.add(score -> {
                perturbations.observe(perturbation, score);
                if (last) {
                    perturbations.conclude();
                }
            });
        }
        if (copies == 0) {
            perturbations.conclude();
        }
    }

    private void score() {
        int copies = observers.size();
        if (copies == 0) {
            return;
        }
        ModelSignature signature = model.signature();
        FloatNdArray perturbed = FloatArrays.of(
                copies == imageOf.length ? batch : Arrays.copyOf(batch, copies * size),
                copies,
                signature.height(),
                signature.width(),
                signature.channels());
        float[] scores = targets.select(Arrays.copyOf(imageOf, copies)).scores(model.scores(perturbed));
        for (int i = 0; i < copies; i++) {
            observers.get(i).observe(scores[i]);
        }
        observers.clear();
    }
}

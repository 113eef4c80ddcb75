package dev.inkling.bench;

import dev.inkling.model.MeteredModel;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * How fast an explainer is.
 *
 * @param forward evaluations for each image
 * @param backward evaluations for each image
 * @param outside the share of the time in which no thread is in TensorFlow: our own code
 */
record Rate(double imagesPerSecond, long forward, long backward, double outside) {

    /**
     * Measures whole batches, for as many seconds or one batch.
     *
     * @param warmUpSeconds before that, in which TensorFlow optimises its graph, and the JIT compiles most of what is called a few times for each
     *     batch: it takes hundreds of batches until our own code is at its best
     */
    static Rate of(Subject.Method method, Subject subject, int count, double warmUpSeconds, double seconds) {
        Model model = subject.model();
        FloatNdArray images = subject.images(count);
        Targets targets = subject.targets(count);
        MeteredModel metered = new MeteredModel(model, (forward, backward) -> {});
        int warmUps = repeat(() -> method.on(metered, images, targets), warmUpSeconds);
        long inside = subject.nanosInTensorFlow();
        long began = System.nanoTime();
        int calls = repeat(() -> method.on(model, images, targets), seconds);
        double took = System.nanoTime() - began;
        inside = subject.nanosInTensorFlow() - inside;
        return new Rate(
                count * (double) calls / (took / 1e9),
                metered.forward() / warmUps / count,
                metered.backward() / warmUps / count,
                1 - inside / took);
    }

    private static int repeat(Runnable work, double seconds) {
        int calls = 0;
        long began = System.nanoTime();
        while (calls == 0 || System.nanoTime() - began < seconds * 1e9) {
            work.run();
            calls++;
        }
        return calls;
    }
}

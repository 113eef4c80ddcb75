package dev.inkling.trainer;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * How a model does on labelled images.
 *
 * @param loss mean cross-entropy in nats
 * @param confusion which classes were taken for which
 * @param calibration whether the model is right as often as it says
 * @param mistakes the images classified wrong, the most confident first
 */
public record Evaluation(double loss, ConfusionMatrix confusion, Calibration calibration, List<Mistake> mistakes) {

    /** Images per call of the model, so that memory stays bounded and progress moves. */
    private static final int BATCH = 512;

    public Evaluation {
        mistakes = List.copyOf(mistakes);
    }

    /**
     * An image classified wrong.
     *
     * @param index of the image in its data
     * @param truth the true class
     * @param predicted the class that the model chose
     * @param confidence the probability of the predicted class
     * @param truthProbability the probability of the true class
     */
    public record Mistake(int index, int truth, int predicted, double confidence, double truthProbability) {

        /** The surer of the wrong class, the worse; of equals the one that comes first in the data. */
        private static final Comparator<Mistake> WORST_FIRST = Comparator.comparingDouble(Mistake::confidence)
                .reversed()
                .thenComparingDouble(Mistake::truthProbability)
                .thenComparingInt(Mistake::index);
    }

    /** Is told how many images are done. */
    @FunctionalInterface
    public interface Progress {
        void done(int images);
    }

    /** The share classified right, in [0, 1]. */
    public double accuracy() {
        return confusion.accuracy();
    }

    /** How many images. */
    public int images() {
        return confusion.images();
    }

    /**
     * Evaluates a model.
     *
     * @throws InvalidInputException if the images or the classes are not the model's, or a score is not finite
     */
    public static Evaluation of(Model model, Dataset data, Progress progress) {
        List<String> labels = model.signature().labels();
        if (!labels.equals(data.labels())) {
            throw new InvalidInputException(
                    "model '%s' knows the classes %s, data '%s' has %s",
                    model.signature().name(), labels, data.name(), data.labels());
        }
        int classes = labels.size();
        int[][] confusion = new int[classes][classes];
        Calibration.Tally calibration = new Calibration.Tally();
        List<Mistake> mistakes = new ArrayList<>();
        double loss = 0;
        for (int from = 0; from < data.size(); from += BATCH) {
            int count = Math.min(BATCH, data.size() - from);
            int[] indices = new int[count];
            int first = from;
            Arrays.setAll(indices, i -> first + i);
            FloatNdArray scores = model.scores(model.signature().range().fromUnit(data.images(indices)));
            float[] logits = FloatArrays.flat(scores);
            requireFinite(logits, from, model, data);
            int[] predicted = Targets.predictedClasses(scores);
            for (int n = 0; n < count; n++) {
                int truth = data.label(from + n);
                int best = predicted[n];
                double[] probabilities = Softmax.of(logits, n * classes, classes);
                confusion[truth][best]++;
                calibration.add(probabilities, truth, best);
                if (best != truth) {
                    mistakes.add(new Mistake(from + n, truth, best, probabilities[best], probabilities[truth]));
                }
                // From the logits: the logarithm of a probability that underflowed would be infinite.
                loss += logSumExp(logits, n * classes, classes, logits[n * classes + best])
                        - logits[n * classes + truth];
            }
            progress.done(from + count);
        }
        mistakes.sort(Mistake.WORST_FIRST);
        return new Evaluation(loss / data.size(), new ConfusionMatrix(confusion), calibration.calibration(), mistakes);
    }

    private static void requireFinite(float[] logits, int from, Model model, Dataset data) {
        List<String> labels = model.signature().labels();
        for (int i = 0; i < logits.length; i++) {
            if (!Float.isFinite(logits[i])) {
                throw new InvalidInputException(
                        "model '%s' gives image %d of '%s' the score %s for class %s, expected a finite number;"
                                + " the model is damaged or was trained to ruin",
                        model.signature().name(),
                        from + i / labels.size(),
                        data.name(),
                        logits[i],
                        labels.get(i % labels.size()));
            }
        }
    }

    /** Subtracting the largest first keeps the exponentials finite. */
    private static double logSumExp(float[] values, int from, int count, float largest) {
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += Math.exp((double) values[i] - largest);
        }
        return largest + Math.log(sum);
    }
}

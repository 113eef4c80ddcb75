package dev.inkling.trainer;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * How a model does on labelled images.
 *
 * @param accuracy share classified right, in [0, 1]
 * @param loss mean cross-entropy in nats
 * @param images how many
 * @param confusion [true class][predicted class] counts
 */
public record Evaluation(double accuracy, double loss, int images, int[][] confusion) {

    /** Images per call of the model, so that memory stays bounded and progress moves. */
    private static final int BATCH = 512;

    /** Is told how many images are done. */
    @FunctionalInterface
    public interface Progress {
        void done(int images);
    }

    /**
     * Evaluates a model.
     *
     * @throws InvalidInputException if the images or the classes are not the model's
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
        double loss = 0;
        int right = 0;
        for (int from = 0; from < data.size(); from += BATCH) {
            int count = Math.min(BATCH, data.size() - from);
            int[] indices = new int[count];
            int first = from;
            Arrays.setAll(indices, i -> first + i);
            FloatNdArray scores = model.scores(data.images(indices));
            float[] logits = FloatArrays.flat(scores);
            int[] predicted = Targets.predictedClasses(scores);
            for (int n = 0; n < count; n++) {
                int truth = data.label(from + n);
                confusion[truth][predicted[n]]++;
                right += truth == predicted[n] ? 1 : 0;
                loss += logSumExp(logits, n * classes, classes, logits[n * classes + predicted[n]])
                        - logits[n * classes + truth];
            }
            progress.done(from + count);
        }
        return new Evaluation((double) right / data.size(), loss / data.size(), data.size(), confusion);
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

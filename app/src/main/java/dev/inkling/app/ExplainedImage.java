package dev.inkling.app;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One image, what the model makes of it, and why.
 *
 * @param image the image
 * @param probabilities of the K classes
 * @param target what the explanations speak for, in words
 * @param explanations in the order in which the explainers were asked for; those that failed are missing
 */
public record ExplainedImage(InputImage image, double[] probabilities, String target, List<Explanation> explanations) {

    public ExplainedImage {
        explanations = List.copyOf(explanations);
    }

    /** The most probable class; the lowest index where several share it. */
    public int predicted() {
        return top(1)[0];
    }

    /** Up to {@code count} classes, the most probable first. */
    public int[] top(int count) {
        return IntStream.range(0, probabilities.length)
                .boxed()
                .sorted((a, b) -> Double.compare(probabilities[b], probabilities[a]))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}

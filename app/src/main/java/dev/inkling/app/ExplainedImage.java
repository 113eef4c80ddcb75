package dev.inkling.app;

import dev.inkling.figures.Prediction;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

    /** The three most probable classes, and the true one where it is known. */
    public Prediction prediction(List<String> labels) {
        List<Prediction.Score> top = IntStream.range(0, probabilities.length)
                .mapToObj(k -> new Prediction.Score(labels.get(k), probabilities[k]))
                .sorted(Comparator.comparingDouble(Prediction.Score::probability)
                        .reversed())
                .limit(3)
                .toList();
        return new Prediction(
                top,
                image.label().isPresent() ? Optional.of(labels.get(image.label().getAsInt())) : Optional.empty());
    }
}

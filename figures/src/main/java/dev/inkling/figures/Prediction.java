package dev.inkling.figures;

import java.util.List;
import java.util.Optional;

/**
 * What a model said about an image.
 *
 * @param top at least one class, the most probable first; pictures show three
 * @param truth the true class's label, where it is known
 */
public record Prediction(List<Score> top, Optional<String> truth) {

    public Prediction {
        top = List.copyOf(top);
        if (top.isEmpty()) {
            throw new IllegalArgumentException("prediction without a class, expected at least one");
        }
        for (int i = 1; i < top.size(); i++) {
            if (top.get(i).probability() > top.get(i - 1).probability()) {
                throw new IllegalArgumentException("predictions are not in descending order: " + top);
            }
        }
    }

    /** The most probable class. */
    public Score best() {
        return top.get(0);
    }

    /** Whether the most probable class is the true one; empty where that is not known. */
    public Optional<Boolean> right() {
        return truth.map(best().label()::equals);
    }

    /**
     * A class and its probability.
     *
     * @param label what people call the class
     * @param probability in [0, 1]; a rounding error above 1 is cut off
     */
    public record Score(String label, double probability) {

        public Score {
            if (!(probability >= 0 && probability <= 1.0001)) {
                throw new IllegalArgumentException(
                        "probability of '" + label + "' is " + probability + ", expected 0 to 1");
            }
            probability = Math.min(1, probability);
        }
    }
}

package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that decides what a training run computes: equal settings and equal data give equal weights.
 *
 * @param epochs passes over the training images
 * @param batchSize images per step
 * @param learningRate Adam's step size
 * @param validation share of the training set held out for validation, in (0, 1)
 * @param dropout probability that a unit of the dense layer is dropped, in [0, 1)
 * @param seed of initial weights, split, order and dropout
 */
public record TrainSettings(
        int epochs, int batchSize, double learningRate, double validation, double dropout, long seed) {

    /** The default recipe. */
    public static final TrainSettings DEFAULT = new TrainSettings(20, 128, 0.001, 0.1, 0.25, 0);

    public TrainSettings {
        List<String> problems = new ArrayList<>();
        if (epochs < 1) {
            problems.add("epochs is " + epochs + ", expected at least 1");
        }
        if (batchSize < 1) {
            problems.add("batch size is " + batchSize + ", expected at least 1");
        }
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            problems.add("learning rate is " + learningRate + ", expected a number above 0");
        }
        if (!(validation > 0 && validation < 1)) {
            problems.add("validation share is " + validation + ", expected a number between 0 and 1");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            problems.add("dropout is " + dropout + ", expected 0 to below 1");
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("%s", String.join("; ", problems));
        }
    }
}

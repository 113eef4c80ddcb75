package dev.inkling.trainer;

import dev.inkling.model.Design;
import dev.inkling.model.Precision;
import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that decides what a training run computes: equal settings and equal data give equal weights.
 *
 * @param epochs passes over the training images
 * @param batchSize images per step
 * @param validation share of the training set held out for validation, in (0, 1)
 * @param optimizer what decides a step
 * @param augmentation how images are changed before each step
 * @param design of the network
 * @param precision of convolutions and matrix products
 * @param deterministic whether TensorFlow computes one operation after the other, in one order
 * @param seed of initial weights, split, order, augmentation and dropout
 */
public record TrainSettings(
        int epochs,
        int batchSize,
        double validation,
        OptimizerSettings optimizer,
        AugmentationSettings augmentation,
        Design design,
        Precision precision,
        boolean deterministic,
        long seed) {

    public TrainSettings {
        List<String> problems = new ArrayList<>();
        if (epochs < 1) {
            problems.add("epochs is " + epochs + ", expected at least 1");
        }
        if (batchSize < 1) {
            problems.add("batch size is " + batchSize + ", expected at least 1");
        }
        if (!(validation > 0 && validation < 1)) {
            problems.add("validation share is " + validation + ", expected a number between 0 and 1");
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("%s", String.join("; ", problems));
        }
    }

    /** As JSON would have it, for the model card. */
    Map<String, Object> asMap() {
        return JsonMapper.shared().convertValue(this, new TypeReference<>() {});
    }

    /** The same for another number of epochs, at least 1. */
    TrainSettings withEpochs(int number) {
        return new TrainSettings(
                number, batchSize, validation, optimizer, augmentation, design, precision, deterministic, seed);
    }
}

package dev.inkling.trainer;

import dev.inkling.model.Design;
import dev.inkling.model.Precision;

/** Settings without anything that a test does not ask for: constant learning rate, no augmentation, no smoothing, no decay. */
final class Recipes {

    static final OptimizerSettings ADAM = new OptimizerSettings(0.003, Schedule.CONSTANT, 0, 0, 0, 0.99);

    private Recipes() {}

    static TrainSettings plain(int epochs, long seed) {
        return of(epochs, 32, ADAM, AugmentationSettings.NONE, seed);
    }

    static TrainSettings of(
            int epochs, int batchSize, OptimizerSettings optimizer, AugmentationSettings augmentation, long seed) {
        return new TrainSettings(
                epochs, batchSize, 0.2, optimizer, augmentation, Design.REFERENCE, Precision.FLOAT32, false, seed);
    }

    static TrainSettings with(OptimizerSettings optimizer, long seed) {
        return of(1, 32, optimizer, AugmentationSettings.NONE, seed);
    }
}

package dev.inkling.trainer;

import dev.inkling.model.Design;
import dev.inkling.model.Precision;

/** Recipes that are known to work; what they reach on MNIST stands in docs/benchmarks.md. */
public enum Preset {

    /** The best model: twenty passes over augmented images. */
    DEFAULT(
            20,
            new OptimizerSettings(0.004, Schedule.ONE_CYCLE, 0.2, 0.05, 0.05, 0.995),
            new AugmentationSettings(6.5, 0.04, 0.065, 5, 16, AugmentationSettings.ELASTIC_SIGMA, 0, 0)),

    /** A good model in one pass, for people who wait: no augmentation, for which one pass is too short. */
    QUICK(1, new OptimizerSettings(0.004, Schedule.ONE_CYCLE, 0.2, 0.05, 0, 0.98), AugmentationSettings.NONE);

    private static final int BATCH_SIZE = 128;
    private static final double VALIDATION = 0.05;

    private final int epochs;
    private final OptimizerSettings optimizer;
    private final AugmentationSettings augmentation;

    Preset(int epochs, OptimizerSettings optimizer, AugmentationSettings augmentation) {
        this.epochs = epochs;
        this.optimizer = optimizer;
        this.augmentation = augmentation;
    }

    /** The recipe with the reference network, in float32, with seed 0. */
    public TrainSettings settings() {
        return new TrainSettings(
                epochs, BATCH_SIZE, VALIDATION, optimizer, augmentation, Design.REFERENCE, Precision.FLOAT32, false, 0);
    }
}

package dev.inkling.trainer;

/**
 * What one epoch came to.
 *
 * @param epoch counted from 1
 * @param loss mean cross-entropy in nats over the epoch's training steps, with dropout, augmentation and smoothed labels
 * @param accuracy share of training images classified right during those steps, in [0, 1]
 * @param validationLoss mean cross-entropy in nats on the held-out images after the epoch
 * @param validationAccuracy share of the held-out images classified right, in [0, 1]
 * @param learningRate Adam's step size at the end of the epoch
 * @param seconds spent in training steps, validation and saving not counted
 * @param imagesPerSecond training images per second of these
 */
public record EpochMetrics(
        int epoch,
        double loss,
        double accuracy,
        double validationLoss,
        double validationAccuracy,
        double learningRate,
        double seconds,
        double imagesPerSecond) {}

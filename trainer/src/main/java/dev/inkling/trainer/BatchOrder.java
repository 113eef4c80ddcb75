package dev.inkling.trainer;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Which images make up which batch: a function of the seed and the epoch alone, so a run can go on at any step. */
final class BatchOrder {

    /** Stands where an epoch stands; epochs count from 1. */
    private static final long SPLIT = 0;

    private final int[] training;
    private final int[] validation;
    private final long seed;

    /**
     * Splits the indices 0 to count − 1.
     *
     * @param share of the images held out for validation; at least one image and not all
     */
    BatchOrder(int count, double share, long seed) {
        int[] all = new int[count];
        Arrays.setAll(all, i -> i);
        shuffle(all, new SplittableRandom(seed).nextLong() + SPLIT);
        int held = Math.max(1, Math.min(count - 1, (int) Math.round(count * share)));
        this.validation = Arrays.copyOf(all, held);
        this.training = Arrays.copyOfRange(all, held, count);
        this.seed = seed;
        Arrays.sort(validation);
        Arrays.sort(training);
    }

    /** Indices held out, ascending; never among those of an epoch. */
    int[] validation() {
        return validation;
    }

    int trainingCount() {
        return training.length;
    }

    /** The order of an epoch: every training image once. */
    int[] epoch(int epoch) {
        int[] order = training.clone();
        shuffle(order, new SplittableRandom(seed).nextLong() + epoch);
        return order;
    }

    private static void shuffle(int[] values, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int held = values[i];
            values[i] = values[j];
            values[j] = held;
        }
    }
}

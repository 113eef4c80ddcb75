package dev.inkling.trainer;

import java.util.SplittableRandom;

/** One seed out of several numbers, so that each use of chance in a run has a stream of its own. */
final class Seeds {

    private Seeds() {}

    /** Numbers next to each other give seeds that have nothing to do with each other. */
    static long mix(long seed, long... numbers) {
        long mixed = new SplittableRandom(seed).nextLong();
        for (long number : numbers) {
            mixed = new SplittableRandom(mixed + number).nextLong();
        }
        return mixed;
    }
}

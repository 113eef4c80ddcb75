package dev.inkling.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/** Two measurements in turns: machines drift, so only the ratio within a round is worth quoting. */
final class Rounds {

    private Rounds() {}

    /** Returns a rate; higher is better. */
    interface Measurement {
        double measure() throws IOException;
    }

    /** Prints every round and the median ratio of the first to the second. */
    static void compare(String title, int rounds, Measurement first, Measurement second) throws IOException {
        System.out.println(title);
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            // The order changes from round to round, so a drift within a round favours neither.
            double a;
            double b;
            if (round % 2 == 0) {
                a = first.measure();
                b = second.measure();
            } else {
                b = second.measure();
                a = first.measure();
            }
            ratios[round] = a / b;
            System.out.printf(Locale.ROOT, "  round %d: %.1f and %.1f, ratio %.3f%n", round + 1, a, b, ratios[round]);
        }
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "  median ratio %.3f (%.3f to %.3f)%n",
                (ratios[(rounds - 1) / 2] + ratios[rounds / 2]) / 2,
                ratios[0],
                ratios[rounds - 1]);
    }
}

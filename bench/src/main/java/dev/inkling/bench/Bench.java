package dev.inkling.bench;

import java.io.IOException;

/** {@code bench/run training|explainers [ROUNDS]}: see docs/benchmarks.md. */
public final class Bench {

    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        String which = arguments.length > 0 ? arguments[0] : "";
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        switch (which) {
            case "training" -> TrainingBench.run(rounds);
            case "explainers" -> ExplainerBench.run(rounds);
            default -> {
                System.err.println("usage: bench/run training|explainers [ROUNDS]");
                System.exit(2);
            }
        }
    }
}

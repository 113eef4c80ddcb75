package dev.inkling.bench;

import dev.inkling.trainer.Precision;
import java.io.IOException;
import java.util.Locale;

/** {@code bench/run training|precision|explainers [ROUNDS]}, {@code bench/run throughput float32|bfloat16}: see docs/benchmarks.md. */
public final class Bench {

    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        String which = arguments.length > 0 ? arguments[0] : "";
        String argument = arguments.length > 1 ? arguments[1] : "5";
        switch (which) {
            case "training" -> TrainingBench.againstFixedBatch(Integer.parseInt(argument));
            case "precision" -> TrainingBench.precisions(Integer.parseInt(argument));
            case "throughput" -> TrainingBench.one(Precision.valueOf(argument.toUpperCase(Locale.ROOT)));
            case "explainers" -> ExplainerBench.run(Integer.parseInt(argument));
            default -> {
                System.err.println("usage: bench/run training|precision|explainers [ROUNDS]\n"
                        + "       bench/run throughput float32|bfloat16\n"
                        + "       bench/run peers [ROUNDS]");
                System.exit(2);
            }
        }
    }
}

package dev.inkling.bench;

import dev.inkling.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * {@code bench/run training|precision|explainers [ROUNDS]}, {@code bench/run overhead}, {@code bench/run throughput float32|bfloat16}, {@code bench/run
 * serve FOLDER float32|bfloat16}: see docs/benchmarks.md.
 */
public final class Bench {

    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        String which = arguments.length > 0 ? arguments[0] : "";
        String argument = arguments.length > 1 ? arguments[1] : "5";
        switch (which) {
            case "training" -> TrainingBench.againstFixedBatch(Integer.parseInt(argument));
            case "precision" -> TrainingBench.precisions(Integer.parseInt(argument));
            case "throughput" -> TrainingBench.one(precision(argument));
            case "serve" -> ExplainerServer.serve(Path.of(argument), precision(arguments[2]));
            case "overhead" -> Overhead.print();
            case "explainers" -> ExplainerBench.run(Integer.parseInt(argument));
            default -> {
                System.err.println("usage: bench/run training|precision|explainers [ROUNDS]\n"
                        + "       bench/run overhead\n"
                        + "       bench/run throughput float32|bfloat16\n"
                        + "       bench/run peers [ROUNDS]\n"
                        + "       bench/run captum [ROUNDS] [EXPLAINER]...\n"
                        + "       bench/run jmh [JMH'S OPTION]...");
                System.exit(2);
            }
        }
    }

    private static Precision precision(String name) {
        return Precision.valueOf(name.toUpperCase(Locale.ROOT));
    }
}

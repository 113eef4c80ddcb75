package dev.inkling.bench;

import dev.inkling.model.Precision;
import dev.inkling.spi.InvalidInputException;
import java.util.List;
import java.util.Locale;

/** What every explainer with its own defaults does besides asking the model, as a table. */
final class Overhead {

    /** Twice what is given to the rates against Captum, since the JIT's own delay is not what is asked about here. */
    private static final double WARM_UP_SECONDS = 10;

    private static final double SECONDS = 3;
    private static final double ASKED = 0.05;

    private Overhead() {}

    static void print() {
        System.out.println("| explainer | images/s | evaluations forward, backward | outside TensorFlow |");
        System.out.println("|---|---|---|---|");
        try (Subject subject = new Subject(Precision.FLOAT32)) {
            for (String explainer : subject.explainers()) {
                try {
                    Rate rate = Rate.of(
                            subject.method(List.of(explainer)), subject, Subject.IMAGES, WARM_UP_SECONDS, SECONDS);
                    System.out.printf(
                            Locale.ROOT,
                            "| %s | %.1f | %d, %d | %.1f %%%s |%n",
                            explainer,
                            rate.imagesPerSecond(),
                            rate.forward(),
                            rate.backward(),
                            100 * rate.outside(),
                            rate.outside() > ASKED ? " **(over 5 %)**" : "");
                } catch (InvalidInputException e) {
                    System.out.printf("| %s | %s |%n", explainer, e.getMessage());
                }
            }
        }
    }
}

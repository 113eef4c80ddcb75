package dev.inkling.trainer;

import java.util.Locale;

/** The loss became infinite or not a number; the checkpoints written before are good. */
public final class DivergedException extends RuntimeException {

    DivergedException(String loss, int epoch, long step, double learningRate) {
        super(String.format(
                Locale.ROOT,
                "training diverged: the %s is not finite at step %d (epoch %d, learning rate %s); the checkpoints of the"
                        + " epochs before are kept, try a smaller learning rate",
                loss,
                step,
                epoch,
                learningRate));
    }
}

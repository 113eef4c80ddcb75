package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * What decides a step.
 *
 * @param learningRate Adam's step size at its peak, above 0
 * @param schedule how the step size changes over the run
 * @param warmUp share of the run's steps in which it rises to the peak, in [0, 1); 0 with a constant rate
 * @param weightDecay share of each kernel that a step of size 1 would take away, at least 0; decoupled from the gradient
 *     (Loshchilov and Hutter 2019, arXiv:1711.05101)
 * @param labelSmoothing share of the target spread evenly over all classes (Szegedy et al. 2016, arXiv:1512.00567), in [0, 1)
 * @param averageDecay decay of the moving average of the weights, which is what is validated and exported, in [0, 1)
 */
public record OptimizerSettings(
        double learningRate,
        Schedule schedule,
        double warmUp,
        double weightDecay,
        double labelSmoothing,
        double averageDecay) {

    public OptimizerSettings {
        List<String> problems = new ArrayList<>();
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            problems.add("learning rate is " + learningRate + ", expected a number above 0");
        }
        if (!(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
            problems.add("weight decay is " + weightDecay + ", expected a number of at least 0");
        }
        requireShare(problems, "warm-up", warmUp);
        requireShare(problems, "label smoothing", labelSmoothing);
        requireShare(problems, "decay of the average", averageDecay);
        if (schedule == Schedule.CONSTANT && warmUp > 0) {
            problems.add("warm-up is " + warmUp + ", but a constant learning rate has none; leave it out or choose"
                    + " another schedule");
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("%s", String.join("; ", problems));
        }
    }

    private static void requireShare(List<String> problems, String name, double value) {
        if (!(value >= 0 && value < 1)) {
            problems.add(name + " is " + value + ", expected 0 to below 1");
        }
    }

    /**
     * The learning rate of a step.
     *
     * @param step counted from 1
     * @param steps of the whole run
     */
    double rate(long step, long steps) {
        return learningRate * schedule.share((step - 1.0) / steps, warmUp);
    }
}

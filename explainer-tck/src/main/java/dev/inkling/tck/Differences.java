package dev.inkling.tck;

import dev.inkling.tck.PlainModelBuilder.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/** DeepLIFT's rescale rule: multipliers from the differences to a baseline. */
final class Differences implements Backward {

    /** Below this a difference is rounding, and the derivative what its quotient comes to. */
    private static final double NONE = 1e-9;

    /** What each operation reads where the baseline is the image. */
    private final Function<Node, List<double[]>> baseline;

    Differences(Function<Node, List<double[]>> baseline) {
        this.baseline = baseline;
    }

    @Override
    public List<double[]> through(Node node, List<double[]> inputs, double[] multipliers) {
        List<double[]> before = baseline.apply(node);
        Operation operation = node.operation();
        if (operation instanceof Operation.Activation activation) {
            double[] back = new double[multipliers.length];
            for (int i = 0; i < back.length; i++) {
                double x = inputs.get(0)[i];
                double slope = slope(x, before.get(0)[i], activation);
                back[i] = slope == 0 ? 0 : multipliers[i] * slope;
            }
            return List.of(back);
        } else if (operation instanceof Operation.MaxPool pool) {
            return List.of(ofPool(pool, inputs.get(0), before.get(0), multipliers));
        } else if (operation instanceof Operation.WeightedSum) {
            return operation.backward(means(inputs, before), multipliers);
        } else if (operation instanceof Operation.Softmax) {
            return List.of(ofSoftmax(inputs.get(0), before.get(0), multipliers));
        }
        return operation.backward(inputs, multipliers);
    }

    private static double slope(double x, double before, Operation.Activation activation) {
        double difference = x - before;
        return Math.abs(difference) < NONE
                ? activation.derivative().applyAsDouble(x)
                : (activation.function().applyAsDouble(x)
                                - activation.function().applyAsDouble(before))
                        / difference;
    }

    private static double[] ofPool(Operation.MaxPool pool, double[] x, double[] before, double[] multipliers) {
        int[] winners = pool.winners(x);
        int[] winnersBefore = pool.winners(before);
        double[] credit = new double[x.length];
        for (int j = 0; j < winners.length; j++) {
            double y = x[winners[j]];
            double y0 = before[winnersBefore[j]];
            double larger = Math.max(y, y0);
            credit[winners[j]] += multipliers[j] * (larger - y0);
            credit[winnersBefore[j]] += multipliers[j] * (y - larger);
        }
        for (int i = 0; i < x.length; i++) {
            double difference = x[i] - before[i];
            credit[i] = Math.abs(difference) < NONE ? 0 : credit[i] / difference;
        }
        return credit;
    }

    /** yᵢ = eᵢ · q with eᵢ = exp(xᵢ) and q = 1 / Σ e; a shift common to image and baseline changes no y. */
    private static double[] ofSoftmax(double[] x, double[] before, double[] multipliers) {
        double shift = DoubleStream.concat(Arrays.stream(x), Arrays.stream(before))
                .max()
                .orElseThrow();
        double[] e = Arrays.stream(x).map(value -> Math.exp(value - shift)).toArray();
        double[] e0 =
                Arrays.stream(before).map(value -> Math.exp(value - shift)).toArray();
        double q = 1 / Arrays.stream(e).sum();
        double q0 = 1 / Arrays.stream(e0).sum();
        double toQuotient = 0;
        for (int i = 0; i < x.length; i++) {
            toQuotient += multipliers[i] * (e[i] + e0[i]) / 2;
        }
        double[] back = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double difference = x[i] - before[i];
            // Δ(1/S) / ΔS = −1 / (S · S₀)
            double toExponential = multipliers[i] * (q + q0) / 2 - toQuotient * q * q0;
            back[i] = toExponential * (Math.abs(difference) < NONE ? e[i] : (e[i] - e0[i]) / difference);
        }
        return back;
    }

    private static List<double[]> means(List<double[]> inputs, List<double[]> before) {
        List<double[]> means = new ArrayList<>();
        for (int k = 0; k < inputs.size(); k++) {
            double[] mean = new double[inputs.get(k).length];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = (inputs.get(k)[i] + before.get(k)[i]) / 2;
            }
            means.add(mean);
        }
        return means;
    }
}

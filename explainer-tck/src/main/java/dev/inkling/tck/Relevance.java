package dev.inkling.tck;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.tck.PlainModelBuilder.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** Layer-wise relevance propagation, connection by connection. */
final class Relevance implements Backward {

    private final Rule.Lrp rule;

    /** Layers with weights that have none before them. */
    private final Set<Node> first = new HashSet<>();

    Relevance(Rule.Lrp rule, List<Node> nodes) {
        this.rule = rule;
        boolean[] weighted = new boolean[nodes.size() + 1];
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            boolean before = node.inputs().stream().anyMatch(input -> weighted[input]);
            if (hasWeights(node.operation()) && !before) {
                first.add(node);
            }
            weighted[i + 1] = before || hasWeights(node.operation());
        }
    }

    private static boolean hasWeights(Operation operation) {
        return operation instanceof Linear.Dense
                || operation instanceof Linear.Convolution
                || operation instanceof Linear.DepthwiseConvolution;
    }

    @Override
    public List<double[]> through(Node node, List<double[]> inputs, double[] relevance) {
        Operation operation = node.operation();
        if (operation instanceof Linear linear && hasWeights(linear)) {
            return List.of(through(ruleOf(node), linear, inputs.get(0), relevance));
        } else if (operation instanceof Linear.AveragePool pool) {
            return List.of(through(new LrpRule.Epsilon(LrpRule.STABILISER), pool, inputs.get(0), relevance));
        } else if (operation instanceof Operation.Activation || operation instanceof Linear.Normalization) {
            return List.of(relevance);
        } else if (operation instanceof Operation.Sum) {
            return ofSum(inputs, relevance);
        } else if (operation instanceof Operation.WeightedSum sum) {
            return weighted(sum, inputs, relevance);
        }
        if (operation instanceof Operation.Softmax) {
            throw new InvalidInputException("LRP has no rule for operation '%s' of type Softmax", node.name());
        }
        // Max-pooling: the winner takes all. A concatenation: to each part its own.
        return operation.backward(inputs, relevance);
    }

    private LrpRule ruleOf(Node node) {
        if (first.contains(node)) {
            return rule.first();
        }
        return node.operation() instanceof Linear.Dense ? rule.dense() : rule.convolution();
    }

    private static double[] through(LrpRule rule, Linear linear, double[] x, double[] relevance) {
        if (rule instanceof LrpRule.Epsilon epsilon) {
            return shares(linear, x.length, relevance, epsilon.epsilon(), (i, w, j) -> x[i] * w, linear::bias);
        } else if (rule instanceof LrpRule.Gamma gamma) {
            double[] z = linear.forward(List.of(x));
            return shares(
                    linear,
                    x.length,
                    relevance,
                    LrpRule.STABILISER,
                    (i, w, j) -> favoured(x[i] * w, z[j], gamma.gamma()),
                    j -> favoured(linear.bias(j), z[j], gamma.gamma()));
        } else if (rule instanceof LrpRule.AlphaBeta alphaBeta) {
            double[] positive = shares(
                    linear,
                    x.length,
                    relevance,
                    LrpRule.STABILISER,
                    (i, w, j) -> Math.max(0, x[i] * w),
                    j -> alphaBeta.bias() ? Math.max(0, linear.bias(j)) : 0);
            double[] negative = shares(
                    linear,
                    x.length,
                    relevance,
                    LrpRule.STABILISER,
                    (i, w, j) -> Math.min(0, x[i] * w),
                    j -> alphaBeta.bias() ? Math.min(0, linear.bias(j)) : 0);
            for (int i = 0; i < positive.length; i++) {
                positive[i] = (1 + alphaBeta.beta()) * positive[i] - alphaBeta.beta() * negative[i];
            }
            return positive;
        } else if (rule instanceof LrpRule.Box box) {
            return shares(
                    linear,
                    x.length,
                    relevance,
                    LrpRule.STABILISER,
                    (i, w, j) -> x[i] * w - (w > 0 ? box.low() : box.high()) * w,
                    j -> 0);
        }
        if (x.length != relevance.length) {
            throw new InvalidInputException(
                    "LRP can not pass relevance on through a layer of %d inputs and %d outputs as it is",
                    x.length, relevance.length);
        }
        return relevance;
    }

    private static double favoured(double contribution, double z, double gamma) {
        if (z == 0) {
            return 0;
        }
        return Math.signum(contribution) == Math.signum(z) ? (1 + gamma) * contribution : contribution;
    }

    private interface Contribution {
        double of(int in, double weight, int out);
    }

    private interface Remainder {
        double of(int out);
    }

    /** Σⱼ cᵢⱼ · Rⱼ / (Σᵢ cᵢⱼ + βⱼ, stabilised). */
    private static double[] shares(
            Linear linear,
            int inputs,
            double[] relevance,
            double stabiliser,
            Contribution contribution,
            Remainder bias) {
        double[] sums = new double[linear.size()];
        for (int j = 0; j < sums.length; j++) {
            sums[j] = bias.of(j);
        }
        linear.connections((i, w, j) -> sums[j] += contribution.of(i, w, j));
        double[] back = new double[inputs];
        linear.connections(
                (i, w, j) -> back[i] += contribution.of(i, w, j) * relevance[j] / stabilised(sums[j], stabiliser));
        return back;
    }

    private static double stabilised(double sum, double stabiliser) {
        return sum < 0 ? sum - stabiliser : sum + stabiliser;
    }

    private List<double[]> ofSum(List<double[]> summands, double[] relevance) {
        if (rule.sum() instanceof LrpRule.AlphaBeta alphaBeta) {
            List<double[]> positive = ofSum(summands, relevance, LrpRule.STABILISER, x -> Math.max(0, x));
            List<double[]> negative = ofSum(summands, relevance, LrpRule.STABILISER, x -> Math.min(0, x));
            for (int k = 0; k < positive.size(); k++) {
                for (int i = 0; i < relevance.length; i++) {
                    positive.get(k)[i] =
                            (1 + alphaBeta.beta()) * positive.get(k)[i] - alphaBeta.beta() * negative.get(k)[i];
                }
            }
            return positive;
        }
        return ofSum(summands, relevance, ((LrpRule.Epsilon) rule.sum()).epsilon(), x -> x);
    }

    private static List<double[]> ofSum(
            List<double[]> summands, double[] relevance, double stabiliser, DoubleUnaryOperator contribution) {
        double[] sums = new double[relevance.length];
        for (double[] summand : summands) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += contribution.applyAsDouble(summand[i]);
            }
        }
        List<double[]> back = new ArrayList<>();
        for (double[] summand : summands) {
            double[] share = new double[relevance.length];
            for (int i = 0; i < share.length; i++) {
                share[i] = contribution.applyAsDouble(summand[i]) * relevance[i] / stabilised(sums[i], stabiliser);
            }
            back.add(share);
        }
        return back;
    }

    /** The weights are constants: nothing goes to them. */
    private static List<double[]> weighted(Operation.WeightedSum sum, List<double[]> inputs, double[] relevance) {
        double[] total = sum.forward(inputs);
        double[] features = inputs.get(0);
        double[] back = new double[features.length];
        for (int i = 0; i < back.length; i++) {
            int c = i % sum.channels();
            back[i] = relevance[c]
                    * features[i]
                    * inputs.get(1)[i / sum.channels()]
                    / stabilised(total[c], LrpRule.STABILISER);
        }
        return Arrays.asList(back, null);
    }
}

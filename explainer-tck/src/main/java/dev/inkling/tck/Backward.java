package dev.inkling.tck;

import dev.inkling.tck.PlainModelBuilder.Node;
import java.util.Arrays;
import java.util.List;

/** How what comes in at an operation's output goes on to its inputs. */
interface Backward {

    Backward CHAIN_RULE = (node, inputs, gradient) -> node.operation().backward(inputs, gradient);

    Backward GUIDED = (node, inputs, gradient) ->
            node.operation().backward(inputs, isRectifier(node) ? positive(gradient) : gradient);

    Backward DECONVNET = (node, inputs, gradient) ->
            isRectifier(node) ? List.of(positive(gradient)) : node.operation().backward(inputs, gradient);

    /** What goes on to each input; null where nothing does. */
    List<double[]> through(Node node, List<double[]> inputs, double[] upstream);

    private static boolean isRectifier(Node node) {
        return node.operation() instanceof Operation.Activation activation && activation.rectifier();
    }

    private static double[] positive(double[] values) {
        return Arrays.stream(values).map(value -> Math.max(0, value)).toArray();
    }
}

package dev.inkling.model;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Propagation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Adds a backward pass with a rule of its own to a graph, operation by operation from the logits back to the image: each
 * step is the operation's ordinary vector-Jacobian product, but where the rule says otherwise. In a graph every use of an
 * activation function is an operation of its own, so one that is used twice needs no care.
 */
final class ReverseWalk {

    private final Graph graph;
    private final Propagation.Rule rule;
    private final Output<?> image;
    private final Output<?> logits;
    private final Ops tf;
    private final String prefix;

    /** The operations from the image to the logits, each after those it reads from. */
    private final Set<GraphOperation> path = new LinkedHashSet<>();

    /** What has come back so far to each tensor between the image and the logits; several users add up. */
    private final Map<Output<?>, List<Operand<TFloat32>>> incoming = new HashMap<>();

    private int steps;

    ReverseWalk(Graph graph, Propagation.Rule rule, Output<?> image, Output<?> logits) {
        this(graph, rule, rule.toString(), image, logits);
    }

    /** A walk without a rule: the gradient. */
    ReverseWalk(Graph graph, String name, Output<?> image, Output<?> logits) {
        this(graph, null, name, image, logits);
    }

    private ReverseWalk(Graph graph, Propagation.Rule rule, String name, Output<?> image, Output<?> logits) {
        this.graph = graph;
        this.rule = rule;
        this.image = image;
        this.logits = logits;
        this.prefix = "explain/" + name.replaceAll("[^A-Za-z0-9.]+", "_");
        this.tf = Ops.create(graph).withSubScope("explain").withSubScope(prefix.substring("explain/".length()));
    }

    /**
     * Adds the pass.
     *
     * @param weights the targets, (N, K)
     * @return what arrives at the image, (N, H, W, C)
     * @throws InvalidInputException if an operation on the way is not covered by the rule
     */
    Output<?> from(Output<TFloat32> weights) {
        boolean relevance = rule instanceof Propagation.Rule.LrpEpsilon;
        send(logits, relevance ? tf.math.mul(weights, typed(logits)) : weights);
        visit((GraphOperation) logits.op(), new HashMap<>());
        List<GraphOperation> backwards = new ArrayList<>(path);
        Collections.reverse(backwards);
        for (GraphOperation operation : backwards) {
            List<Operand<TFloat32>> arrived = incoming.remove(operation.output(0));
            if (arrived != null) {
                step(operation, sum(arrived));
            }
        }
        if (!incoming.containsKey(image)) {
            throw new InvalidInputException(
                    "the score does not depend on '%s': nothing leads there from '%s'",
                    image.op().name(), logits.op().name());
        }
        return sum(incoming.get(image)).asOutput();
    }

    private void step(GraphOperation operation, Operand<TFloat32> upstream) {
        if (rule instanceof Propagation.Rule.LrpEpsilon lrp) {
            relevance(operation, upstream, (float) lrp.epsilon());
        } else if (rule == null) {
            for (Output<?> input : inputs(operation)) {
                // Where an operation lets no gradient through, others may.
                Output<?> product = product(operation.output(0), input, upstream);
                if (!product.isClosed()) {
                    send(input, typed(product));
                }
            }
        } else if (operation.type().equals("Relu")) {
            Operand<TFloat32> positive = tf.nn.relu(upstream);
            if (rule instanceof Propagation.Rule.Deconvnet) {
                send(operation.input(0), positive);
            } else {
                send(operation.input(0), vectorJacobian(operation.output(0), operation.input(0), positive));
            }
        } else {
            for (Output<?> input : inputs(operation)) {
                send(input, vectorJacobian(operation.output(0), input, upstream));
            }
        }
    }

    private void relevance(GraphOperation operation, Operand<TFloat32> relevance, float epsilon) {
        Output<?> z = operation.output(0);
        switch (operation.type()) {
            case "Relu" -> send(operation.input(0), relevance);
            case "Identity", "Reshape", "Squeeze", "ExpandDims", "MaxPool", "MaxPoolV2" ->
                // What only moves values moves relevance alike; of a pooling window the winner takes all.
                inputs(operation).forEach(x -> send(x, vectorJacobian(z, x, relevance)));
            case "Conv2D", "DepthwiseConv2dNative", "MatMul", "Mean", "AvgPool" ->
                inputs(operation).forEach(x -> send(x, share(z, x, relevance, epsilon)));
            case "BiasAdd" -> {
                // The bias belongs to the sum before it: z = Wx + b is one layer, divided once.
                GraphOperation sum = (GraphOperation) operation.input(0).op();
                inputs(sum).forEach(x -> send(x, share(z, x, relevance, epsilon)));
            }
            default ->
                throw new InvalidInputException(
                        "LRP has no rule for operation '%s' of type %s", operation.name(), operation.type());
        }
    }

    /** x ⊙ Jᵀ(R / (z + ε·sign z)), with sign 0 = +1. */
    private Operand<TFloat32> share(Output<?> z, Output<?> x, Operand<TFloat32> relevance, float epsilon) {
        Operand<TFloat32> value = typed(z);
        Operand<TFloat32> zero = tf.constant(0f);
        Operand<TFloat32> stabiliser =
                tf.select(tf.math.greaterEqual(value, zero), tf.constant(epsilon), tf.constant(-epsilon));
        Operand<TFloat32> ratio = tf.math.div(relevance, tf.math.add(value, stabiliser));
        return tf.math.mul(typed(x), vectorJacobian(z, x, ratio));
    }

    private Operand<TFloat32> vectorJacobian(Output<?> y, Output<?> x, Operand<TFloat32> upstream) {
        return typed(connected(product(y, x, upstream), y, x));
    }

    private Output<?> product(Output<?> y, Output<?> x, Operand<TFloat32> upstream) {
        return VectorJacobian.add(graph, prefix + "/step" + steps++, y, x, upstream.asOutput());
    }

    /** The gradient, which TensorFlow leaves closed where there is none. */
    static Output<?> connected(Output<?> gradient, Output<?> y, Output<?> x) {
        if (gradient.isClosed()) {
            throw new InvalidInputException(
                    "the score does not depend on '%s': no gradient leads there from '%s'",
                    x.op().name(), y.op().name());
        }
        return gradient;
    }

    private void send(Output<?> tensor, Operand<TFloat32> value) {
        incoming.computeIfAbsent(tensor, none -> new ArrayList<>()).add(value);
    }

    private Operand<TFloat32> sum(List<Operand<TFloat32>> values) {
        return values.size() == 1 ? values.get(0) : tf.math.addN(values);
    }

    /** Adds the operation to the path, after its inputs, if the image leads to it. */
    private boolean visit(GraphOperation operation, Map<GraphOperation, Boolean> known) {
        Boolean before = known.get(operation);
        if (before != null) {
            return before;
        }
        boolean leads = false;
        if (operation.equals(image.op())) {
            known.put(operation, true);
            return true;
        }
        for (int i = 0; i < operation.numInputs(); i++) {
            leads |= visit((GraphOperation) operation.input(i).op(), known);
        }
        known.put(operation, leads);
        if (leads) {
            path.add(operation);
        }
        return leads;
    }

    /** The inputs of an operation that the image leads to, each once. */
    private Set<Output<?>> inputs(GraphOperation operation) {
        Set<Output<?>> inputs = new LinkedHashSet<>();
        for (int i = 0; i < operation.numInputs(); i++) {
            Output<?> input = operation.input(i);
            if (input.equals(image) || path.contains((GraphOperation) input.op())) {
                inputs.add(input);
            }
        }
        return inputs;
    }

    @SuppressWarnings("unchecked")
    private static Operand<TFloat32> typed(Output<?> output) {
        return (Operand<TFloat32>) output;
    }
}

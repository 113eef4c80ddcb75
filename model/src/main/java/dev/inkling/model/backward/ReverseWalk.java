package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
 * Adds a backward pass with a rule of its own to a graph, operation by operation from the logits back to the image: what
 * comes back to an operation's output the rule sends on to its inputs. In a graph every use of an activation function is an
 * operation of its own, so one that is used twice needs no care.
 */
public final class ReverseWalk {

    private final Graph graph;
    private final Output<?> image;
    private final Output<?> logits;
    private final Ops tf;
    private final String prefix;
    private final GraphPath path;

    /** What has come back so far to each tensor between the image and the logits; several users add up. */
    private final Map<Output<?>, List<Operand<TFloat32>>> incoming = new HashMap<>();

    private int steps;

    /** How a pass goes through one operation: sends something to the inputs that matter. */
    @FunctionalInterface
    interface Rule {
        void back(GraphOperation operation, Operand<TFloat32> upstream);
    }

    /**
     * A walk through a graph, which nothing may run meanwhile.
     *
     * @param scope in which the pass is added: once for each
     * @param image (N, H, W, C)
     * @param logits (N, K)
     */
    public ReverseWalk(Graph graph, String scope, Output<?> image, Output<?> logits) {
        this.graph = graph;
        this.image = image;
        this.logits = logits;
        this.prefix = scope;
        Ops ops = Ops.create(graph);
        for (String part : scope.split("/")) {
            ops = ops.withSubScope(part);
        }
        this.tf = ops;
        this.path = new GraphPath(image, logits);
    }

    /**
     * Adds the pass.
     *
     * @param start what enters at the logits, (N, K)
     * @return what arrives at the image, (N, H, W, C)
     * @throws InvalidInputException if an operation on the way is not covered by the rule
     */
    Operand<TFloat32> from(Operand<TFloat32> start, Rule rule) {
        send(logits, start);
        List<GraphOperation> backwards = new ArrayList<>(path.operations());
        Collections.reverse(backwards);
        for (GraphOperation operation : backwards) {
            List<Operand<TFloat32>> arrived = incoming.remove(operation.output(0));
            if (arrived != null) {
                rule.back(operation, sum(arrived));
            }
        }
        List<Operand<TFloat32>> arrived = incoming.get(image);
        if (arrived == null) {
            throw new InvalidInputException(
                    "the score does not depend on '%s': nothing leads there from '%s'",
                    image.op().name(), logits.op().name());
        }
        return sum(arrived);
    }

    /**
     * Adds the gradient.
     *
     * @param weights of the logits, (N, K)
     * @return ∂(Σₖ wₖ · logitₖ)/∂image, (N, H, W, C)
     * @throws InvalidInputException if there is none
     */
    public Operand<TFloat32> gradient(Operand<TFloat32> weights) {
        return from(weights, this::sendVectorJacobians);
    }

    /**
     * Adds the gradient of Inkling's own network, in operations that every runtime has.
     *
     * @param weights of the logits, (N, K)
     * @param guided whether only what is positive goes back through a ReLU (Springenberg et al. 2014)
     * @return (N, H, W, C)
     */
    public Operand<TFloat32> portableGradient(Operand<TFloat32> weights, boolean guided) {
        return from(weights, new PortableGradient(this, guided));
    }

    /** Where the pass adds operations of its own. */
    Ops tf() {
        return tf;
    }

    Output<?> image() {
        return image;
    }

    GraphPath path() {
        return path;
    }

    /** The inputs of an operation that the image leads to, each once. */
    Set<Output<?>> inputs(GraphOperation operation) {
        return path.inputs(operation);
    }

    Operand<TFloat32> vectorJacobian(Output<?> y, Output<?> x, Operand<TFloat32> upstream) {
        return GraphPath.typed(connected(product(y, x, upstream), y, x));
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

    void send(Output<?> tensor, Operand<TFloat32> value) {
        incoming.computeIfAbsent(tensor, none -> new ArrayList<>()).add(value);
    }

    /** Sends to every input on the path the ordinary vector-Jacobian product. */
    void sendVectorJacobians(GraphOperation operation, Operand<TFloat32> upstream) {
        for (Output<?> input : inputs(operation)) {
            // Where an operation lets no gradient through, others may.
            Output<?> product = product(operation.output(0), input, upstream);
            if (!product.isClosed()) {
                send(input, GraphPath.typed(product));
            }
        }
    }

    private Operand<TFloat32> sum(List<Operand<TFloat32>> values) {
        return values.size() == 1 ? values.get(0) : tf.math.addN(values);
    }
}

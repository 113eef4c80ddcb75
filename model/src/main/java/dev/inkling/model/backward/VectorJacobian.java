package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.graph.OperationKinds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.data.LeakyReluGrad;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.Relu6Grad;
import org.tensorflow.op.nn.ReluGrad;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * The vector-Jacobian product of one operation: what comes back to its input for what comes back to its output.
 *
 * <p>It is TensorFlow's own gradient but for operations of two kinds:
 *
 * <ul>
 *   <li>A convolution that moves by one place, whose product is again a convolution: of what comes back, with the kernel turned by 180°
 *       and its input and output channels exchanged. A trained kernel is a constant, so TensorFlow turns it once and keeps it in the
 *       layout that the processor likes, where the op {@code Conv2DBackpropInput} arranges it anew in every run. An image's few channels
 *       would leave most of a vector idle, so there a square of places is computed at once, as channels of one place.
 *   <li>An activation function of the ReLU family, whose product is told by its output as well as by its input. TensorFlow asks for the
 *       input, which is then kept, and convolution, bias and ReLU do not become one operation.
 * </ul>
 */
final class VectorJacobian {

    /** Channels that the processor computes at once, whether there are as many or not. */
    private static final int VECTOR = 16;

    private VectorJacobian() {}

    /**
     * Adds the product to the graph.
     *
     * @param scope for the operations that are added, not used before
     * @param y first output of an operation
     * @param x an input of that operation, which no other input depends on
     * @param upstream what comes back to y, of its shape
     * @return what comes back to x, of its shape; closed if y does not depend on x
     */
    static Output<?> add(Graph graph, String scope, Output<?> y, Output<?> x, Output<?> upstream) {
        GraphOperation operation = (GraphOperation) y.op();
        Ops tf = Ops.create(graph);
        for (String part : scope.split("/")) {
            tf = tf.withSubScope(part);
        }
        Operand<TFloat32> back = GraphPath.typed(upstream);
        return switch (operation.type()) {
            case "Relu" -> ReluGrad.create(tf.scope(), back, GraphPath.typed(y)).asOutput();
            case "Relu6" ->
                Relu6Grad.create(tf.scope(), back, GraphPath.typed(y)).asOutput();
            case "LeakyRelu" -> {
                float alpha = operation.attributes().getAttrFloat("alpha");
                // With a negative one the output does not tell.
                yield alpha < 0
                        ? addGradients(graph, scope, y, x, upstream)
                        : LeakyReluGrad.create(tf.scope(), back, GraphPath.typed(y), LeakyReluGrad.alpha(alpha))
                                .asOutput();
            }
            case "Conv2D" ->
                operation.input(0).equals(x) && movesByOne(operation)
                        ? convolution(tf, operation, back)
                        : addGradients(graph, scope, y, x, upstream);
            default -> addGradients(graph, scope, y, x, upstream);
        };
    }

    private static Output<?> addGradients(Graph graph, String scope, Output<?> y, Output<?> x, Output<?> upstream) {
        return graph.addGradients(scope, new Output<?>[] {y}, new Output<?>[] {x}, new Output<?>[] {upstream})[0];
    }

    /** Whether a convolution is one of the plain kind: stride and dilation 1, channels last, whole borders or none. */
    private static boolean movesByOne(GraphOperation convolution) {
        Shape kernel = convolution.input(1).shape();
        if (kernel.hasUnknownDimension() || convolution.attributes().getAttrType("T") != DataType.DT_FLOAT) {
            return false;
        }
        String padding = convolution.attributes().getAttrString("padding");
        boolean odd = kernel.get(0) % 2 == 1 && kernel.get(1) % 2 == 1;
        return (padding.equals("VALID") || padding.equals("SAME") && odd)
                && ones(convolution, "strides")
                && ones(convolution, "dilations")
                && OperationKinds.channelsLast(convolution)
                && convolution.input(0).shape().get(3) == kernel.get(2);
    }

    private static boolean ones(GraphOperation operation, String attribute) {
        return Arrays.stream(operation.attributes().getAttrIntList(attribute)).allMatch(value -> value == 1);
    }

    private static Output<?> convolution(Ops tf, GraphOperation forward, Operand<TFloat32> back) {
        Output<TFloat32> kernel = GraphPath.typed(forward.input(1));
        Operand<TFloat32> turned = tf.linalg.transpose(
                tf.reverse(kernel, tf.constant(new int[] {0, 1})), tf.constant(new int[] {0, 1, 3, 2}));
        if (forward.attributes().getAttrString("padding").equals("SAME")) {
            int side = side(forward.input(0).shape());
            return side == 1
                    ? tf.nn.conv2d(back, turned, strides(1), "SAME").asOutput()
                    : tf.nn.depthToSpace(
                                    tf.nn.conv2d(back, squared(tf, turned, side), strides(side), "SAME"), (long) side)
                            .asOutput();
        }
        // Every place of the input has been seen by all places of the kernel that fit.
        long rows = kernel.shape().get(0) - 1;
        long columns = kernel.shape().get(1) - 1;
        return tf.nn.conv2d(
                        back,
                        turned,
                        strides(1),
                        "EXPLICIT",
                        Conv2d.explicitPaddings(0L, 0L, rows, rows, columns, columns, 0L, 0L))
                .asOutput();
    }

    /** The side of the largest square of places whose channels fit a vector together, of those that tile the image. */
    private static int side(Shape image) {
        return IntStream.of(4, 2)
                .filter(side ->
                        side * side * image.get(3) <= VECTOR && image.get(1) % side == 0 && image.get(2) % side == 0)
                .findFirst()
                .orElse(1);
    }

    /** The kernel shifted to each place of a square, one after the other along the output channels. */
    private static Operand<TFloat32> squared(Ops tf, Operand<TFloat32> kernel, int side) {
        List<Operand<TFloat32>> shifted = new ArrayList<>();
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                int[][] around = {{row, side - 1 - row}, {column, side - 1 - column}, {0, 0}, {0, 0}};
                shifted.add(tf.pad(kernel, tf.constant(around), tf.constant(0f)));
            }
        }
        return tf.concat(shifted, tf.constant(3));
    }

    private static List<Long> strides(long step) {
        return List.of(1L, step, step, 1L);
    }
}

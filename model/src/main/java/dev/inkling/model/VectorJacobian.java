package dev.inkling.model;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * The vector-Jacobian product of one operation: what comes back to its input for what comes back to its output.
 *
 * <p>It is TensorFlow's own gradient but for a convolution that moves by one place, whose product is again a convolution: of what
 * comes back, with the kernel turned by 180° and its input and output channels exchanged. A trained kernel is a constant, so
 * TensorFlow turns it once and keeps it in the layout that the processor likes, where the op {@code Conv2DBackpropInput} arranges
 * it anew in every run.
 */
final class VectorJacobian {

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
        if (operation.type().equals("Conv2D") && operation.input(0).equals(x) && movesByOne(operation)) {
            Ops tf = Ops.create(graph);
            for (String part : scope.split("/")) {
                tf = tf.withSubScope(part);
            }
            return convolution(tf, operation, upstream);
        }
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
                && convolution.attributes().getAttrString("data_format").equals("NHWC")
                && convolution.input(0).shape().get(3) == kernel.get(2);
    }

    private static boolean ones(GraphOperation operation, String attribute) {
        return Arrays.stream(operation.attributes().getAttrIntList(attribute)).allMatch(value -> value == 1);
    }

    @SuppressWarnings("unchecked")
    private static Output<?> convolution(Ops tf, GraphOperation forward, Output<?> upstream) {
        Output<TFloat32> kernel = (Output<TFloat32>) forward.input(1);
        Operand<TFloat32> turned = tf.linalg.transpose(
                tf.reverse(kernel, tf.constant(new int[] {0, 1})), tf.constant(new int[] {0, 1, 3, 2}));
        List<Long> strides = List.of(1L, 1L, 1L, 1L);
        Operand<TFloat32> back = (Operand<TFloat32>) upstream;
        if (forward.attributes().getAttrString("padding").equals("SAME")) {
            return tf.nn.conv2d(back, turned, strides, "SAME").asOutput();
        }
        // Every place of the input has been seen by all places of the kernel that fit.
        long rows = kernel.shape().get(0) - 1;
        long columns = kernel.shape().get(1) - 1;
        return tf.nn.conv2d(
                        back,
                        turned,
                        strides,
                        "EXPLICIT",
                        Conv2d.explicitPaddings(0L, 0L, rows, rows, columns, columns, 0L, 0L))
                .asOutput();
    }
}

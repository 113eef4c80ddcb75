package dev.inkling.model.incremental;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.graph.OperationKinds;
import dev.inkling.model.graph.Replica;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.IntDataBuffer;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A second way from a layer to the logits, for one image's output with one channel or none set to 0, in many rows. As long as operations
 * treat each channel by itself, what they make of the output and what they make of zeros is all there is: each row takes its
 * channels from either.
 *
 * @param without where it is fed which channel each row is to be without, (N), or {@link #NONE}; the layer's own tensor is where the output is
 *     fed, (1, h, w, c)
 * @param logits (N, K)
 */
public record ChannelAblation(Output<TFloat32> without, Output<?> logits) {

    /** No channel is left out. */
    public static final float NONE = -1;

    private static final Set<String> REDUCTIONS = Set.of("Mean", "Sum", "Max", "Min");

    /** They keep all values and their order. */
    private static final Set<String> SHAPES = Set.of("Reshape", "Squeeze", "ExpandDims");

    /**
     * Adds it to a graph, which nothing may run meanwhile.
     *
     * @param layer whose output alone the logits follow from, channels last
     */
    public static ChannelAblation add(Graph graph, String scope, Output<?> layer, Output<?> logits) {
        Ops tf = Ops.create(graph).withSubScope(scope);
        GraphPath path = new GraphPath(layer, logits);
        Output<?> whole = layer;
        Output<?> none = tf.zerosLike(GraphPath.typed(layer)).asOutput();
        Optional<GraphOperation> next = path.soleReader(whole);
        while (next.isPresent() && isChannelwise(next.get(), whole)) {
            GraphOperation operation = next.get();
            none = Replica.of(operation, tf, Replica.inputs(operation, Map.of(whole, none)))
                    .output(0);
            whole = operation.output(0);
            next = path.soleReader(whole);
        }
        int channels = channels(whole);
        Output<TFloat32> without = tf.withName("without")
                .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)))
                .asOutput();
        // No place is below 0, so that a row without any is 1 throughout.
        Operand<TFloat32> keeps = tf.oneHot(
                tf.dtypes.cast(without, TInt32.class), tf.constant(channels), tf.constant(0f), tf.constant(1f));
        long[] row = new long[whole.shape().numDimensions()];
        Arrays.fill(row, 1);
        row[0] = Shape.UNKNOWN_SIZE;
        row[row.length - 1] = channels;
        // Products with 1 and 0 are exact; a selection would first copy all three to their common shape.
        Operand<TFloat32> kepts = tf.reshape(keeps, tf.constant(row));
        Operand<TFloat32> some = tf.withName("some")
                .math
                .add(
                        tf.math.mul(kepts, GraphPath.typed(whole)),
                        tf.math.mul(tf.math.sub(tf.constant(1f), kepts), GraphPath.typed(none)));
        return new ChannelAblation(without, new GraphPath(whole, logits).follow(tf, some.asOutput()));
    }

    /** Whether each channel of what it puts out follows from the same channel of the tensor. */
    private static boolean isChannelwise(GraphOperation operation, Output<?> tensor) {
        Output<?> output = operation.output(0);
        if (!haveChannels(tensor.shape(), output.shape())) {
            return false;
        }
        String type = operation.type();
        return OperationKinds.isPointwise(operation, tensor)
                || OperationKinds.POOLS.contains(type) && OperationKinds.channelsLast(operation)
                || type.equals("DepthwiseConv2dNative")
                        && OperationKinds.channelsLast(operation)
                        && operation.input(0).equals(tensor)
                || REDUCTIONS.contains(type)
                        && keepsImagesAndChannels(operation, tensor.shape().numDimensions())
                // In the order of the values, the last axis still counts the channels.
                || SHAPES.contains(type)
                        && tensor.shape().tail().size() == output.shape().tail().size();
    }

    /** Images first, as many channels last. */
    private static boolean haveChannels(Shape in, Shape out) {
        return in.numDimensions() >= 2
                && out.numDimensions() >= 2
                && !out.tail().hasUnknownDimension()
                && in.get(0) == out.get(0)
                && in.get(in.numDimensions() - 1) == out.get(out.numDimensions() - 1);
    }

    private static boolean keepsImagesAndChannels(GraphOperation reduction, int rank) {
        GraphOperation axes = (GraphOperation) reduction.input(1).op();
        if (!axes.type().equals("Const")) {
            return false;
        }
        try (Tensor constant = axes.attributes().getAttrTensor("value")) {
            if (constant.dataType() != DataType.DT_INT32) {
                return false;
            }
            IntDataBuffer numbers = constant.asRawTensor().data().asInts();
            return LongStream.range(0, numbers.size())
                    .map(i -> Math.floorMod(numbers.getInt(i), rank))
                    .noneMatch(axis -> axis == 0 || axis == rank - 1);
        }
    }

    private static int channels(Output<?> tensor) {
        return Math.toIntExact(tensor.shape().get(tensor.shape().numDimensions() - 1));
    }
}

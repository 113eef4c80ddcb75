package dev.inkling.model.saved;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** The float32 or int32 values of a constant in a graph, in row-major order. */
record Constant(long[] shape, double[] values) {

    /** Those of a node, if it is such a constant. */
    static Optional<Constant> of(NodeDef node) {
        if (node == null || !node.getOp().equals("Const")) {
            return Optional.empty();
        }
        TensorProto tensor = node.getAttrOrThrow("value").getTensor();
        long[] shape = shape(node);
        double[] values = new double[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        ByteBuffer content = tensor.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        boolean floats = tensor.getDtype() == DataType.DT_FLOAT;
        if (!floats && tensor.getDtype() != DataType.DT_INT32) {
            return Optional.empty();
        }
        int listed = floats ? tensor.getFloatValCount() : tensor.getIntValCount();
        for (int i = 0; i < values.length; i++) {
            if (content.hasRemaining()) {
                values[i] = floats ? content.getFloat() : content.getInt();
            } else if (listed > 0) {
                // The last value stands for all that follow.
                int at = Math.min(i, listed - 1);
                values[i] = floats ? tensor.getFloatVal(at) : tensor.getIntVal(at);
            }
        }
        return Optional.of(new Constant(shape, values));
    }

    /** Whether a node is a constant of float32 values. */
    static boolean isFloat(NodeDef node) {
        return node != null
                && node.getOp().equals("Const")
                && node.getAttrOrThrow("value").getTensor().getDtype() == DataType.DT_FLOAT;
    }

    /** The sides of a constant. */
    static long[] shape(NodeDef node) {
        return node.getAttrOrThrow("value").getTensor().getTensorShape().getDimList().stream()
                .mapToLong(TensorShapeProto.Dim::getSize)
                .toArray();
    }

    /** One number for each of C channels, the last axis, if that is what a tensor is combined with; a single number counts for all. */
    Optional<double[]> perChannel(int channels, int rank) {
        if (shape.length > rank) {
            return Optional.empty();
        }
        if (values.length == 1) {
            double[] same = new double[channels];
            Arrays.fill(same, values[0]);
            return Optional.of(same);
        }
        boolean last = values.length == channels && shape[shape.length - 1] == channels;
        return last ? Optional.of(values.clone()) : Optional.empty();
    }

    /** A float32 constant. */
    static NodeDef node(String name, double[] values, long... shape) {
        ByteBuffer content = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            content.putFloat((float) value);
        }
        TensorShapeProto.Builder sides = TensorShapeProto.newBuilder();
        for (long side : shape) {
            sides.addDim(TensorShapeProto.Dim.newBuilder().setSize(side));
        }
        return SavedVariables.constant(
                name,
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_FLOAT)
                        .setTensorShape(sides)
                        .setTensorContent(ByteString.copyFrom(content.flip()))
                        .build());
    }
}

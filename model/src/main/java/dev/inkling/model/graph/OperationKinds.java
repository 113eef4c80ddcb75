package dev.inkling.model.graph;

import java.util.Arrays;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/** Operations that are treated alike. */
public final class OperationKinds {

    /** Functions of each value by itself. */
    public static final Set<String> ACTIVATIONS =
            Set.of("Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Softplus", "Softsign", "Sigmoid", "Tanh");

    /** What only moves values, repeats none and invents none but zeros. */
    public static final Set<String> MOVES = Set.of(
            "Identity",
            "Reshape",
            "Squeeze",
            "ExpandDims",
            "Transpose",
            "Pad",
            "PadV2",
            "ConcatV2",
            "SpaceToBatchND",
            "BatchToSpaceND",
            "SpaceToDepth",
            "DepthToSpace",
            "Slice",
            "StridedSlice");

    public static final Set<String> MAX_POOLS = Set.of("MaxPool", "MaxPoolV2", "Max");

    /** Sums over places, with factors that are at least 0 and depend on the places alone. */
    public static final Set<String> AVERAGES =
            Set.of("Mean", "Sum", "AvgPool", "ResizeBilinear", "ResizeNearestNeighbor");

    public static final Set<String> CONVOLUTIONS = Set.of("Conv2D", "DepthwiseConv2dNative");

    public static final Set<String> NORMALISATIONS = Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");

    public static final Set<String> SUMS = Set.of("Add", "AddV2", "AddN", "Sub");

    /** Over windows of places. */
    public static final Set<String> POOLS = Set.of("MaxPool", "AvgPool");

    private static final Set<String> ARITHMETIC = Set.of("Add", "AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum");

    private OperationKinds() {}

    /**
     * Whether each value that an operation puts out follows from the value in the same place and channel of a tensor, (N, ..., C), and from
     * its channel.
     *
     * @param operation that reads the tensor, and nothing else that depends on the images
     */
    public static boolean isPointwise(GraphOperation operation, Output<?> tensor) {
        String type = operation.type();
        if (NORMALISATIONS.contains(type)) {
            return operation.input(0).equals(tensor)
                    && channelsLast(operation)
                    && !operation.attributes().getAttrBool("is_training");
        }
        if (type.equals("BiasAdd")) {
            return channelsLast(operation);
        }
        if (ARITHMETIC.contains(type)) {
            Output<?> constant = operation.input(0).equals(tensor) ? operation.input(1) : operation.input(0);
            return dependsOnNoPlace(constant.shape());
        }
        return type.equals("Identity") || ACTIVATIONS.contains(type);
    }

    /** A number, or one for each channel. */
    private static boolean dependsOnNoPlace(Shape constant) {
        return !constant.isUnknown()
                && Arrays.stream(constant.asArray())
                        .limit(Math.max(0, constant.numDimensions() - 1))
                        .allMatch(length -> length == 1);
    }

    /** Of one that has a data format: whether it takes the last axis for the channels. */
    public static boolean channelsLast(GraphOperation operation) {
        return operation.attributes().getAttrString("data_format").equals("NHWC");
    }
}

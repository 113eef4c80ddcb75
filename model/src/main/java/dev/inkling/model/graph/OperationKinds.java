package dev.inkling.model.graph;

import java.util.Set;

/** Types of operations that are treated alike. */
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

    private OperationKinds() {}
}

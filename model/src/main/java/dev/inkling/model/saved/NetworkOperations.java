package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * The types of operation that a network may hold, and which of them TensorFlow's C++ gradients cover. A list of what is allowed, not of
 * what is not: a SavedModel from a stranger is code, and TensorFlow has operations that read and write files, run Python or open
 * connections, and gets new ones.
 */
public final class NetworkOperations {

    /** With a gradient, tried one by one on TensorFlow 2.18. */
    private static final Set<String> DIFFERENTIABLE = words("""
            Abs Acos Acosh Add AddN AddV2 Asin Asinh Atan Atan2 Atanh AvgPool BatchMatMul BatchMatMulV2 BatchMatMulV3
            BatchToSpace BatchToSpaceND BiasAdd BroadcastTo Cast ClipByValue ConcatV2 Conv2D Conv2DBackpropInput Cos Cosh
            CropAndResize Cumsum DepthToSpace DepthwiseConv2dNative Diag DiagPart Div DivNoNan Einsum Elu Erf Erfinv Exp
            ExpandDims Expm1 Fill FusedBatchNormV3 GatherNd GatherV2 Identity Inv L2Loss LRN LeakyRelu Lgamma Log Log1p
            LogSoftmax MatMul MatrixBandPart MatrixDiag Max MaxPool MaxPoolV2 Maximum Mean Min Minimum MirrorPad Mul Ndtri
            Neg Pack Pad PadV2 Pow Prod QuantizeAndDequantize QuantizeAndDequantizeV3 RealDiv Reciprocal Relu Relu6 Reshape
            ResizeBicubic ResizeBilinear ResizeNearestNeighbor ReverseSequence ReverseV2 Roll Rsqrt ScaleAndTranslate
            ScatterNd Select SelectV2 Selu Sigmoid Sign Sin Sinh Slice Softmax Softplus Softsign SpaceToBatch SpaceToBatchND
            SpaceToDepth Split SplitV Sqrt Square SquaredDifference Squeeze StopGradient StridedSlice Sub Sum Tan Tanh Tile
            Transpose Unpack
            """);

    /** Without one, and yet nothing but arithmetic in memory. */
    private static final Set<String> OTHERS = words("""
            AccumulateNV2 AdjustContrastv2 AdjustHue AdjustSaturation All Any ArgMax Assert ArgMin AvgPool3D BiasAddV1 Bitcast
            BroadcastArgs BroadcastGradientArgs Bucketize Ceil CheckNumerics Concat ConcatOffset Const Conv3D Cumprod
            Dilation2D EnsureShape Equal Erfc EuclideanNorm ExtractImagePatches FakeQuantWithMinMaxArgs
            FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2
            Gather Greater GreaterEqual HSVToRGB IdentityN InvertPermutation IsFinite IsInf IsNan Less LessEqual LinSpace
            LogicalAnd LogicalNot LogicalOr MaxPool3D MaxPoolWithArgmax Mod NotEqual OneHot OnesLike Placeholder
            PlaceholderWithDefault PreventGradient QuantizeAndDequantizeV2 RGBToHSV NoOp RandomStandardNormal RandomUniform ReadVariableOp
            RandomUniformInt Range Rank ResizeArea Rint Round Shape ShapeN Size Snapshot StatelessRandomGetKeyCounter
            StatelessRandomNormalV2 StatelessRandomUniformV2 TensorScatterUpdate TopK TopKV2 TruncateDiv TruncatedNormal
            Unique UniqueV2 Where Xdivy Xlogy ZerosLike
            """);

    /** Loops and branches. */
    private static final Set<String> CONTROL_FLOW = words("""
            Case If StatelessCase StatelessIf StatelessWhile While
            Enter Exit LoopCond Merge NextIteration Switch
            """);

    /** What loops keep their values in. */
    private static final Set<String> LISTS = words("""
            EmptyTensorList TensorListConcatV2 TensorListElementShape TensorListFromTensor TensorListGather TensorListGetItem
            TensorListLength TensorListPopBack TensorListPushBack TensorListReserve TensorListResize TensorListScatterV2
            TensorListSetItem TensorListStack
            """);

    /** They stand for the operations of what they call. */
    private static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

    private NetworkOperations() {}

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    /** Whether TensorFlow can differentiate through this type. */
    static boolean differentiable(String type) {
        return DIFFERENTIABLE.contains(type);
    }

    /** Whether this is a loop or a branch, or a part of one. */
    public static boolean controlFlow(String type) {
        return CONTROL_FLOW.contains(type);
    }

    /**
     * Checks that a graph holds nothing but what a network needs, in the bodies of its control flow too.
     *
     * @param model what messages call it
     * @throws InvalidInputException if it does; the message names the operation
     */
    static void require(FlatGraph graph, String model) {
        List<NodeDef> all = new ArrayList<>(graph.nodes());
        graph.calledFunctions().forEach(function -> all.addAll(function.getNodeDefList()));
        for (NodeDef node : all) {
            String type = node.getOp();
            boolean calls = graph.function(type) != null || CALLS.contains(type) || controlFlow(type);
            if (!calls && !differentiable(type) && !OTHERS.contains(type) && !LISTS.contains(type)) {
                throw new InvalidInputException(
                        "model '%s' holds operation '%s' of type %s, which is none that a classifier of images needs and may touch"
                                + " files, the network or other programs; if you trust its maker, add --trust-model",
                        model, node.getName(), type);
            }
        }
    }
}

package dev.inkling.model.saved;

import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * What values a network expects of a pixel, judged by what it does first: {@code x / 255}, {@code x / 127.5 − 1} or the subtraction of a
 * mean above 2 speak for [0, 255], {@code 2 x − 1} for [0, 1].
 */
final class PixelRange {

    /** 0 to 255. */
    static final ValueRange BYTES = new ValueRange(0, 255);

    /** What comes before such arithmetic and leaves values as large as they are. */
    private static final Set<String> NEUTRAL = Set.of(
            "Cast",
            "ResizeBilinear",
            "ResizeNearestNeighbor",
            "ResizeBicubic",
            "Pad",
            "PadV2",
            "ReverseV2",
            "Slice",
            "StridedSlice");

    /** Divisors above this are for bytes: 127.5 and 255, and 58, the deviation of ImageNet's. */
    private static final double SMALL_SCALE = 1 / 50.0;

    /** A mean above this is one of bytes. */
    private static final double LARGE_MEAN = 2;

    private PixelRange() {}

    /** The range, or empty where the network does not say. */
    static Optional<ValueRange> of(FlatGraph graph, String image) {
        var readers = graph.readers();
        double scale = 1;
        double offset = 0;
        boolean found = false;
        NodeDef last = graph.node(image);
        while (readers.getOrDefault(last.getName(), Set.of()).size() == 1) {
            NodeDef reader = readers.get(last.getName()).iterator().next();
            if (NEUTRAL.contains(reader.getOp())) {
                last = reader;
                continue;
            }
            if (reader.getInputCount() != 2) {
                break;
            }
            boolean first = FlatGraph.input(reader, 0).node().equals(last.getName());
            Optional<Double> number = Constant.of(graph.inputNode(reader, first ? 1 : 0))
                    .filter(constant -> constant.values().length <= 4 && constant.values().length > 0)
                    .map(constant -> Arrays.stream(constant.values()).average().orElseThrow());
            if (number.isEmpty()) {
                break;
            }
            double value = number.get();
            String type = reader.getOp();
            if (type.equals("Mul")) {
                scale *= value;
                offset *= value;
            } else if ((type.equals("RealDiv") || type.equals("Div")) && first) {
                scale /= value;
                offset /= value;
            } else if (type.startsWith("Add") || type.equals("BiasAdd")) {
                offset += value;
            } else if (type.equals("Sub") && first) {
                offset -= value;
            } else {
                break;
            }
            found = true;
            last = reader;
        }
        if (!found) {
            return Optional.empty();
        }
        boolean bytes = Math.abs(scale) < SMALL_SCALE || Math.abs(offset / scale) > LARGE_MEAN;
        return Optional.of(bytes ? BYTES : ValueRange.UNIT);
    }

    /** Of an image that goes in as a type of its own. */
    static Optional<ValueRange> of(DataType type) {
        return type == DataType.DT_UINT8 || type == DataType.DT_INT32 ? Optional.of(BYTES) : Optional.empty();
    }
}

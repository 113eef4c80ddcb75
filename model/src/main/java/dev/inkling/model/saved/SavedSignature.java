package dev.inkling.model.saved;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A signature of a SavedModel, as any runtime sees it.
 *
 * @param inputs sorted by name
 * @param outputs sorted by name
 */
public record SavedSignature(String name, List<Tensor> inputs, List<Tensor> outputs) {

    /** The one by which runtimes ask a model for its scores. */
    public static final String SERVING = "serving_default";

    public SavedSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * One input or output.
     *
     * @param type such as {@code float32}, as Python calls it
     * @param shape such as {@code (N, 28, 28, 1)}; {@code ?} is a side that may be any but the first, which is N
     */
    public record Tensor(String name, String type, String shape) {}

    /** All signatures of a graph that have a way in and a way out, sorted by name. */
    static List<SavedSignature> of(MetaGraphDef graph) {
        List<SavedSignature> signatures = new ArrayList<>();
        graph.getSignatureDefMap().forEach((name, signature) -> {
            if (signature.getInputsCount() > 0 && signature.getOutputsCount() > 0) {
                signatures.add(new SavedSignature(
                        name, tensors(signature.getInputsMap()), tensors(signature.getOutputsMap())));
            }
        });
        signatures.sort(Comparator.comparing(SavedSignature::name));
        return signatures;
    }

    private static List<Tensor> tensors(Map<String, TensorInfo> tensors) {
        List<Tensor> sorted = new ArrayList<>();
        new TreeMap<>(tensors)
                .forEach((name, info) -> sorted.add(new Tensor(name, type(info), shape(info.getTensorShape()))));
        return sorted;
    }

    /** {@code DT_FLOAT} is {@code float32}. */
    static String type(TensorInfo info) {
        return switch (info.getDtype()) {
            case DT_FLOAT -> "float32";
            case DT_DOUBLE -> "float64";
            case DT_HALF -> "float16";
            default -> info.getDtype().name().substring("DT_".length()).toLowerCase(Locale.ROOT);
        };
    }

    /** Such as {@code (N, 28, 28, 1)}. */
    static String shape(TensorShapeProto shape) {
        if (shape.getUnknownRank()) {
            return "of any shape";
        }
        List<String> sides = new ArrayList<>();
        for (int i = 0; i < shape.getDimCount(); i++) {
            long side = shape.getDim(i).getSize();
            sides.add(side >= 0 ? String.valueOf(side) : i == 0 ? "N" : "?");
        }
        return "(" + String.join(", ", sides) + ")";
    }
}

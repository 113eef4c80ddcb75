package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * From images to scores: which of a SavedModel's signatures, which of its inputs, and which outputs could be the scores.
 *
 * @param name of the signature
 * @param input name of the image
 * @param image the tensor it is fed to
 * @param scores by name, at least one
 */
record ServingSignature(String name, String input, TensorInfo image, Map<String, TensorInfo> scores) {

    private static final Set<DataType> PIXELS =
            Set.of(DataType.DT_FLOAT, DataType.DT_HALF, DataType.DT_UINT8, DataType.DT_INT32);

    private static final Set<Long> CHANNELS = Set.of(1L, 2L, 3L, 4L, -1L);

    /**
     * Finds it.
     *
     * @param model what messages call it
     * @throws InvalidInputException if there is none, or several and no choice
     */
    static ServingSignature find(String model, Map<String, SignatureDef> all, ModelChoices choices) {
        Map<String, SignatureDef> signatures = new TreeMap<>(all);
        signatures.values().removeIf(signature -> signature.getInputsMap().isEmpty());
        if (choices.signature().isPresent()) {
            String chosen = choices.signature().get();
            if (!signatures.containsKey(chosen)) {
                throw new InvalidInputException(
                        "model '%s' has no signature '%s'; its signatures: %s", model, chosen, describe(signatures));
            }
            signatures.keySet().retainAll(Set.of(chosen));
        }
        Map<String, SignatureDef> fitting = new LinkedHashMap<>();
        signatures.forEach((name, signature) -> {
            if (!images(signature, choices).isEmpty() && !scores(signature).isEmpty()) {
                fitting.put(name, signature);
            }
        });
        if (fitting.isEmpty()) {
            throw unfit(model, signatures, choices);
        }
        String name = fitting.size() == 1 ? fitting.keySet().iterator().next() : SavedSignature.SERVING;
        if (!fitting.containsKey(name)) {
            throw new InvalidInputException(
                    "model '%s' has several signatures from images to scores; choose one by --signature: %s",
                    model, describe(fitting));
        }
        SignatureDef signature = fitting.get(name);
        Map<String, TensorInfo> images = images(signature, choices);
        if (images.size() > 1) {
            throw new InvalidInputException(
                    "signature '%s' of model '%s' has several inputs that could be the image; choose one by --input: %s",
                    name, model, describeTensors(images));
        }
        Map.Entry<String, TensorInfo> image = images.entrySet().iterator().next();
        return new ServingSignature(name, image.getKey(), image.getValue(), scores(signature));
    }

    private static InvalidInputException unfit(
            String model, Map<String, SignatureDef> signatures, ModelChoices choices) {
        if (signatures.isEmpty()) {
            return new InvalidInputException(
                    "model '%s' has no signature, so nothing says where the image goes in; export it with one", model);
        }
        boolean named = choices.input().isPresent()
                && signatures.values().stream()
                        .noneMatch(signature -> signature
                                .getInputsMap()
                                .containsKey(choices.input().get()));
        if (named) {
            return new InvalidInputException(
                    "model '%s' has no input '%s'; its signatures: %s",
                    model, choices.input().get(), describe(signatures));
        }
        boolean channelsFirst = signatures.values().stream()
                .flatMap(signature -> signature.getInputsMap().values().stream())
                .anyMatch(ServingSignature::channelsFirst);
        if (channelsFirst) {
            return new InvalidInputException(
                    "model '%s' takes images with their channels first, (N, C, H, W), expected (N, H, W, C); its signatures: %s",
                    model, describe(signatures));
        }
        boolean images = signatures.values().stream()
                .anyMatch(signature -> !images(signature, choices).isEmpty());
        return images
                ? new InvalidInputException(
                        "model '%s' gives no scores of shape (N, K), one number for each class; its signatures: %s",
                        model, describe(signatures))
                : new InvalidInputException(
                        "model '%s' has no image input, expected float32 (N, H, W, C) with 1 to 4 channels; its"
                                + " signatures: %s",
                        model, describe(signatures));
    }

    private static Map<String, TensorInfo> images(SignatureDef signature, ModelChoices choices) {
        Map<String, TensorInfo> images = new TreeMap<>(signature.getInputsMap());
        if (choices.input().isPresent()) {
            images.keySet().retainAll(Set.of(choices.input().get()));
        }
        images.values().removeIf(tensor -> {
            List<Long> shape = shape(tensor);
            boolean fits = tensor.getTensorShape().getUnknownRank()
                    || shape.size() == 4 && CHANNELS.contains(shape.get(3)) && !channelsFirst(tensor);
            return !PIXELS.contains(tensor.getDtype()) || !fits;
        });
        return images;
    }

    private static boolean channelsFirst(TensorInfo tensor) {
        List<Long> shape = shape(tensor);
        return shape.size() == 4
                && (shape.get(1) == 1 || shape.get(1) == 3)
                && (shape.get(3) > 4 || shape.get(3) < 1 && shape.get(2) < 1);
    }

    private static Map<String, TensorInfo> scores(SignatureDef signature) {
        Map<String, TensorInfo> scores = new TreeMap<>(signature.getOutputsMap());
        scores.values()
                .removeIf(tensor -> tensor.getDtype() != DataType.DT_FLOAT
                        || !tensor.getTensorShape().getUnknownRank()
                                && shape(tensor).size() != 2);
        return scores;
    }

    static List<Long> shape(TensorInfo tensor) {
        return tensor.getTensorShape().getDimList().stream()
                .map(TensorShapeProto.Dim::getSize)
                .toList();
    }

    private static String describe(Map<String, SignatureDef> signatures) {
        return signatures.entrySet().stream()
                .map(entry ->
                        entry.getKey() + " (" + describeTensors(entry.getValue().getInputsMap()) + " → "
                                + describeTensors(entry.getValue().getOutputsMap()) + ")")
                .collect(Collectors.joining("; "));
    }

    static String describeTensors(Map<String, TensorInfo> tensors) {
        return new TreeMap<>(tensors)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " " + describe(entry.getValue()))
                        .collect(Collectors.joining(", "));
    }

    static String describe(TensorInfo tensor) {
        return SavedSignature.type(tensor) + " " + SavedSignature.shape(tensor.getTensorShape());
    }
}

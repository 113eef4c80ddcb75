package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Where a model's image goes in: a placeholder of floating point in place of the signature's input.
 *
 * @param name of the placeholder
 * @param bytes whether the model takes whole numbers; their cast to floating point is left out then, for an integer has no gradient
 * @param instead which tensors it replaced
 */
record ImageInput(String name, boolean bytes, Map<TensorName, TensorName> instead) {

    /**
     * The shape of the image, (N, H, W, C), all but N known.
     *
     * @param model what messages call it
     * @param size that the user gave
     * @throws InvalidInputException if the model leaves a side open and the user does too, they disagree, or N is fixed above 1
     */
    static TensorShapeProto shape(String model, ServingSignature signature, Optional<ModelChoices.Size> size) {
        List<Long> declared = signature.image().getTensorShape().getUnknownRank()
                ? List.of(-1L, -1L, -1L, -1L)
                : ServingSignature.shape(signature.image());
        List<Long> shape = new ArrayList<>(declared);
        if (size.isPresent()) {
            List<Long> given = List.of(
                    declared.get(0),
                    (long) size.get().height(),
                    (long) size.get().width(),
                    size.get().channels().map(Long::valueOf).orElse(declared.get(3)));
            for (int i = 1; i < 4; i++) {
                if (declared.get(i) >= 0 && !declared.get(i).equals(given.get(i))) {
                    throw new InvalidInputException(
                            "model '%s' takes images of %d×%d×%d, --size says %d×%d×%d; leave it out",
                            model,
                            declared.get(1),
                            declared.get(2),
                            declared.get(3),
                            given.get(1),
                            given.get(2),
                            given.get(3));
                }
                shape.set(i, given.get(i));
            }
        }
        if (shape.get(1) < 1 || shape.get(2) < 1 || shape.get(3) < 1) {
            throw new InvalidInputException(
                    "model '%s' takes images of any size: input '%s' is %s; choose one by --size, such as %s",
                    model,
                    signature.input(),
                    ServingSignature.describe(signature.image()),
                    shape.get(3) < 1 ? "224x224x3" : "224");
        }
        if (shape.get(0) > 1) {
            throw new InvalidInputException(
                    "model '%s' takes exactly %d images at a time: input '%s' is %s; export it for any number",
                    model, shape.get(0), signature.input(), ServingSignature.describe(signature.image()));
        }
        TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
        shape.forEach(side -> proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(side)));
        return proto.build();
    }

    /**
     * Puts the placeholder into a graph.
     *
     * @param input the tensor that the image was fed to
     * @throws InvalidInputException if that holds whole numbers, and something reads them as such
     */
    static ImageInput feed(
            FlatGraph graph, String model, ServingSignature signature, TensorName input, TensorShapeProto shape) {
        String name = graph.freeName("image");
        Map<TensorName, TensorName> instead = new HashMap<>();
        TensorName placeholder = new TensorName(name, 0);
        DataType type = signature.image().getDtype();
        if (type == DataType.DT_FLOAT) {
            instead.put(input, placeholder);
        } else {
            Set<NodeDef> readers = new HashSet<>(graph.readers().getOrDefault(input.node(), Set.of()));
            Deque<NodeDef> passing = new ArrayDeque<>(readers);
            while (!passing.isEmpty()) {
                NodeDef reader = passing.pop();
                if (reader.getOp().equals("Identity")) {
                    passing.addAll(graph.readers().getOrDefault(reader.getName(), Set.of()));
                } else if (reader.getOp().equals("Cast")
                        && OperationTypes.attribute(reader, "DstT").getType() == DataType.DT_FLOAT) {
                    instead.put(new TensorName(reader.getName(), 0), placeholder);
                } else {
                    throw new InvalidInputException(
                            "input '%s' of model '%s' is %s and read as such by operation '%s' of type %s; expected float32, or a"
                                    + " cast to it first",
                            signature.input(),
                            model,
                            ServingSignature.describe(signature.image()),
                            reader.getName(),
                            reader.getOp());
                }
            }
        }
        graph.put(NodeDef.newBuilder()
                .setName(name)
                .setOp("Placeholder")
                .putAttr("dtype", GraphSimplifier.type(DataType.DT_FLOAT))
                .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
                .build());
        graph.redirect(instead);
        return new ImageInput(name, type != DataType.DT_FLOAT && type != DataType.DT_HALF, instead);
    }
}

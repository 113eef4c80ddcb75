package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** What this TensorFlow knows of each type of operation: what goes in, what comes out, and by which names. */
final class OperationTypes {

    private static final class Registered {
        static final Map<String, OpDef> TYPES = new HashMap<>();

        static {
            TensorFlow.registeredOpList().getOpList().forEach(type -> TYPES.put(type.getName(), type));
        }
    }

    private OperationTypes() {}

    /**
     * The definition of a node's type.
     *
     * @throws InvalidInputException if this TensorFlow has none
     */
    static OpDef of(NodeDef node) {
        OpDef type = Registered.TYPES.get(node.getOp());
        if (type == null) {
            throw new InvalidInputException(
                    "operation '%s' is of type %s, which TensorFlow %s does not know; it may belong to an add-on, which can"
                            + " not be loaded",
                    node.getName(), node.getOp(), TensorFlow.version());
        }
        return type;
    }

    /** The position among all outputs of {@code index} in the output that the definition calls {@code argument}. */
    static int outputIndex(NodeDef node, String argument, int index) {
        int before = 0;
        for (OpDef.ArgDef output : of(node).getOutputArgList()) {
            if (output.getName().equals(argument)) {
                return before + index;
            }
            before += types(node, output).size();
        }
        throw new InvalidInputException(
                "an operation reads output '%s' of '%s', but type %s has none of that name; the file is damaged",
                argument, node.getName(), node.getOp());
    }

    static List<DataType> inputTypes(NodeDef node) {
        return types(node, of(node).getInputArgList());
    }

    static List<DataType> outputTypes(NodeDef node) {
        return types(node, of(node).getOutputArgList());
    }

    private static List<DataType> types(NodeDef node, List<OpDef.ArgDef> arguments) {
        List<DataType> types = new ArrayList<>();
        arguments.forEach(argument -> types.addAll(types(node, argument)));
        return types;
    }

    private static List<DataType> types(NodeDef node, OpDef.ArgDef argument) {
        if (!argument.getTypeListAttr().isEmpty()) {
            return attribute(node, argument.getTypeListAttr()).getList().getTypeList();
        }
        DataType type = argument.getTypeAttr().isEmpty()
                ? argument.getType()
                : attribute(node, argument.getTypeAttr()).getType();
        int count = argument.getNumberAttr().isEmpty()
                ? 1
                : (int) attribute(node, argument.getNumberAttr()).getI();
        return Collections.nCopies(Math.max(0, count), type);
    }

    /** An attribute's value; exporters leave out those that have the default. */
    static AttrValue attribute(NodeDef node, String name) {
        AttrValue given = node.getAttrMap().get(name);
        return given != null
                ? given
                : of(node).getAttrList().stream()
                        .filter(attribute -> attribute.getName().equals(name))
                        .findFirst()
                        .map(OpDef.AttrDef::getDefaultValue)
                        .orElse(AttrValue.getDefaultInstance());
    }
}

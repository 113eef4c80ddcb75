package dev.inkling.model.backward;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.OpDef;

/** Operations of the same type and attributes as another, that read something else. */
final class Replica {

    /** The names of each type's attributes. */
    private static final Map<String, List<String>> ATTRIBUTES = TensorFlow.registeredOpList().getOpList().stream()
            .collect(Collectors.toMap(
                    OpDef::getName,
                    type -> type.getAttrList().stream()
                            .map(OpDef.AttrDef::getName)
                            .toList()));

    private Replica() {}

    /** Adds one. */
    static GraphOperation of(GraphOperation original, Ops tf, List<? extends Operand<?>> inputs) {
        Scope scope = tf.scope();
        OperationBuilder builder = scope.env().opBuilder(original.type(), scope.makeOpName(original.type()), scope);
        inputs.forEach(input -> builder.addInput(input.asOutput()));
        for (String attribute : ATTRIBUTES.get(original.type())) {
            builder.setAttr(attribute, original.attributes().getAttrValueProto(attribute));
        }
        return (GraphOperation) scope.apply(builder).build();
    }
}

package dev.inkling.model.graph;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.OpDef;

/** Operations of the same type and attributes as another, that read something else. */
public final class Replica {

    private static final Map<String, OpDef> TYPES = TensorFlow.registeredOpList().getOpList().stream()
            .collect(Collectors.toMap(OpDef::getName, Function.identity()));

    private Replica() {}

    /** What an operation reads. */
    public static List<Output<?>> inputs(GraphOperation operation) {
        return inputs(operation, Map.of());
    }

    /** The same with other tensors in place of some. */
    public static List<Output<?>> inputs(GraphOperation operation, Map<Output<?>, Output<?>> replaced) {
        return IntStream.range(0, operation.numInputs())
                .<Output<?>>mapToObj(operation::input)
                .<Output<?>>map(input -> replaced.getOrDefault(input, input))
                .toList();
    }

    /** Adds one. */
    public static GraphOperation of(GraphOperation original, Ops tf, List<? extends Operand<?>> inputs) {
        return of(original, tf, inputs, Map.of());
    }

    /**
     * Adds one.
     *
     * @param changes attributes that it has in place of the other's
     */
    public static GraphOperation of(
            GraphOperation original, Ops tf, List<? extends Operand<?>> inputs, Map<String, AttrValue> changes) {
        Scope scope = tf.scope();
        OpDef type = TYPES.get(original.type());
        OperationBuilder builder = scope.env().opBuilder(original.type(), scope.makeOpName(original.type()), scope);
        Iterator<? extends Operand<?>> next = inputs.iterator();
        for (OpDef.ArgDef argument : type.getInputArgList()) {
            if (argument.getNumberAttr().isEmpty() && argument.getTypeListAttr().isEmpty()) {
                builder.addInput(next.next().asOutput());
            } else {
                builder.addInputList(Stream.generate(() -> next.next().asOutput())
                        .limit(original.inputListLength(argument.getName()))
                        .toArray(Output<?>[]::new));
            }
        }
        for (OpDef.AttrDef attribute : type.getAttrList()) {
            String name = attribute.getName();
            AttrValue value = changes.get(name);
            builder.setAttr(name, value == null ? original.attributes().getAttrValueProto(name) : value);
        }
        return (GraphOperation) scope.apply(builder).build();
    }
}

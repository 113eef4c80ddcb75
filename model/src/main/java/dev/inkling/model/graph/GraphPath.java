package dev.inkling.model.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The operations that lead from a tensor to another, as they were when it was made. */
public final class GraphPath {

    private final Output<?> from;
    private final Output<?> to;

    /** Each after those it reads from. */
    private final Set<GraphOperation> operations = new LinkedHashSet<>();

    private final Map<Output<?>, List<GraphOperation>> readers = new HashMap<>();

    /** Looks for them in the graph of the two, which nothing may run meanwhile. */
    public GraphPath(Output<?> from, Output<?> to) {
        this.from = from;
        this.to = to;
        visit((GraphOperation) to.op(), new HashMap<>());
        for (GraphOperation operation : operations) {
            for (Output<?> input : inputs(operation)) {
                readers.computeIfAbsent(input, none -> new ArrayList<>()).add(operation);
            }
        }
    }

    /** Adds the operation, after its inputs, if the first tensor leads to it. */
    private boolean visit(GraphOperation operation, Map<GraphOperation, Boolean> known) {
        Boolean before = known.get(operation);
        if (before != null) {
            return before;
        }
        boolean leads = false;
        if (operation.equals(from.op())) {
            known.put(operation, true);
            return true;
        }
        for (Output<?> input : Replica.inputs(operation)) {
            leads |= visit((GraphOperation) input.op(), known);
        }
        known.put(operation, leads);
        if (leads) {
            operations.add(operation);
        }
        return leads;
    }

    /** Each after those it reads from; the one that puts out the first tensor is not among them. */
    public Set<GraphOperation> operations() {
        return Collections.unmodifiableSet(operations);
    }

    /** Those of them that read a tensor. */
    public List<GraphOperation> readers(Output<?> tensor) {
        return readers.getOrDefault(tensor, List.of());
    }

    /**
     * The one of them that goes on from a tensor by itself, if there is one: no other reads it, it reads nothing else that the first tensor
     * leads to, and of what it puts out only the first is read.
     */
    public Optional<GraphOperation> soleReader(Output<?> tensor) {
        List<GraphOperation> found = readers(tensor);
        return found.size() == 1
                ? Optional.of(found.get(0)).filter(reader -> readsOnly(reader, tensor) && hasOneReadOutput(reader))
                : Optional.empty();
    }

    private boolean readsOnly(GraphOperation operation, Output<?> tensor) {
        return inputs(operation).size() == 1 && Collections.frequency(Replica.inputs(operation), tensor) == 1;
    }

    private boolean hasOneReadOutput(GraphOperation operation) {
        return IntStream.range(1, operation.numOutputs())
                .allMatch(i -> readers(operation.output(i)).isEmpty());
    }

    /** The inputs of one of them that the first tensor leads to, each once. */
    public Set<Output<?>> inputs(GraphOperation operation) {
        Set<Output<?>> inputs = new LinkedHashSet<>();
        for (Output<?> input : Replica.inputs(operation)) {
            if (input.equals(from) || operations.contains((GraphOperation) input.op())) {
                inputs.add(input);
            }
        }
        return inputs;
    }

    /** Adds what they make of something else in place of the first tensor. */
    public Output<?> follow(Ops tf, Output<?> other) {
        Map<Output<?>, Output<?>> replaced = new HashMap<>(Map.of(from, other));
        for (GraphOperation operation : operations) {
            GraphOperation copy = Replica.of(operation, tf, Replica.inputs(operation, replaced));
            for (int i = 0; i < operation.numOutputs(); i++) {
                replaced.put(operation.output(i), copy.output(i));
            }
        }
        return replaced.get(to);
    }

    /** A tensor of a network, which computes in float32 throughout; the graph does not say. */
    @SuppressWarnings("unchecked")
    public static Output<TFloat32> typed(Output<?> output) {
        return (Output<TFloat32>) output;
    }
}

package dev.inkling.model;

import dev.inkling.model.saved.ModelGraph;
import dev.inkling.spi.InvalidInputException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * How many rows go through a graph at a time: as many as fit the memory that their activations and gradients take, by the shapes of all
 * tensors that lie between the first and the last.
 */
final class ChunkSize {

    /** Larger chunks fall out of the processor's cache and gain nothing. */
    private static final int MOST = 128;

    /** What a chunk may take unless the user says otherwise, in bytes. */
    private static final long BYTES = 256L << 20;

    private ChunkSize() {}

    /**
     * The number of images.
     *
     * @param memory bytes that the user grants
     * @throws InvalidInputException if a single image takes more than that
     */
    static int of(ModelGraph model, OptionalLong memory) {
        long image = bytes(model.image(), model.logits());
        if (memory.isPresent() && image > memory.getAsLong()) {
            throw new InvalidInputException(
                    "one image takes about %d MiB on its way through model '%s', --max-memory grants %d; raise it",
                    (image >> 20) + 1, model.signature().name(), memory.getAsLong() >> 20);
        }
        return (int) Math.max(1, Math.min(MOST, memory.orElse(BYTES) / image));
    }

    /** The number of rows that begin at a layer; not bounded by the cache, since what is left of their way mostly takes little of it. */
    static int from(Output<?> layer, Output<?> logits, OptionalLong memory) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, memory.orElse(BYTES) / bytes(layer, logits)));
    }

    /**
     * Bytes of one row. Going forward TensorFlow computes bias and activation function in place, going backward it keeps the values
     * and adds gradients: together a third more than each tensor once.
     */
    private static long bytes(Output<?> from, Output<?> to) {
        Set<GraphOperation> seen = new HashSet<>();
        Deque<GraphOperation> next = new ArrayDeque<>();
        next.push((GraphOperation) to.op());
        long values = 0;
        while (!next.isEmpty()) {
            GraphOperation operation = next.pop();
            if (!seen.add(operation) || operation.type().equals("Const")) {
                continue;
            }
            for (int i = 0; i < operation.numOutputs(); i++) {
                values += values(operation.output(i));
            }
            for (int i = 0; !operation.equals(from.op()) && i < operation.numInputs(); i++) {
                next.push((GraphOperation) operation.input(i).op());
            }
        }
        return Float.BYTES * values * 4 / 3;
    }

    /** Per row, where the shape is known. */
    private static long values(Output<?> output) {
        Shape shape = output.shape();
        if (shape.isUnknown() || shape.numDimensions() == 0) {
            return 0;
        }
        long values = 1;
        for (int i = 1; i < shape.numDimensions(); i++) {
            values *= Math.max(1, shape.get(i));
        }
        return values;
    }
}

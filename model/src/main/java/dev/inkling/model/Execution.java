package dev.inkling.model;

import dev.inkling.spi.InvalidInputException;
import java.util.OptionalLong;

/**
 * How a model is run.
 *
 * @param precision of convolutions and matrix products
 * @param memory bytes that activations and their gradients may take at a time; empty for what does well
 */
public record Execution(Precision precision, OptionalLong memory) {

    /** In float32. */
    public static final Execution DEFAULT = in(Precision.FLOAT32);

    public Execution {
        if (memory.isPresent() && memory.getAsLong() < 1) {
            throw new InvalidInputException("the memory is %d bytes, expected at least 1", memory.getAsLong());
        }
    }

    /** In a precision. */
    public static Execution in(Precision precision) {
        return new Execution(precision, OptionalLong.empty());
    }
}

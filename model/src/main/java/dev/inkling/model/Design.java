package dev.inkling.model;

import dev.inkling.spi.InvalidInputException;
import java.util.List;

/**
 * What one chooses of a network: everything about its shape that does not follow from the data.
 *
 * @param blocks output channels of each block's convolutions
 * @param convolutions convolutions per block
 * @param residual whether each block's input is added to what its convolutions make of it
 * @param attention whether the features are averaged with weights of the network's own making, in place of equal ones
 * @param units width of the dense layer
 * @param dropout probability in [0, 1) that a unit of the dense layer is dropped in training
 */
public record Design(
        List<Integer> blocks, int convolutions, boolean residual, boolean attention, int units, double dropout) {

    /** The network that Inkling trains unless told otherwise. */
    public static final Design REFERENCE = new Design(List.of(32, 64, 128), 2, false, false, 256, 0.1);

    public Design {
        blocks = List.copyOf(blocks);
        if (blocks.isEmpty() || blocks.stream().anyMatch(size -> size < 1) || convolutions < 1 || units < 1) {
            throw new InvalidInputException(
                    "every size of a network must be at least 1, found blocks %s of %d convolutions, %d units",
                    blocks, convolutions, units);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new InvalidInputException("dropout is %s, expected 0 to below 1", dropout);
        }
    }

    /** The same with another probability of dropout, in [0, 1). */
    public Design withDropout(double probability) {
        return new Design(blocks, convolutions, residual, attention, units, probability);
    }
}

package dev.inkling.model;

import java.util.Collection;
import java.util.OptionalLong;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/**
 * What one image costs forward: the multiplications and additions of convolutions and matrix products, two for each weight and place.
 * Everything else is little beside them.
 */
final class FloatingPointOperations {

    private FloatingPointOperations() {}

    /** Of these operations, for one image; empty where a shape is not known. */
    static OptionalLong of(Collection<GraphOperation> operations) {
        long sum = 0;
        for (GraphOperation operation : operations) {
            switch (operation.type()) {
                case "Conv2D", "DepthwiseConv2dNative", "MatMul" -> {
                    Shape batch = operation.output(0).shape();
                    Shape weights = operation.input(1).shape();
                    if (batch.isUnknown() || batch.tail().hasUnknownDimension() || weights.hasUnknownDimension()) {
                        return OptionalLong.empty();
                    }
                    Shape output = batch.tail();
                    // Each output is a sum over what its weights see: all of them but those of other channels out.
                    long seen = operation.type().equals("DepthwiseConv2dNative")
                            ? weights.get(0) * weights.get(1)
                            : weights.size() / output.get(output.numDimensions() - 1);
                    sum += 2 * output.size() * seen;
                }
                default -> {
                    // no weights
                }
            }
        }
        return OptionalLong.of(sum);
    }
}

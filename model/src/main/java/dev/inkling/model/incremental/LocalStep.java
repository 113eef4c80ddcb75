package dev.inkling.model.incremental;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.graph.OperationKinds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.OperationAttributeInspector;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * An operation from images to images, (N, h, w, C) each, of which every place follows from a few of what it reads, by the same rule
 * wherever they lie.
 *
 * @param down what it sees along a column
 * @param across what it sees along a row
 * @param channels of the output
 * @param multiplications for each place of the output
 */
record LocalStep(
        GraphOperation operation, ReceptiveField down, ReceptiveField across, int channels, long multiplications) {

    Output<?> output() {
        return operation.output(0);
    }

    boolean isConvolution() {
        return multiplications > 0;
    }

    /** Whether it has borders to pad or not to pad. */
    boolean hasWindow() {
        return isConvolution() || OperationKinds.POOLS.contains(operation.type());
    }

    /** Values of the output. */
    long size() {
        return (long) down.outputs() * across.outputs() * channels;
    }

    /** Those that the image goes through one after the other, up to where it is read by several or by one of another kind. */
    static List<LocalStep> from(Output<?> image, GraphPath path) {
        List<LocalStep> steps = new ArrayList<>();
        Optional<LocalStep> step = reading(image, path);
        while (step.isPresent()) {
            steps.add(step.get());
            step = reading(step.get().output(), path);
        }
        return steps;
    }

    /** The one that reads a tensor, if there is only one and it is local. */
    private static Optional<LocalStep> reading(Output<?> tensor, GraphPath path) {
        return path.soleReader(tensor)
                .filter(operation -> isKnownImage(tensor) && isKnownImage(operation.output(0)))
                .flatMap(operation -> OperationKinds.isPointwise(operation, tensor)
                        ? Optional.of(new LocalStep(
                                operation, pointwise(tensor, 1), pointwise(tensor, 2), channels(operation), 0))
                        : windowed(operation, tensor));
    }

    private static int channels(GraphOperation operation) {
        return (int) operation.output(0).shape().get(3);
    }

    private static boolean isKnownImage(Output<?> tensor) {
        return tensor.shape().numDimensions() == 4 && !tensor.shape().tail().hasUnknownDimension();
    }

    private static ReceptiveField pointwise(Output<?> tensor, int side) {
        return ReceptiveField.valid(1, 1, (int) tensor.shape().get(side));
    }

    private static Optional<LocalStep> windowed(GraphOperation operation, Output<?> tensor) {
        if (OperationKinds.POOLS.contains(operation.type()) && OperationKinds.channelsLast(operation)) {
            long[] window = operation.attributes().getAttrIntList("ksize");
            // Beyond the border a pool sees nothing, which no number stands for.
            return step(operation, tensor, window[1], window[2], 0)
                    .filter(step -> step.down().staysInside() && step.across().staysInside());
        }
        boolean convolution = OperationKinds.CONVOLUTIONS.contains(operation.type())
                && operation.input(0).equals(tensor);
        Shape kernel = convolution ? operation.input(1).shape() : Shape.unknown();
        boolean plain = convolution
                && !kernel.isUnknown()
                && !kernel.hasUnknownDimension()
                && OperationKinds.channelsLast(operation)
                && Arrays.stream(operation.attributes().getAttrIntList("dilations"))
                        .allMatch(rate -> rate == 1);
        // A depthwise kernel has (height, width, channels, of each) weights, and the others see grouped channels by
        // their shape.
        return plain ? step(operation, tensor, kernel.get(0), kernel.get(1), kernel.size()) : Optional.empty();
    }

    private static Optional<LocalStep> step(
            GraphOperation operation, Output<?> tensor, long height, long width, long multiplications) {
        OperationAttributeInspector attributes = operation.attributes();
        long[] strides = attributes.getAttrIntList("strides");
        String padding = attributes.getAttrString("padding");
        if (!padding.equals("SAME") && !padding.equals("VALID")) {
            return Optional.empty();
        }
        boolean same = padding.equals("SAME");
        return Optional.of(new LocalStep(
                operation,
                field((int) height, (int) strides[1], same, (int) tensor.shape().get(1)),
                field((int) width, (int) strides[2], same, (int) tensor.shape().get(2)),
                channels(operation),
                multiplications));
    }

    private static ReceptiveField field(int size, int stride, boolean same, int inputs) {
        return same ? ReceptiveField.same(size, stride, inputs) : ReceptiveField.valid(size, stride, inputs);
    }
}

package dev.inkling.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.BiasAdd;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

class OperationKindsTest {

    /** What reads an image (N, 4, 6, 3). */
    private interface Reader {
        Operand<TFloat32> of(Ops tf, Output<TFloat32> image);
    }

    private static Arguments reader(String name, boolean pointwise, Reader reader) {
        return Arguments.of(name, pointwise, reader);
    }

    private static Operand<TFloat32> values(Ops tf, int... shape) {
        return tf.fill(tf.constant(shape), tf.constant(2f));
    }

    private static Operand<TFloat32> normalised(Ops tf, Output<TFloat32> image, FusedBatchNorm.Options... options) {
        Operand<TFloat32> channels = tf.constant(new float[] {1, 2, 3});
        return tf.nn.fusedBatchNorm(image, channels, channels, channels, channels, options)
                .y();
    }

    static Stream<Arguments> readers() {
        return Stream.of(
                reader("activation", true, (tf, x) -> tf.math.tanh(x)),
                reader("number", true, (tf, x) -> tf.math.mul(x, tf.constant(3f))),
                reader("number before", true, (tf, x) -> tf.math.sub(tf.constant(3f), x)),
                reader("for each channel", true, (tf, x) -> tf.math.add(x, tf.constant(new float[] {1, 2, 3}))),
                reader("for each column", false, (tf, x) -> tf.math.add(x, tf.constant(new float[6][1]))),
                reader("for each place", false, (tf, x) -> tf.math.add(x, tf.constant(new float[1][4][6][1]))),
                reader("for each image", false, (tf, x) -> tf.math.add(x, tf.constant(new float[5][1][1][1]))),
                reader(
                        "of unknown shape",
                        false,
                        (tf, x) -> tf.math.add(x, tf.placeholder(TFloat32.class, Placeholder.shape(Shape.unknown())))),
                reader("bias", true, (tf, x) -> tf.nn.biasAdd(x, tf.constant(new float[] {1, 2, 3}))),
                reader(
                        "bias of rows, taken for channels",
                        false,
                        (tf, x) -> tf.nn.biasAdd(x, tf.constant(new float[4]), BiasAdd.dataFormat("NCHW"))),
                reader("normalisation", true, (tf, x) -> normalised(tf, x, FusedBatchNorm.isTraining(false))),
                reader(
                        "normalisation by the batch",
                        false,
                        (tf, x) -> normalised(tf, x, FusedBatchNorm.isTraining(true))),
                reader(
                        "pool",
                        false,
                        (tf, x) -> tf.nn.avgPool(x, List.of(1L, 2L, 2L, 1L), List.of(1L, 2L, 2L, 1L), "VALID")),
                reader(
                        "convolution by one place",
                        false,
                        (tf, x) -> tf.nn.conv2d(x, values(tf, 1, 1, 3, 3), List.of(1L, 1L, 1L, 1L), "SAME")),
                reader("sum of channels", false, (tf, x) -> tf.sum(x, tf.constant(3))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readers")
    void pointwiseIsWhatLooksAtOneValue(String name, boolean pointwise, Reader reader) {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Output<TFloat32> image = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4, 6, 3)))
                    .asOutput();
            GraphOperation operation =
                    (GraphOperation) reader.of(tf, image).asOutput().op();
            assertThat(OperationKinds.isPointwise(operation, image)).isEqualTo(pointwise);
        }
    }
}

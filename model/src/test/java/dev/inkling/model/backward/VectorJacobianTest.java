package dev.inkling.model.backward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/** Convolutions of all kinds against TensorFlow's own gradient, and rectifiers. */
class VectorJacobianTest {

    private static final int COUNT = 2;

    private final Random random = new Random(1);

    @ParameterizedTest(name = "{2}×{3} kernel on {0} images of {1}, {4}, stride {5}, dilation {6}")
    @CsvSource({
        "-1, 7×6×3, 3, 3, SAME,  1, 1, Conv2D",
        " 2, 7×6×3, 3, 3, SAME,  1, 1, Conv2D",
        "-1, 7×6×3, 1, 1, SAME,  1, 1, Conv2D",
        "-1, 7×6×3, 5, 3, SAME,  1, 1, Conv2D",
        "-1, 7×6×3, 3, 3, VALID, 1, 1, Conv2D",
        "-1, 7×6×3, 2, 4, VALID, 1, 1, Conv2D",
        // Squares of four places a side, or two; too many channels for them.
        "-1, 8×12×1, 3, 3, SAME,  1, 1, DepthToSpace",
        "-1, 4×8×1,  5, 3, SAME,  1, 1, DepthToSpace",
        "-1, 6×8×1,  1, 3, SAME,  1, 1, DepthToSpace",
        "-1, 6×8×3,  3, 5, SAME,  1, 1, DepthToSpace",
        "-1, 8×8×1,  3, 3, VALID, 1, 1, Conv2D",
        "-1, 8×8×5,  3, 3, SAME,  1, 1, Conv2D",
        // Not of the plain kind: TensorFlow's own.
        "-1, 8×8×1, 2, 3, SAME,  1, 1, Conv2DBackpropInput",
        "-1, 8×8×1, 3, 3, SAME,  2, 1, Conv2DBackpropInput",
        "-1, 7×6×3, 3, 3, VALID, 2, 1, Conv2DBackpropInput",
        "-1, 7×6×3, 3, 3, SAME,  1, 2, Conv2DBackpropInput"
    })
    void convolutionEqualsTensorFlowsOwn(
            long count, String image, int rows, int columns, String padding, long stride, long dilation, String type) {
        Shape sides = Shape.of(
                Arrays.stream(image.split("×")).mapToLong(Long::parseLong).toArray());
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(sides.prepend(count)));
            int channels = (int) sides.get(2);
            Operand<TFloat32> kernel = tf.constant(
                    Shape.of(rows, columns, channels, 4), DataBuffers.of(values(rows * columns * channels * 4)));
            Operand<TFloat32> y = tf.nn.conv2d(
                    x, kernel, List.of(1L, stride, stride, 1L), padding, Conv2d.dilations(1L, dilation, dilation, 1L));
            Operand<TFloat32> upstream = tf.placeholder(
                    TFloat32.class, Placeholder.shape(y.asOutput().shape()));
            Output<?> expected = graph.addGradients("reference", outputs(y), outputs(x), outputs(upstream))[0];
            Output<?> found = VectorJacobian.add(graph, "product", y.asOutput(), x.asOutput(), upstream.asOutput());

            assertThat(found.op().type()).isEqualTo(type);
            Shape batch = sides.prepend(COUNT);
            try (Session session = new Session(graph);
                    TFloat32 pixels = tensor(batch, values((int) batch.size()));
                    Result forward = session.runner().feed(x, pixels).fetch(y).run();
                    TFloat32 back = tensor(forward.get(0).shape(), values((int)
                            forward.get(0).shape().size()));
                    Result result = session.runner()
                            .feed(x, pixels)
                            .feed(upstream, back)
                            .fetch(expected)
                            .fetch(found)
                            .run()) {
                assertThat(result.get(1).shape()).isEqualTo(pixels.shape());
                assertThat(floats(result, 1)).containsExactly(floats(result, 0), within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"Relu, true", "Relu6, true", "LeakyRelu, true", "LeakyRelu with a negative slope, false"})
    void rectifierEqualsTensorFlowsOwn(String kind, boolean byOutput) {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> x = tf.constant(
                    new float[] {-1, -0f, 0, Float.MIN_NORMAL, 3, 6, Math.nextUp(6f), Float.NEGATIVE_INFINITY});
            Operand<TFloat32> y = switch (kind) {
                case "Relu" -> tf.nn.relu(x);
                case "Relu6" -> tf.nn.relu6(x);
                case "LeakyRelu" -> tf.nn.leakyRelu(x, LeakyRelu.alpha(0.25f));
                default -> tf.nn.leakyRelu(x, LeakyRelu.alpha(-0.5f));
            };
            Operand<TFloat32> upstream = tf.constant(new float[] {1, 2, 3, 4, -5, 6, 7, 8});
            Output<?> expected = graph.addGradients("reference", outputs(y), outputs(x), outputs(upstream))[0];
            Output<?> found = VectorJacobian.add(graph, "product", y.asOutput(), x.asOutput(), upstream.asOutput());

            // The input would keep convolution, bias and ReLU from becoming one operation.
            assertThat(((GraphOperation) found.op()).input(1)).isEqualTo(byOutput ? y.asOutput() : x.asOutput());
            try (Session session = new Session(graph);
                    Result result =
                            session.runner().fetch(expected).fetch(found).run()) {
                assertThat(floats(result, 1)).containsExactly(floats(result, 0));
            }
        }
    }

    private static Output<?>[] outputs(Operand<?> operand) {
        return new Output<?>[] {operand.asOutput()};
    }

    private float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static TFloat32 tensor(Shape shape, float[] values) {
        return TFloat32.tensorOf(shape, DataBuffers.of(values));
    }

    private static float[] floats(Result result, int index) {
        TFloat32 tensor = (TFloat32) result.get(index);
        float[] values = new float[(int) tensor.size()];
        tensor.copyTo(DataBuffers.of(values));
        return values;
    }
}

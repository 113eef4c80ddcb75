package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.types.TFloat32;

/** Convolutions of all kinds against TensorFlow's own gradient. */
class VectorJacobianTest {

    private static final int COUNT = 2;
    private static final int HEIGHT = 7;
    private static final int WIDTH = 6;

    private final Random random = new Random(1);

    @ParameterizedTest(name = "{0}×{1} kernel, {2}, stride {3}, dilation {4}, batch known: {5}")
    @CsvSource({
        "3, 3, SAME,  1, 1, false, Conv2D",
        "3, 3, SAME,  1, 1, true,  Conv2D",
        "1, 1, SAME,  1, 1, false, Conv2D",
        "5, 3, SAME,  1, 1, false, Conv2D",
        "3, 3, VALID, 1, 1, false, Conv2D",
        "2, 4, VALID, 1, 1, false, Conv2D",
        // Not of the plain kind: TensorFlow's own.
        "2, 3, SAME,  1, 1, false, Conv2DBackpropInput",
        "3, 3, SAME,  2, 1, false, Conv2DBackpropInput",
        "3, 3, VALID, 2, 1, false, Conv2DBackpropInput",
        "3, 3, SAME,  1, 2, false, Conv2DBackpropInput"
    })
    void equalsTensorFlowsOwn(
            int rows, int columns, String padding, long stride, long dilation, boolean known, String type) {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> x = tf.placeholder(
                    TFloat32.class, Placeholder.shape(Shape.of(known ? COUNT : Shape.UNKNOWN_SIZE, HEIGHT, WIDTH, 3)));
            Operand<TFloat32> kernel =
                    tf.constant(Shape.of(rows, columns, 3, 4), DataBuffers.of(values(rows * columns * 12)));
            Operand<TFloat32> y = tf.nn.conv2d(
                    x, kernel, List.of(1L, stride, stride, 1L), padding, Conv2d.dilations(1L, dilation, dilation, 1L));
            Operand<TFloat32> upstream = tf.placeholder(
                    TFloat32.class, Placeholder.shape(y.asOutput().shape()));
            Output<?> expected = graph.addGradients("reference", outputs(y), outputs(x), outputs(upstream))[0];
            Output<?> found = VectorJacobian.add(graph, "product", y.asOutput(), x.asOutput(), upstream.asOutput());

            assertThat(found.op().type()).isEqualTo(type);
            float[] images = values(COUNT * HEIGHT * WIDTH * 3);
            try (Session session = new Session(graph);
                    TFloat32 pixels = tensor(Shape.of(COUNT, HEIGHT, WIDTH, 3), images);
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

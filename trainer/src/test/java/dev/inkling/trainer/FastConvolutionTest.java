package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.model.Architecture;
import dev.inkling.model.Design;
import dev.inkling.model.Network;
import dev.inkling.model.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class FastConvolutionTest {

    private static final int HEIGHT = 5;
    private static final int WIDTH = 6;
    private static final int INPUTS = 64;
    private static final int OUTPUTS = 96;

    /** A batch of the size that the graph was made for, and one that is not. */
    @ParameterizedTest
    @ValueSource(ints = {64, 3})
    void transformsHaveTheConvolutionsValuesAndGradients(int count) {
        Random random = new Random(count);
        float[] x = random(random, count * HEIGHT * WIDTH * INPUTS);
        float[] kernel = random(random, 9 * INPUTS * OUTPUTS);
        float[] upstream = random(random, count * HEIGHT * WIDTH * OUTPUTS);
        List<float[]> found;
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> image = placeholder(tf, Shape.UNKNOWN_SIZE, HEIGHT, WIDTH, INPUTS);
            Operand<TFloat32> weights = placeholder(tf, 3, 3, INPUTS, OUTPUTS);
            Operand<TFloat32> above = placeholder(tf, Shape.UNKNOWN_SIZE, HEIGHT, WIDTH, OUTPUTS);
            Operand<TFloat32> y = new FastConvolution(Precision.FLOAT32, 64).apply(tf, image, weights);
            assertThat(types(graph)).as("by transforms").contains("Einsum").doesNotContain("Conv2D");
            Output<?>[] gradients = graph.addGradients(
                    "gradients",
                    new Output<?>[] {y.asOutput()},
                    new Output<?>[] {image.asOutput(), weights.asOutput()},
                    new Output<?>[] {above.asOutput()});
            found = run(
                    graph,
                    List.of(image, weights, above),
                    List.of(
                            tensor(x, count, HEIGHT, WIDTH, INPUTS),
                            tensor(kernel, 3, 3, INPUTS, OUTPUTS),
                            tensor(upstream, count, HEIGHT, WIDTH, OUTPUTS)),
                    List.of(y.asOutput(), gradients[0], gradients[1]));
        }

        // Σ over images, places, taps and both channels, in plain arithmetic.
        double[] output = new double[upstream.length];
        double[] byImage = new double[x.length];
        double[] byKernel = new double[kernel.length];
        for (int i = 0; i < count * HEIGHT * WIDTH; i++) {
            for (int tap = 0; tap < 9; tap++) {
                int row = i / WIDTH % HEIGHT + tap / 3 - 1;
                int column = i % WIDTH + tap % 3 - 1;
                if (row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH) {
                    continue;
                }
                int from = (i / (HEIGHT * WIDTH) * HEIGHT * WIDTH + row * WIDTH + column) * INPUTS;
                for (int c = 0; c < INPUTS; c++) {
                    int k = (tap * INPUTS + c) * OUTPUTS;
                    for (int o = 0; o < OUTPUTS; o++) {
                        output[i * OUTPUTS + o] += (double) x[from + c] * kernel[k + o];
                        byImage[from + c] += (double) upstream[i * OUTPUTS + o] * kernel[k + o];
                        byKernel[k + o] += (double) upstream[i * OUTPUTS + o] * x[from + c];
                    }
                }
            }
        }
        assertClose(found.get(0), output);
        assertClose(found.get(1), byImage);
        assertClose(found.get(2), byKernel);
    }

    /** Where transforms were measured to be faster: small maps, many channels, large batches; 1×1 kernels never. */
    @ParameterizedTest
    @CsvSource({
        "128, 7, 128, 3, true", "128, 7, 64, 3, true", "128, 7, 32, 3, false", "128, 14, 64, 3, true",
                "128, 14, 32, 3, false", "128, 14, 256, 3, true",
        "64, 7, 128, 3, true", "16, 7, 128, 3, false", "32, 14, 64, 3, false", "128, 7, 128, 1, false",
                "128, 28, 32, 3, false", "128, 1, 128, 3, false"
    })
    void transformsAreTakenWhereTheyPay(int batch, int side, int channels, int taps, boolean transforms) {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            new FastConvolution(Precision.FLOAT32, batch)
                    .apply(
                            tf,
                            placeholder(tf, Shape.UNKNOWN_SIZE, side, side, channels),
                            placeholder(tf, taps, taps, channels, channels));
            assertThat(types(graph).contains("Einsum")).isEqualTo(transforms);
            assertThat(types(graph).contains("Conv2D")).isEqualTo(!transforms);
        }
    }

    /** The last of the second block and both of the third, in training in float32 alone. */
    @Test
    void halfOfTheReferenceNetworkIsByTransforms() {
        assertThat(transforms(Precision.FLOAT32, true)).isEqualTo(3);
        assertThat(transforms(Precision.BFLOAT16, true)).isZero();
        assertThat(transforms(Precision.FLOAT32, false)).isZero();
    }

    private static long transforms(Precision precision, boolean trains) {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            WeightVariables weights = trains
                    ? WeightVariables.training(tf, tf.constant(new long[] {1, 1}), new FastConvolution(precision, 128))
                    : WeightVariables.inference(tf);
            Network.build(
                    tf,
                    new Architecture(28, 28, 1, 10, Design.REFERENCE),
                    placeholder(tf, Shape.UNKNOWN_SIZE, 28, 28, 1),
                    weights);
            List<String> types = types(graph);
            long transformed = types.stream().filter("Unpack"::equals).count();
            assertThat(types.stream().filter("Conv2D"::equals)).hasSize(6 - (int) transformed);
            return transformed;
        }
    }

    private static void assertClose(float[] found, double[] expected) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(found[i] - expected[i]));
        }
        assertThat(found).hasSameSizeAs(expected);
        assertThat(difference / largest).isLessThan(5e-6);
    }

    private static List<String> types(Graph graph) {
        List<String> types = new ArrayList<>();
        graph.operations().forEachRemaining(operation -> types.add(operation.type()));
        return types;
    }

    private static Operand<TFloat32> placeholder(Ops tf, long... shape) {
        return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
    }

    private static float[] random(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static TFloat32 tensor(float[] values, long... shape) {
        return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values));
    }

    private static List<float[]> run(
            Graph graph, List<Operand<TFloat32>> inputs, List<TFloat32> tensors, List<Output<?>> outputs) {
        try (Session session = new Session(graph)) {
            Session.Runner runner = session.runner();
            for (int i = 0; i < inputs.size(); i++) {
                runner.feed(inputs.get(i), tensors.get(i));
            }
            outputs.forEach(runner::fetch);
            try (Result result = runner.run()) {
                List<float[]> values = new ArrayList<>();
                for (int i = 0; i < outputs.size(); i++) {
                    TFloat32 output = (TFloat32) result.get(i);
                    float[] flat = new float[(int) output.size()];
                    output.copyTo(DataBuffers.of(flat));
                    values.add(flat);
                }
                return values;
            }
        } finally {
            tensors.forEach(TFloat32::close);
        }
    }
}

package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.model.Architecture;
import dev.inkling.model.Network;
import dev.inkling.model.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** The gradient of every trainable array, batch statistics included, against finite differences of the loss. */
class TrainingGradientsTest {

    private static final int BATCH = 16;

    /** Large enough for the loss's seven digits, small enough to cross few kinks. */
    private static final float STEP = 1e-3f;

    @ParameterizedTest
    @MethodSource("dev.inkling.trainer.TrainingGraphTest#architectures")
    void gradientsAreFiniteDifferencesOfTheLoss(Architecture architecture) {
        Map<String, float[]> weights = InitialWeights.of(architecture, 5);
        Random random = new Random(6);
        // Attention begins uniform and batch normalisation as the identity, where a wrong gradient could go unseen.
        weights.forEach((name, values) -> {
            if (!name.endsWith("/kernel") || name.startsWith("attention/")) {
                for (int i = 0; i < values.length; i++) {
                    values[i] += (float) (0.5 * random.nextGaussian());
                }
            }
        });
        try (Loss loss = new Loss(architecture)) {
            Map<String, float[]> gradients = loss.gradients(weights);
            gradients.forEach((name, gradient) -> {
                for (int i : largestTwo(gradient)) {
                    float[] values = weights.get(name);
                    float there = values[i];
                    values[i] = there + STEP;
                    double above = loss.of(weights);
                    values[i] = there - STEP;
                    double below = loss.of(weights);
                    values[i] = there;
                    assertThat((double) gradient[i])
                            .as("%s, value %d", name, i)
                            .isCloseTo((above - below) / (2 * STEP), within(5e-4 + 0.03 * Math.abs(gradient[i])));
                }
            });
            // A bias before a normalisation, or under a softmax, cancels out; everything else must matter.
            gradients.forEach((name, gradient) -> assertThat(Math.abs(gradient[largestTwo(gradient)[0]]) > 1e-3)
                    .as(name)
                    .isEqualTo(!name.matches("block.*/bias|attention/bias")));
        }
    }

    private static int[] largestTwo(float[] values) {
        int first = 0;
        int second = 0;
        for (int i = 1; i < values.length; i++) {
            if (Math.abs(values[i]) > Math.abs(values[first])) {
                second = first;
                first = i;
            } else if (second == first || Math.abs(values[i]) > Math.abs(values[second])) {
                second = i;
            }
        }
        return new int[] {first, second};
    }

    /** The mean cross-entropy of one batch, as a function of the weights. */
    private static final class Loss implements AutoCloseable {

        private final Graph graph = new Graph();
        private final Session session;
        private final Map<String, Variable<TFloat32>> variables;
        private final Operand<TFloat32> loss;
        private final List<String> names;
        private final Output<?>[] gradients;

        Loss(Architecture architecture) {
            Dataset data = Patterns.bars(BATCH, 7);
            float[] pixels = new float[BATCH * 64];
            int[] all = new int[BATCH];
            int[] labels = new int[BATCH];
            for (int n = 0; n < BATCH; n++) {
                all[n] = n;
                labels[n] = data.label(n);
            }
            data.copyImages(all, 0, BATCH, pixels);

            Ops tf = Ops.create(graph);
            WeightVariables weights = WeightVariables.training(
                    tf, tf.constant(new long[] {1, 1}), new FastConvolution(Precision.FLOAT32, BATCH));
            Operand<TFloat32> logits = Network.build(
                            tf, architecture, tf.constant(Shape.of(BATCH, 8, 8, 1), DataBuffers.of(pixels)), weights)
                    .logits();
            Operand<TFloat32> oneHot = tf.oneHot(tf.constant(labels), tf.constant(3), tf.constant(1f), tf.constant(0f));
            loss = tf.math.mean(
                    tf.nn.softmaxCrossEntropyWithLogits(logits, oneHot).loss(), tf.constant(new int[] {0}));
            variables = weights.all();
            names = architecture.parameters().stream()
                    .map(Architecture.Parameter::name)
                    .toList();
            gradients = graph.addGradients(
                    "gradients",
                    new Output<?>[] {loss.asOutput()},
                    names.stream().map(name -> variables.get(name).asOutput()).toArray(Output<?>[]::new),
                    null);
            session = new Session(graph);
        }

        double of(Map<String, float[]> weights) {
            return run(weights, List.of(loss.asOutput())).get(0)[0];
        }

        Map<String, float[]> gradients(Map<String, float[]> weights) {
            List<float[]> values = run(weights, List.of(gradients));
            Map<String, float[]> byName = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                byName.put(names.get(i), values.get(i));
            }
            return byName;
        }

        /** Feeds the variables, running means and variances with zeros: training does not read those. */
        private List<float[]> run(Map<String, float[]> weights, List<Output<?>> fetches) {
            List<TFloat32> fed = new ArrayList<>();
            Session.Runner runner = session.runner();
            variables.forEach((name, variable) -> {
                Shape shape = variable.asOutput().shape();
                float[] values = weights.getOrDefault(name, new float[(int) shape.size()]);
                TFloat32 tensor = TFloat32.tensorOf(shape, DataBuffers.of(values));
                fed.add(tensor);
                runner.feed(variable, tensor);
            });
            fetches.forEach(runner::fetch);
            try (Result result = runner.run()) {
                List<float[]> outputs = new ArrayList<>();
                for (int i = 0; i < fetches.size(); i++) {
                    TFloat32 output = (TFloat32) result.get(i);
                    float[] values = new float[(int) output.size()];
                    output.copyTo(DataBuffers.of(values));
                    outputs.add(values);
                }
                return outputs;
            } finally {
                fed.forEach(TFloat32::close);
            }
        }

        @Override
        public void close() {
            session.close();
            graph.close();
        }
    }
}

package dev.inkling.model;

import static dev.inkling.spi.Formula.Input.CONTRIBUTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.model.backward.BiasTerms;
import dev.inkling.spi.Biases;
import dev.inkling.spi.Biases.Contribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Targets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

class BiasTermsTest {

    @TempDir
    Path folder;

    /** Whatever is linear between kinks: plain blocks and residual ones, with a shortcut and without. */
    @ParameterizedTest
    @MethodSource("dev.inkling.model.ModelFixtures#architectures")
    void pixelsAndBiasesAddUpToTheScore(Architecture architecture) {
        ModelFixtures.write(folder.resolve("model"), architecture, RandomWeights.of(architecture, 5));
        float[] pixels = RandomWeights.images(architecture, 3, 6);
        FloatNdArray images =
                FloatArrays.of(pixels, 3, architecture.height(), architecture.width(), architecture.channels());
        Targets targets = Targets.classes(architecture.classes(), 0, 1, 1);
        try (TensorFlowModel model = TensorFlowModel.load(folder.resolve("model"))) {
            float[] gradients = FloatArrays.flat(model.require(Gradients.class).gradients(images, targets));
            List<Contribution> contributions = model.require(Biases.class).contributions(images, targets);
            assertShownImageByImage(model, images, targets, contributions);
            float[] scores = targets.scores(model.scores(images));
            double[] sums = new double[3];
            for (int i = 0; i < pixels.length; i++) {
                sums[i / (pixels.length / 3)] += (double) pixels[i] * gradients[i];
            }
            for (Contribution contribution : contributions) {
                float[] values = FloatArrays.flat(contribution.values());
                for (int i = 0; i < values.length; i++) {
                    sums[i / (values.length / 3)] += values[i];
                }
            }
            for (int n = 0; n < 3; n++) {
                // Attention over several places multiplies two things that depend on the image: that is no longer
                // linear.
                if (architecture.design().attention() && architecture.features().height() > 1) {
                    assertThat(Math.abs(sums[n] - scores[n])).isGreaterThan(1e-3);
                } else {
                    assertThat(sums[n]).isCloseTo(scores[n], within(1e-4));
                }
            }
        }
    }

    private static void assertShownImageByImage(
            TensorFlowModel model, FloatNdArray images, Targets targets, List<Contribution> contributions) {
        Map<Integer, List<Contribution>> shown = new ConcurrentHashMap<>();
        Formula sums = CONTRIBUTION.sumOverChannels();
        model.require(Biases.class)
                .visit(images, targets, List.of(CONTRIBUTION, sums), (image, operation, shape, values) -> {
                    float[] own = values.get(0).clone();
                    shown.computeIfAbsent(image, missing -> new ArrayList<>())
                            .add(new Contribution(operation, FloatArrays.of(own, shape.asArray())));
                    assertThat(values.get(1))
                            .containsExactly(
                                    Formula.evaluate(List.of(sums), Map.of(CONTRIBUTION, own), shape)
                                            .get(0),
                                    within(1e-5f));
                });
        assertThat(shown).hasSize(3);
        shown.forEach((image, found) -> {
            assertThat(found).hasSameSizeAs(contributions);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i).operation())
                        .isEqualTo(contributions.get(i).operation());
                assertThat(found.get(i).values())
                        .isEqualTo(contributions.get(i).values().get(image));
            }
        });
    }

    /** ∂s/∂b is what a contribution is, divided by b and summed over places: against finite differences on a second implementation. */
    @Test
    void contributionsAreTheBiasTimesTheGradient() {
        Architecture small = ModelFixtures.SMALL;
        Map<String, float[]> weights = RandomWeights.of(small, 7);
        ModelFixtures.write(folder.resolve("model"), small, weights);
        float[] pixels = RandomWeights.images(small, 1, 8);
        FloatNdArray image = FloatArrays.of(pixels, 1, small.height(), small.width(), small.channels());
        List<Contribution> contributions;
        try (TensorFlowModel model = TensorFlowModel.load(folder.resolve("model"))) {
            contributions = model.require(Biases.class).contributions(image, Targets.classes(3, 2));
        }
        assertThat(contributions)
                .extracting(Contribution::operation)
                .containsExactly(
                        "block1/conv1/BiasAdd",
                        "block1/conv2/BiasAdd",
                        "block2/conv1/BiasAdd",
                        "block2/conv2/BiasAdd",
                        "block3/conv1/BiasAdd",
                        "block3/conv2/BiasAdd",
                        "dense/BiasAdd",
                        "logits/BiasAdd");
        assertThat(contributions.get(2).values().shape().asArray()).containsExactly(1, 4, 6, 5);
        assertThat(contributions.get(6).values().shape().asArray()).containsExactly(1, 1, 1, 7);
        float[] units = FloatArrays.flat(contributions.get(6).values());
        float[] bias = weights.get("dense/bias");
        float[] gradients = FloatArrays.flat(PlainNetwork.of(small, weights, false)
                .gradients("dense/linear", image, Targets.classes(3, 2))
                .gradients());
        for (int unit = 0; unit < 7; unit++) {
            assertThat(units[unit]).isCloseTo(bias[unit] * gradients[unit], within(1e-5f));
        }
    }

    /**
     * Batch normalisation 2 · (x − 1) / 2 + 0.5 = x − 0.5 and ReLU, a product with ((1, 0), (2, 1)), and 10 and 20 added: at (2, 0.25)
     * the second pixel is cut, and the first logit is 2 − 0.5 + 10.
     */
    @Test
    void constantsOfOtherOperationsCountToo() {
        try (Graph graph = new Graph();
                GraphSession session = new GraphSession(graph, Precision.FLOAT32)) {
            List<BiasTerms.Term> terms = session.edit(edited -> {
                Ops tf = Ops.create(edited);
                Placeholder<TFloat32> image = tf.withName("image")
                        .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, 1, 2, 1)));
                Placeholder<TFloat32> targets = tf.withName("targets")
                        .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, 2)));
                Operand<TFloat32> normalised = tf.withName("norm")
                        .nn
                        .fusedBatchNorm(
                                image,
                                tf.constant(new float[] {2}),
                                tf.constant(new float[] {0.5f}),
                                tf.constant(new float[] {1}),
                                tf.constant(new float[] {3.75f}),
                                FusedBatchNorm.epsilon(0.25f),
                                FusedBatchNorm.isTraining(false))
                        .y();
                Operand<TFloat32> features = tf.reshape(tf.nn.relu(normalised), tf.constant(new int[] {-1, 2}));
                Operand<TFloat32> product = tf.linalg.matMul(features, tf.constant(new float[][] {{1, 0}, {2, 1}}));
                Operand<TFloat32> logits =
                        tf.identity(tf.withName("sum").math.add(tf.constant(new float[] {10, 20}), product));
                return BiasTerms.add(edited, image.asOutput(), logits.asOutput(), targets.asOutput());
            });
            assertThat(terms).extracting(BiasTerms.Term::operation).containsExactly("norm", "sum");
            Rows values = new Rows(1, terms.size());
            session.run(
                    List.of(
                            new GraphSession.Feed(
                                    graph.outputOrThrow("image"), FloatArrays.of(new float[] {2, 0.25f}, 1, 1, 2, 1)),
                            new GraphSession.Feed(
                                    graph.outputOrThrow("targets"), FloatArrays.of(new float[] {1, 0}, 1, 2))),
                    0,
                    1,
                    GraphSession.Width.WIDE,
                    terms.stream().map(BiasTerms.Term::contribution).toList(),
                    parts -> values.put(0, parts));
            assertThat(values.all().get(0)).containsExactly(new float[] {-0.5f, 0}, within(1e-6f));
            assertThat(values.all().get(1)).containsExactly(10, 0);
        }
    }

    /** Only what the image has to do with: constants among themselves are part of a constant. */
    @Test
    void sumsThatTheImageDoesNotReachAreNoBiases() {
        try (Graph graph = new Graph();
                GraphSession session = new GraphSession(graph, Precision.FLOAT32)) {
            List<BiasTerms.Term> terms = session.edit(edited -> {
                Ops tf = Ops.create(edited);
                Placeholder<TFloat32> image = tf.withName("image")
                        .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, 2)));
                Placeholder<TFloat32> targets = tf.withName("targets")
                        .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, 2)));
                Operand<TFloat32> constant =
                        tf.math.add(tf.constant(new float[] {1, 2}), tf.constant(new float[] {3, 4}));
                Operand<TFloat32> logits = tf.math.add(tf.math.mul(image, constant), image);
                return BiasTerms.add(edited, image.asOutput(), logits.asOutput(), targets.asOutput());
            });
            assertThat(terms).isEmpty();
        }
    }
}

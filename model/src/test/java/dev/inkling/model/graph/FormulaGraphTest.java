package dev.inkling.model.graph;

import static dev.inkling.spi.Formula.Input.ACTIVATION;
import static dev.inkling.spi.Formula.Input.GRADIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** What a graph makes of formulas, against plain arithmetic for each image. */
class FormulaGraphTest {

    private static final int COUNT = 3;
    private static final Shape MAPS = Shape.of(4, 3, 5);
    private static final int SIZE = 60;

    private static final List<Formula> FORMULAS = List.of(
            ACTIVATION,
            GRADIENT.relu(),
            GRADIENT.magnitude(),
            ACTIVATION.plus(2),
            ACTIVATION.minus(ACTIVATION.minimumOverPlaces()),
            ACTIVATION.times(GRADIENT.meanOverPlaces()).sumOverChannels(),
            GRADIENT.times(ACTIVATION)
                    .sumOverPlaces()
                    .over(ACTIVATION.magnitude().sumOverPlaces()),
            GRADIENT.over(ACTIVATION.relu()),
            ACTIVATION.sumOverChannels().times(GRADIENT.sumOverPlaces()),
            GRADIENT.minimum(),
            GRADIENT.magnitude().maximum(),
            ACTIVATION.innerProductsOfPlaces(),
            ACTIVATION.innerProductsOfChannels());

    private static float[] random(int seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    /** The second input has the images' values in one row, as those of a dense layer are. */
    @Test
    void equalsPlainArithmetic() {
        float[] activations = random(1, COUNT * SIZE);
        float[] gradients = random(2, COUNT * SIZE);
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Output<TFloat32> a = placeholder(tf, MAPS);
            Output<TFloat32> g = placeholder(tf, Shape.of(SIZE));
            List<Output<?>> outputs =
                    FormulaGraph.add(graph, "formulas", FORMULAS, Map.of(ACTIVATION, a, GRADIENT, g), MAPS);
            try (Session session = new Session(graph);
                    TFloat32 first = TFloat32.tensorOf(FloatArrays.of(activations, COUNT, 4, 3, 5));
                    TFloat32 second = TFloat32.tensorOf(FloatArrays.of(gradients, COUNT, SIZE))) {
                Session.Runner runner = session.runner().feed(a, first).feed(g, second);
                // What is fed can not be fetched.
                outputs.subList(1, outputs.size()).forEach(runner::fetch);
                try (Result result = runner.run()) {
                    for (int n = 0; n < COUNT; n++) {
                        List<float[]> expected = Formula.evaluate(
                                FORMULAS, Map.of(ACTIVATION, row(activations, n), GRADIENT, row(gradients, n)), MAPS);
                        for (int i = 1; i < FORMULAS.size(); i++) {
                            assertEqual(
                                    FORMULAS.get(i),
                                    FloatArrays.flat(((TFloat32) result.get(i - 1)).get(n)),
                                    expected.get(i));
                        }
                    }
                }
            }
            assertThat(outputs.get(0)).isEqualTo(a);
        }
    }

    private static void assertEqual(Formula formula, float[] found, float[] expected) {
        assertThat(found).as("%s", formula).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i])
                    .as("%s", formula)
                    .isCloseTo(expected[i], within(1e-5f * Math.max(1, Math.abs(expected[i]))));
        }
    }

    /** Each part of a formula, and of the next, once. */
    @Test
    void whatFormulasShareIsThereOnce() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Formula magnitude = ACTIVATION.magnitude();
            FormulaGraph.add(
                    graph,
                    "formulas",
                    List.of(magnitude.minimum(), magnitude.maximum(), magnitude.sumOverChannels()),
                    Map.of(ACTIVATION, placeholder(tf, MAPS)),
                    MAPS);
            int found = 0;
            for (var operations = graph.operations(); operations.hasNext(); ) {
                found += operations.next().type().equals("Abs") ? 1 : 0;
            }
            assertThat(found).isEqualTo(1);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Graph graph = new Graph()) {
            Operand<TFloat32> a = placeholder(Ops.create(graph), MAPS);
            assertThatThrownBy(() -> FormulaGraph.add(
                            graph,
                            "formulas",
                            List.of(ACTIVATION.innerProductsOfChannels().times(ACTIVATION)),
                            Map.of(ACTIVATION, a.asOutput()),
                            MAPS))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("[5, 5, 1] meets [4, 3, 5] in ");
        }
    }

    private static Output<TFloat32> placeholder(Ops tf, Shape row) {
        return tf.placeholder(TFloat32.class, Placeholder.shape(row.prepend(Shape.UNKNOWN_SIZE)))
                .asOutput();
    }

    private static float[] row(float[] values, int n) {
        return Arrays.copyOfRange(values, n * SIZE, (n + 1) * SIZE);
    }
}

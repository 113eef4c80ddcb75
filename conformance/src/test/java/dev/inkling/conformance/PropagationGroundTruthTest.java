package dev.inkling.conformance;

import static dev.inkling.conformance.GroundTruthTest.explain;
import static dev.inkling.conformance.GroundTruthTest.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import dev.inkling.tck.Padding;
import dev.inkling.tck.PlainModel;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.FloatNdArray;

/** {@link GroundTruthTest} for methods that go back through the network by rules. */
class PropagationGroundTruthTest {

    private static final Targets FIRST_OF_TWO = Targets.classes(2, 0);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            deconvnet       | | 2,3,3,1, 3,5,5,2, 3,5,5,2, 1,2,2,1
            lrp-epsilon     | epsilon=1e-9 | 0,1,2,3, 0,5,6,7, 0,9,10,11, 0,0,0,0
            """)
    void oneConvolution(String explainer, String options, String expected) {
        Network network = Network.read("one-convolution");
        assertThat(explain(
                        PlainArithmetic.model(network),
                        explainer,
                        options,
                        network.array("images"),
                        Targets.classes(4, 0)))
                .containsExactly(numbers(expected), within(1e-3f));
    }

    /**
     * Captum gives this to each of two images v and 3v that are added, (16, 32, 48) twice, and so finds 104 more than the score
     * of 88; what arrives at their sum is 96, of which 8 stand for what biases took.
     */
    @Test
    void lrpWithBiases() {
        PlainModel model = PlainArithmetic.model(Network.read("multi-layer"));
        FloatNdArray image = FloatArrays.of(new float[] {4, 8, 12}, 1, 1, 3, 1);
        Attribution found =
                Explainers.named("lrp-epsilon", Map.of("epsilon", "1e-9")).explain(model, image, FIRST_OF_TWO);
        assertThat(FloatArrays.flat(found.values())).containsExactly(new float[] {16, 32, 48}, within(1e-3f));
        assertThat(found.diagnostics().get("conservation delta")).containsExactly(new float[] {8}, within(1e-3f));
        assertThat(88 - 2 * (16 + 32 + 48)).isEqualTo(-104);
    }

    /** LRP on dense layers. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lrp-dense          | lrp-epsilon    | epsilon=1e-9 | 18,36,54
            lrp-dense-negative | lrp-gamma      | gamma=1      | 9.333333,34.666667,52
            lrp-dense-negative | lrp-alpha-beta | beta=0       | 12,33.6,50.4
            lrp-dense-negative | lrp-z-plus     |              | 12,33.6,50.4
            """)
    void lrpOnDenseLayers(String name, String explainer, String options, String expected) {
        Network network = Network.read(name);
        assertThat(explain(PlainArithmetic.model(network), explainer, options, network.array("images"), FIRST_OF_TWO))
                .containsExactly(numbers(expected), within(1e-3f));
    }

    @Test
    void lrpThatPassesTheFirstLayer() {
        Network network = Network.read("lrp-dense-negative");
        Rule rule = new Rule.Lrp(new LrpRule.Pass(), new LrpRule.Epsilon(1e-9), new LrpRule.Epsilon(1e-9));
        assertThat(propagate(PlainArithmetic.model(network), network.array("images"), rule))
                .containsExactly(new float[] {24, 36, 36}, within(1e-3f));
    }

    @Test
    void lrpThroughATanh() {
        float[][] tenths = {{0.1f, 0.1f, 0.1f}, {0.1f, 0.1f, 0.1f}, {0.1f, 0.1f, 0.1f}};
        PlainModel model = PlainModel.builder("tanh", 1, 3, 1)
                .range(0, 10)
                .dense("dense1", tenths, new float[3])
                .tanh("tanh")
                .dense("logits", new float[][] {{0.1f, 0}, {0.1f, 0}, {0.1f, 0}}, new float[2])
                .build();
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 3}, 1, 1, 3, 1);
        assertThat(propagate(model, image, new Rule.Lrp(new LrpRule.Epsilon(1e-9))))
                .containsExactly(new float[] {0.0269f, 0.0537f, 0.0806f}, within(1e-4f));
    }

    @Test
    void ofAMaxPoolTheWinnerTakesAllRelevance() {
        PlainModel model = PlainModel.builder("pool", 2, 2, 1)
                .range(0, 10)
                .maxPool("pool", new Extent(2, 2), new Extent(2, 2), Padding.VALID)
                .dense("logits", new float[][] {{1, 0}}, new float[2])
                .build();
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 5, 6}, 1, 2, 2, 1);
        assertThat(propagate(model, image, new Rule.Lrp(new LrpRule.Epsilon(1e-9))))
                .containsExactly(new float[] {0, 0, 0, 6}, within(1e-5f));
    }

    @Test
    void deepLiftOfTwoRelus() {
        Network network = Network.read("two-relus");
        Attribution found = Explainers.named("deeplift", Map.of())
                .explain(PlainArithmetic.model(network), network.array("images"), FIRST_OF_TWO);
        // Of (1, 2) less (0, 0): the multipliers are 2 and 0.5.
        assertThat(FloatArrays.flat(found.values())).containsExactly(2 * 1, 0.5f * 2);
        assertThat(found.diagnostics().get("convergence delta")).containsExactly(0);
    }

    @Test
    void deepLiftThroughAMaxPool() {
        PlainModel model = PlainModel.builder("pool", 1, 4, 1)
                .range(0, 10)
                .convolution("identity", new float[][][][] {{{{1}}}}, new float[1], new Extent(1, 1), Padding.VALID)
                .maxPool("pool", new Extent(1, 4), new Extent(1, 4), Padding.VALID)
                .dense("logits", new float[][] {{1, 0}}, new float[2])
                .build();
        float[] ones = new float[8];
        Arrays.fill(ones, 1);
        Rule rule = new Rule.DeepLift(FloatArrays.of(new float[] {1, 2, 3, 9, 4, 8, 6, 7}, 2, 1, 4, 1));
        assertThat(FloatArrays.flat(model.propagate(FloatArrays.of(ones, 2, 1, 4, 1), Targets.classes(2, 0, 0), rule)
                        .values()))
                .containsExactly(new float[] {0, 0, 0, -8, 0, -7, 0, 0}, within(0f));
    }

    private static float[] propagate(PlainModel model, FloatNdArray image, Rule rule) {
        return FloatArrays.flat(model.require(Propagation.class)
                .propagate(image, FIRST_OF_TWO, rule)
                .values());
    }
}

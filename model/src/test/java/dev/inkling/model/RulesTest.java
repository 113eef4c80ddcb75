package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Propagated;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import dev.inkling.tck.PlainModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.FloatNdArray;

/** Every rule of propagation on every design of network, residual and attentive ones too, against plain arithmetic. */
class RulesTest {

    private static final String ARCHITECTURES = "dev.inkling.model.ModelFixtures#architectures";

    @TempDir
    Path folder;

    private TensorFlowModel load(Architecture architecture, Map<String, float[]> weights) {
        ModelFixtures.write(folder.resolve("model"), architecture, weights);
        return TensorFlowModel.load(folder.resolve("model"));
    }

    private static FloatNdArray images(Architecture architecture, int count, long seed) {
        return FloatArrays.of(
                RandomWeights.images(architecture, count, seed),
                count,
                architecture.height(),
                architecture.width(),
                architecture.channels());
    }

    private static FloatNdArray signed(FloatNdArray images) {
        float[] values = FloatArrays.flat(images);
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * values[i] - 1;
        }
        return FloatArrays.of(values, images.shape().asArray());
    }

    private static Targets targets(Architecture architecture, int count) {
        float[] rows = new float[count * architecture.classes()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = 1 - 0.75f * (i % 3);
        }
        return Targets.of(FloatArrays.of(rows, count, architecture.classes()));
    }

    private static Map<String, Rule> rules(Architecture architecture) {
        LrpRule epsilon = new LrpRule.Epsilon(0.25);
        LrpRule gamma = new LrpRule.Gamma(0.5);
        LrpRule alphaBeta = new LrpRule.AlphaBeta(1, true);
        LrpRule withoutBias = new LrpRule.AlphaBeta(0, false);
        float[] one = RandomWeights.images(architecture, 1, 41);
        float[] shared = new float[4 * one.length];
        for (int i = 0; i < shared.length; i++) {
            shared[i] = one[i % one.length];
        }
        Map<String, Rule> rules = new LinkedHashMap<>();
        rules.put("guided", new Rule.Guided());
        rules.put("deconvnet", new Rule.Deconvnet());
        rules.put("epsilon", new Rule.Lrp(epsilon));
        rules.put("small epsilon", new Rule.Lrp(new LrpRule.Epsilon(0.01)));
        rules.put("gamma", new Rule.Lrp(gamma));
        rules.put("alpha-beta", new Rule.Lrp(alphaBeta, alphaBeta, alphaBeta, alphaBeta));
        rules.put("z-plus", new Rule.Lrp(LrpRule.zPlus()));
        rules.put("epsilon-plus", new Rule.Lrp(LrpRule.zPlus(), LrpRule.zPlus(), epsilon));
        rules.put("epsilon-gamma-box", new Rule.Lrp(new LrpRule.Box(-1, 2), gamma, epsilon));
        rules.put("deep Taylor", new Rule.Lrp(new LrpRule.Box(0, 1), withoutBias, withoutBias, withoutBias));
        rules.put("DeepLIFT, a baseline for each", new Rule.DeepLift(images(architecture, 4, 42)));
        rules.put(
                "DeepLIFT, one for all",
                new Rule.DeepLift(FloatArrays.of(
                        shared, 4, architecture.height(), architecture.width(), architecture.channels())));
        return rules;
    }

    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void everyRuleEqualsPlainArithmetic(Architecture architecture) {
        Map<String, float[]> weights = RandomWeights.of(architecture, 25);
        PlainModel plain = PlainNetwork.of(architecture, weights, true);
        Targets targets = targets(architecture, 4);
        try (TensorFlowModel model = load(architecture, weights)) {
            Propagation propagation = model.require(Propagation.class);
            // Signed pixels meet what is written for inputs of either sign.
            for (FloatNdArray images :
                    new FloatNdArray[] {images(architecture, 4, 26), signed(images(architecture, 4, 27))}) {
                rules(architecture).forEach((name, rule) -> {
                    Propagated found = propagation.propagate(images, targets, rule);
                    Propagated expected = plain.propagate(images, targets, rule);
                    assertThat(ModelFixtures.relativeError(
                                    FloatArrays.flat(found.values()),
                                    ModelFixtures.doubles(FloatArrays.flat(expected.values()))))
                            .as(name)
                            .isLessThan(5e-4);
                    assertThat(FloatArrays.flat(found.scores()))
                            .as(name)
                            .containsExactly(FloatArrays.flat(expected.scores()), within(1e-5f));
                });
            }
        }
    }

    /** DeepLIFT hands out the difference of scores, in float32. */
    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void deepLiftIsComplete(Architecture architecture) {
        FloatNdArray images = images(architecture, 4, 28);
        Targets targets = targets(architecture, 4);
        try (TensorFlowModel model = load(architecture, RandomWeights.of(architecture, 29))) {
            for (Rule.DeepLift rule : new Rule.DeepLift[] {
                new Rule.DeepLift(FloatArrays.of(
                        new float[Math.toIntExact(images.size())],
                        images.shape().asArray())),
                new Rule.DeepLift(images(architecture, 4, 30))
            }) {
                Propagated found = model.require(Propagation.class).propagate(images, targets, rule);
                float[] at = targets.scores(model.scores(images));
                float[] before = targets.scores(model.scores(rule.baseline()));
                float[] handedOut = targets.scores(found.scores());
                for (int n = 0; n < 4; n++) {
                    assertThat(handedOut[n]).isCloseTo(at[n] - before[n], within(1e-5f));
                    assertThat(found.deltas(targets)[n]).isCloseTo(0, within(2e-5f));
                }
            }
        }
    }

    /** Without biases, and ε near 0, nothing is lost on the way: not in residual sums, not at the attention. */
    @ParameterizedTest
    @MethodSource(ARCHITECTURES)
    void relevanceIsConservedWithoutBiases(Architecture architecture) {
        Map<String, float[]> weights = RandomWeights.of(architecture, 31);
        weights.forEach((name, values) -> {
            if (name.matches(".*/(bias|beta|mean)")) {
                Arrays.fill(values, 0);
            }
        });
        FloatNdArray images = images(architecture, 4, 32);
        Targets targets = targets(architecture, 4);
        try (TensorFlowModel model = load(architecture, weights)) {
            for (LrpRule rule : new LrpRule[] {new LrpRule.Epsilon(1e-9), new LrpRule.Gamma(0.25)}) {
                Propagated found = model.require(Propagation.class).propagate(images, targets, new Rule.Lrp(rule));
                float[] deltas = found.deltas(targets);
                float[] values = FloatArrays.flat(found.values());
                for (int n = 0; n < 4; n++) {
                    double magnitude = 0;
                    for (int i = n * values.length / 4; i < (n + 1) * values.length / 4; i++) {
                        magnitude += Math.abs(values[i]);
                    }
                    assertThat((double) deltas[n]).as(rule.toString()).isCloseTo(0, within(1e-3 * magnitude));
                }
            }
        }
    }

    /** Chunks: a shared baseline meets each of them, one for each goes with its image. */
    @Test
    void baselinesFollowTheirImagesThroughChunks() {
        Architecture architecture = ModelFixtures.SMALL;
        int count = 300;
        FloatNdArray images = images(architecture, count, 33);
        FloatNdArray baselines = images(architecture, count, 34);
        int[] classes = new int[count];
        Arrays.setAll(classes, n -> n % 3);
        try (TensorFlowModel model = load(architecture, RandomWeights.of(architecture, 35))) {
            Propagation propagation = model.require(Propagation.class);
            FloatNdArray whole = propagation
                    .propagate(images, Targets.classes(3, classes), new Rule.DeepLift(baselines))
                    .values();
            for (int n : new int[] {0, 127, 128, 299}) {
                float[] alone = FloatArrays.flat(propagation
                        .propagate(one(images, n), Targets.classes(3, n % 3), new Rule.DeepLift(one(baselines, n)))
                        .values());
                assertThat(FloatArrays.flat(whole.get(n))).containsExactly(alone, within(1e-5f));
            }
            float[] black = new float[Math.toIntExact(images.size())];
            FloatNdArray shared = propagation
                    .propagate(
                            images,
                            Targets.classes(3, classes),
                            new Rule.DeepLift(
                                    FloatArrays.of(black, images.shape().asArray())))
                    .values();
            float[] last = FloatArrays.flat(propagation
                    .propagate(
                            one(images, 299),
                            Targets.classes(3, 299 % 3),
                            new Rule.DeepLift(FloatArrays.of(
                                    new float[black.length / count],
                                    one(images, 0).shape().asArray())))
                    .values());
            assertThat(FloatArrays.flat(shared.get(299))).containsExactly(last, within(1e-5f));
        }
    }

    private static FloatNdArray one(FloatNdArray images, int index) {
        long[] shape = images.shape().asArray();
        shape[0] = 1;
        return FloatArrays.of(FloatArrays.flat(images.get(index)), shape);
    }

    @Test
    void aBaselineServesOnePassWhateverItIs() {
        Architecture architecture = ModelFixtures.SMALL;
        FloatNdArray images = images(architecture, 2, 36);
        try (TensorFlowModel model = load(architecture, RandomWeights.of(architecture, 37))) {
            Propagation propagation = model.require(Propagation.class);
            propagation.propagate(images, Targets.classes(3, 0, 1), new Rule.DeepLift(images(architecture, 2, 38)));
            int before = model.operations(null);
            propagation.propagate(images, Targets.classes(3, 0, 1), new Rule.DeepLift(images(architecture, 2, 39)));
            assertThat(model.operations(null)).isEqualTo(before);
            assertThatThrownBy(() -> propagation.propagate(
                            images, Targets.classes(3, 0, 1), new Rule.DeepLift(images(architecture, 3, 39))))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("3 baselines for 2 images; expected one for each");
        }
    }

    /** Names of scopes keep what tells rules apart. */
    @Test
    void rulesThatDifferInASignAreTwoPasses() {
        Architecture architecture = ModelFixtures.SMALL;
        FloatNdArray images = images(architecture, 1, 36);
        try (TensorFlowModel model = load(architecture, RandomWeights.of(architecture, 37))) {
            Propagation propagation = model.require(Propagation.class);
            FloatNdArray[] found = new FloatNdArray[2];
            for (int i = 0; i < 2; i++) {
                Rule rule = new Rule.Lrp(new LrpRule.Box(i == 0 ? -1 : 1, 2), LrpRule.zPlus(), LrpRule.zPlus());
                found[i] = propagation
                        .propagate(images, Targets.classes(3, 0), rule)
                        .values();
            }
            assertThat(FloatArrays.flat(found[0])).isNotEqualTo(FloatArrays.flat(found[1]));
        }
    }
}

package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.DENSE;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.three;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import dev.inkling.tck.Padding;
import dev.inkling.tck.PlainModel;
import dev.inkling.tck.PlainModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class LrpTest {

    private static final FloatNdArray ONE_TWO_THREE = three(1, 2, 3);

    /** A dense layer of twos (but for the first weight), an activation, and a dense layer of threes. */
    private static PlainModelBuilder twoLayers(float first) {
        float[][] weights = {{first, 2, 2}, {2, 2, 2}, {2, 2, 2}};
        return PlainModel.builder("two layers", 1, 3, 1)
                .range(-100, 100)
                .dense("hidden", weights, new float[3])
                .relu("relu")
                .dense("logits", new float[][] {{3, 0}, {3, 0}, {3, 0}}, new float[2]);
    }

    private static Explainer epsilon(double epsilon) {
        return new Lrp.Epsilon().create(new Lrp.Epsilon.Options(epsilon));
    }

    private static float[] explained(Explainer explainer, PlainModel model) {
        return values(explainer.explain(model, ONE_TWO_THREE, FIRST_OF_TWO));
    }

    private static float[] propagated(PlainModel model, Rule rule) {
        return FloatArrays.flat(
                model.propagate(ONE_TWO_THREE, FIRST_OF_TWO, rule).values());
    }

    @Test
    void epsilonOfTwoLayers() {
        assertThat(explained(epsilon(1e-9), twoLayers(2).build()))
                .containsExactly(new float[] {18, 36, 54}, within(1e-4f));
    }

    @Test
    void gammaOfTwoLayers() {
        Explainer gamma = new Lrp.Gamma().create(new Lrp.Gamma.Options(1));
        assertThat(explained(gamma, twoLayers(-2).build()))
                .containsExactly(new float[] {28 / 3f, 104 / 3f, 52}, within(1e-4f));
    }

    @Test
    void alphaOneBetaNothingOfTwoLayers() {
        float[] expected = {12, 33.6f, 50.4f};
        Explainer alphaBeta = new Lrp.AlphaBeta().create(new Lrp.AlphaBeta.Options(0));
        assertThat(explained(alphaBeta, twoLayers(-2).build())).containsExactly(expected, within(1e-4f));
        Explainer zPlus = new Lrp.ZPlus().create(new Lrp.ZPlus.Options());
        assertThat(explained(zPlus, twoLayers(-2).build())).containsExactly(expected, within(1e-4f));
    }

    /** Of R(h) = (24, 36, 36), the first unit's contributions −2, 4, 6: 2·(·/10) less 1·(−2/−2); the others have none against. */
    @Test
    void alphaTwoBetaOneOfTwoLayers() {
        Explainer alphaBeta = new Lrp.AlphaBeta().create(new Lrp.AlphaBeta.Options(1));
        // Second layer: all weights positive, so R(h) = 2·(24, 36, 36). With nothing against, all of α is handed out.
        assertThat(explained(alphaBeta, twoLayers(-2).build()))
                .containsExactly(new float[] {4 * 12 - 48, 4 * 33.6f, 4 * 50.4f}, within(1e-3f));
    }

    @Test
    void passOnTheFirstLayer() {
        assertThat(propagated(
                        twoLayers(-2).build(),
                        new Rule.Lrp(new LrpRule.Pass(), new LrpRule.Epsilon(1e-9), new LrpRule.Epsilon(1e-9))))
                .containsExactly(new float[] {24, 36, 36}, within(1e-4f));
    }

    @Test
    void otherActivationsPassRelevanceOn() {
        float[][] weights = {{0.1f, 0.1f, 0.1f}, {0.1f, 0.1f, 0.1f}, {0.1f, 0.1f, 0.1f}};
        PlainModel model = PlainModel.builder("tanh", 1, 3, 1)
                .dense("hidden", weights, new float[3])
                .tanh("tanh")
                .dense("logits", new float[][] {{0.1f, 0}, {0.1f, 0}, {0.1f, 0}}, new float[2])
                .build();
        assertThat(explained(epsilon(1e-9), model))
                .containsExactly(new float[] {0.0269f, 0.0537f, 0.0806f}, within(1e-4f));
    }

    @Test
    void theWinnerOfAPoolTakesAll() {
        PlainModel model = PlainModel.builder("pool", 2, 2, 1)
                .maxPool("pool", new Extent(2, 2), new Extent(2, 2), Padding.VALID)
                .dense("logits", new float[][] {{1, 2}}, new float[2])
                .build();
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 5, 6}, 1, 2, 2, 1);
        assertThat(values(epsilon(1e-9).explain(model, image, Targets.classes(2, 0))))
                .containsExactly(new float[] {0, 0, 0, 6}, within(1e-5f));
    }

    @Test
    void epsilonOfTheConvolutionalExample() {
        Attribution found = epsilon(1e-9).explain(CONVOLUTION, Examples.rising(), FIRST_OF_FOUR);
        assertThat(values(found))
                .containsExactly(new float[] {0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0}, within(1e-4f));
        // Open places: −50 three times with weight 1, −75 twice with weight −1, so the biases' shares cancel.
        assertThat(found.diagnostics().get("conservation delta")).containsExactly(new float[] {0}, within(1e-3f));
    }

    /** The score is 88 = 14 + 25·3 − 1; the biases −10, 1, 1, 1 and −1 take −8 together. */
    @Test
    void whatBiasesTakeIsReported() {
        Attribution found = epsilon(1e-9).explain(DENSE, three(4, 8, 12), FIRST_OF_TWO);
        assertThat(values(found)).containsExactly(new float[] {16, 32, 48}, within(1e-4f));
        assertThat(found.diagnostics().get("conservation delta")).containsExactly(new float[] {8}, within(1e-3f));
    }

    /**
     * At 1, 2, 3 units z = (8, 12, 12). The box [−1, 4]: c = xw + w⁺ − 4w⁻, so for the first unit (−2 + 8, 4 + 2, 6 + 2) and for
     * the others (2 + 2, 4 + 2, 6 + 2).
     */
    @Test
    void theBoxOfTheFirstLayer() {
        float[] expected = new float[3];
        for (int i = 0; i < 3; i++) {
            expected[i] = 24 * new float[] {6, 6, 8}[i] / 20 + 2 * 36 * new float[] {4, 6, 8}[i] / 18;
        }
        PlainModel model = twoLayers(-2).range(-1, 4).build();
        Explainer box = new Lrp.EpsilonGammaBox().create(new Lrp.EpsilonGammaBox.Options(1e-9, 0.25));
        assertThat(explained(box, model)).containsExactly(expected, within(1e-4f));
        Explainer deepTaylor = new Lrp.DeepTaylor().create(new Lrp.DeepTaylor.Options());
        assertThat(explained(deepTaylor, model)).containsExactly(expected, within(1e-4f));
    }

    /** First layer, convolution, dense layer: each composite is its three rules. */
    @Test
    void compositesAreRulesByKindOfLayer() {
        PlainModel model = threeKinds();
        FloatNdArray image = Examples.random(model.signature(), 2);
        Targets targets = Targets.classes(3, 1, 2);
        LrpRule epsilon = new LrpRule.Epsilon(0.5);
        LrpRule zPlus = new LrpRule.AlphaBeta(0, true);
        Explainer epsilonPlus = new Lrp.EpsilonPlus().create(new Lrp.EpsilonPlus.Options(0.5));
        assertThat(values(epsilonPlus.explain(model, image, targets)))
                .isEqualTo(FloatArrays.flat(model.propagate(image, targets, new Rule.Lrp(zPlus, zPlus, epsilon))
                        .values()));
        Explainer box = new Lrp.EpsilonGammaBox().create(new Lrp.EpsilonGammaBox.Options(0.5, 2));
        assertThat(values(box.explain(model, image, targets)))
                .isEqualTo(FloatArrays.flat(model.propagate(
                                image, targets, new Rule.Lrp(new LrpRule.Box(0, 1), new LrpRule.Gamma(2), epsilon))
                        .values()));
    }

    private static PlainModel threeKinds() {
        return Examples.residual(3, new float[] {0.3f, -0.2f});
    }

    /** Without biases nothing is lost: not in residual sums, not in pools. Tolerance 1e-4 of the sum of magnitudes. */
    @Test
    void relevanceIsConservedWithoutBiases() {
        PlainModel model = Examples.residual(3, new float[2]);
        FloatNdArray images = Examples.random(model.signature(), 4);
        Targets targets = Targets.classes(3, 0, 1, 2, 0);
        float[] scores = targets.scores(model.scores(images));
        List<Explainer> explainers = List.of(
                epsilon(1e-9),
                new Lrp.Gamma().create(new Lrp.Gamma.Options(0.25)),
                new Lrp.ZPlus().create(new Lrp.ZPlus.Options()),
                new Lrp.EpsilonPlus().create(new Lrp.EpsilonPlus.Options(1e-9)),
                new Lrp.EpsilonGammaBox().create(new Lrp.EpsilonGammaBox.Options(1e-9, 0.25)));
        for (Explainer explainer : explainers) {
            Attribution found = explainer.explain(model, images, targets);
            for (int n = 0; n < 4; n++) {
                double sum = 0;
                double magnitude = 0;
                for (float value : values(found.image(n))) {
                    sum += value;
                    magnitude += Math.abs(value);
                }
                assertThat(sum).isCloseTo(scores[n], within(1e-4 * magnitude));
                assertThat((double) found.diagnostics().get("conservation delta")[n])
                        .isCloseTo(0, within(1e-4 * magnitude));
            }
        }
    }

    /** The bias is left out, so a positive score is handed out whole; negative logits, and classes against, are not explained. */
    @Test
    void deepTaylorHandsOutWhatIsPositive() {
        PlainModel model = Examples.residual(3, new float[] {-0.02f, -0.01f});
        FloatNdArray images = Examples.random(model.signature(), 4);
        int[] why = {0, 1, 0, 0};
        float[] logits = FloatArrays.flat(model.scores(images));
        Attribution found = new Lrp.DeepTaylor()
                .create(new Lrp.DeepTaylor.Options())
                .explain(model, images, Targets.contrast(3, why, new int[] {1, 2, 2, 2}));
        int positives = 0;
        for (int n = 0; n < 4; n++) {
            double positive = Math.max(0, logits[3 * n + why[n]]);
            positives += positive > 0 ? 1 : 0;
            double sum = 0;
            for (float value : values(found.image(n))) {
                assertThat(value).isNotNegative();
                sum += value;
            }
            assertThat(sum).isCloseTo(positive, within(1e-4));
            assertThat(found.diagnostics().get("conservation delta")[n]).isCloseTo(0, within(1e-4f));
        }
        assertThat(positives).isBetween(1, 3);
    }

    /** Bach et al.: with ε → 0 and ReLU, x ⊙ gradient. */
    @Test
    void epsilonNearNothingIsInputTimesGradient() {
        PlainModel model = Examples.residual(3, new float[] {0.3f, -0.2f});
        FloatNdArray images = Examples.random(model.signature(), 2);
        Targets targets = Targets.classes(3, 0, 1);
        float[] gradients = FloatArrays.flat(model.gradients(images, targets));
        float[] pixels = FloatArrays.flat(images);
        float[] expected = new float[pixels.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = gradients[i] * pixels[i];
        }
        // The residual sum and the mean are stabilised by 1e-6.
        assertThat(values(epsilon(1e-9).explain(model, images, targets))).containsExactly(expected, within(1e-4f));
    }

    @Test
    void rulesRefuseWhatMakesNoSense() {
        assertThatThrownBy(() -> new LrpRule.Epsilon(0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("LRP's epsilon is 0.0, expected a number above 0");
        assertThatThrownBy(() -> new LrpRule.Gamma(-1))
                .hasMessage("LRP's gamma is -1.0, expected a number of at least 0");
        assertThatThrownBy(() -> new LrpRule.AlphaBeta(Double.NaN, true))
                .hasMessage("LRP's beta is NaN, expected a number of at least 0");
        assertThatThrownBy(() -> new LrpRule.Box(1, 1)).hasMessage("LRP's box [1.0, 1.0] is empty");
        assertThatThrownBy(() -> new Rule.Lrp(new LrpRule.Pass()))
                .hasMessage("LRP's rule Pass[] is for the first layer only");
        assertThatThrownBy(() -> new Rule.Lrp(LrpRule.zPlus(), new LrpRule.Box(0, 1), LrpRule.zPlus()))
                .hasMessage("LRP's rule Box[low=0.0, high=1.0] is for the first layer only");
    }
}

package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.DENSE;
import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.three;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.explainers.Lime.Distance;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.tck.LinearModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class LimeTest {

    /** All eight copies, so what scikit-learn's Lasso and Ridge give for them with these weights is exact. */
    @Test
    void equalsScikitLearnOnTheDenseExample() {
        assertThat(dense(Map.of())).containsExactly(new float[] {78.08851f, 197.87922f, 117.99565f}, within(1e-3f));
        assertThat(dense(Map.of("regression", "ridge")))
                .containsExactly(new float[] {74.73959f, 189.82736f, 112.95753f}, within(1e-3f));
        assertThat(dense(Map.of("distance", "euclidean", "kernel-width", "30", "alpha", "2")))
                .containsExactly(new float[] {71.14731f, 185.80170f, 110.60200f}, within(1e-3f));
        assertThat(lime(Map.of())
                        .explain(DENSE, three(20, 50, 30), FIRST_OF_TWO)
                        .diagnostics()
                        .get("R²")[0])
                .isCloseTo(0.9996276f, within(1e-6f));
        assertThat(lime(Map.of("regression", "ridge"))
                        .explain(DENSE, three(20, 50, 30), FIRST_OF_TWO)
                        .diagnostics()
                        .get("R²")[0])
                .isCloseTo(0.9978934f, within(1e-6f));
    }

    /** Another library's test holds 73.3716, 193.3349, 113.3349, from 500 draws of these eight copies. */
    @Test
    void agreesWithAnotherLibraryOnTheDenseExample() {
        assertThat(dense(Map.of("kernel-width", "10", "alpha", "1")))
                .containsExactly(new float[] {73.50403f, 193.50015f, 113.50193f}, within(1e-3f))
                .containsExactly(new float[] {73.3716f, 193.3349f, 113.3349f}, within(0.2f));
    }

    private static float[] dense(Map<String, String> options) {
        return values(lime(options).explain(DENSE, three(20, 50, 30), FIRST_OF_TWO));
    }

    /** Without a penalty the weights do not matter, and every sample of more copies than segments is enough. */
    @Test
    void findsALinearModelItself() {
        LinearModel model = LinearModel.random(5, 4, 4, 1, 2);
        FloatNdArray image = Examples.random(model.signature(), 1);
        Attribution attribution = lime(Map.of("alpha", "0", "budget", "100")).explain(model, image, FIRST_OF_TWO);
        float[] weights = FloatArrays.flat(model.gradients(image, FIRST_OF_TWO));
        float[] pixels = FloatArrays.flat(image);
        for (int i = 0; i < 16; i++) {
            assertThat(values(attribution)[i]).isCloseTo(weights[i] * pixels[i], within(1e-5f));
        }
        assertThat(attribution.diagnostics().get("R²")[0]).isCloseTo(1, within(1e-6f));
    }

    /** Samples of 2¹² possible copies come near what all of them give, nearer with a larger budget. */
    @Test
    void samplesApproachAllCopies() {
        CountingModel model = CountingModel.of(12, x -> {
            double score = 0;
            for (int i = 0; i < 12; i++) {
                score += (i - 4) * x[i] + 3 * x[i] * x[(i + 1) % 12] * x[(i + 5) % 12];
            }
            return score;
        });
        float[] ones = new float[12];
        Arrays.fill(ones, 1);
        FloatNdArray image = FloatArrays.of(ones, 1, 1, 12, 1);
        float[] all = values(lime(Map.of("budget", "4096")).explain(model, image, FIRST_OF_TWO));
        double[] errors = new double[2];
        for (int seed = 0; seed < 20; seed++) {
            for (int i = 0; i < 2; i++) {
                float[] found = values(lime(Map.of("budget", i == 0 ? "200" : "3200", "seed", String.valueOf(seed)))
                        .explain(model, image, FIRST_OF_TWO));
                for (int k = 0; k < 12; k++) {
                    errors[i] += Math.pow(found[k] - all[k], 2) / (20 * 12);
                }
            }
        }
        assertThat(Math.sqrt(errors[0])).isLessThan(1.5);
        assertThat(Math.sqrt(errors[1] / errors[0])).isBetween(0.15, 0.4);
    }

    @Test
    void aLargePenaltyLeavesNothingOfALassoAndALittleOfARidge() {
        assertThat(dense(Map.of("alpha", "1000"))).containsExactly(0, 0, 0);
        assertThat(lime(Map.of("alpha", "1000"))
                        .explain(DENSE, three(20, 50, 30), Targets.of(FloatArrays.of(new float[] {-1, 0}, 1, 2)))
                        .values()
                        .getFloat(0, 0, 0, 0))
                .as("no minus zero")
                .isEqualTo(0.0f);
        for (float value : dense(Map.of("alpha", "1000", "regression", "ridge"))) {
            assertThat(value).isBetween(1e-4f, 1f);
        }
    }

    /** So narrow a kernel sees the image alone, of which there is nothing to explain. */
    @Test
    void aKernelThatSeesNoOtherCopyExplainsNothing() {
        Attribution attribution = lime(Map.of("kernel-width", "0.001")).explain(DENSE, three(20, 50, 30), FIRST_OF_TWO);
        assertThat(values(attribution)).containsExactly(0, 0, 0);
        assertThat(attribution.diagnostics().get("R²")).containsExactly(1);
    }

    @Test
    void distances() {
        float[] values = {9, 3, 0, 4, 0, 0};
        assertThat(Distance.COSINE.between(values, 0, values, 1, 2))
                .isCloseTo(1 - 27 / (3 * Math.sqrt(90)), within(1e-12));
        assertThat(Distance.COSINE.between(values, 1, values, 2, 2)).isEqualTo(1);
        assertThat(Distance.COSINE.between(values, 1, values, 4, 2)).isEqualTo(1);
        assertThat(Distance.EUCLIDEAN.between(values, 1, values, 2, 2)).isEqualTo(5);
    }

    @Test
    void theBudgetIsNeverExceeded() {
        float[] ones = new float[40];
        Arrays.fill(ones, 1);
        for (int budget : new int[] {2, 101, 1000}) {
            CountingModel model = CountingModel.of(20, x -> x[0] * x[1]);
            lime(Map.of("budget", String.valueOf(budget)))
                    .explain(model, FloatArrays.of(ones, 2, 1, 20, 1), Targets.classes(2, 0, 0));
            assertThat(model.images()).isEqualTo(2 * budget);
            assertThat(model.largestBatch()).isLessThanOrEqualTo(BatchSize.COPIES);
        }
    }

    @Test
    void tooManySegmentsAreRefused() {
        CountingModel model = CountingModel.of(1025, x -> x[0]);
        float[] ones = new float[1025];
        Arrays.fill(ones, 1);
        assertThatThrownBy(() -> lime(Map.of()).explain(model, FloatArrays.of(ones, 1, 1, 1025, 1), FIRST_OF_TWO))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "1,025 segments are too many for lime, which takes at most 1,024; choose larger ones, such as"
                                + " grid:7");
        assertThat(model.images()).isZero();
    }

    @Test
    void valuesOutOfBoundsAreRefused() {
        assertThatThrownBy(() -> lime(Map.of("budget", "1", "kernel-width", "0", "regression", "ols")))
                .hasMessage("option 'budget': expected 2 to 1000000, found 1; option 'kernel-width': expected 0.001 to"
                        + " 1000000000, found 0; option 'regression': expected one of lasso, ridge, found 'ols'");
    }

    private static Lime lime(Map<String, String> options) {
        Map<String, String> all = new HashMap<>(Map.of("segments", "pixels", "baseline", "0"));
        all.putAll(options);
        return new Lime(Options.parse(Lime.Options.class, all));
    }
}

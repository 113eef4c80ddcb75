package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Options;
import dev.inkling.spi.Segments;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

/** On functions of three variables in [0, 1], which black fades from 1 to 0. */
class SobolTest {

    private static final FloatNdArray ONES = FloatArrays.of(new float[] {1, 1, 1}, 1, 1, 3, 1);

    /** Ishigami and Homma's function, whose total indices are known: 0.5576, 0.4424, 0.2437. */
    @Test
    void theIshigamiFunction() {
        assertIndices(
                image -> {
                    double[] x = new double[3];
                    Arrays.setAll(x, i -> Math.PI * (2 * image[i] - 1));
                    return Math.sin(x[0]) + 7 * Math.pow(Math.sin(x[1]), 2) + 0.1 * Math.pow(x[2], 4) * Math.sin(x[0]);
                },
                0.5576,
                0.4424,
                0.2437);
    }

    /** Additive: the parts of the variance, wᵢ² / Σ w². */
    @Test
    void aSum() {
        assertIndices(x -> 5 + 3 * x[0] - 4 * x[1] + x[2], 9 / 26.0, 16 / 26.0, 1 / 26.0);
    }

    /** Multiplicative: E[Var] = 1/12 · 1/9 of V = 1/27 − 1/64, for each. */
    @Test
    void aProduct() {
        double index = 1 / 108.0 / (1 / 27.0 - 1 / 64.0);
        assertIndices(x -> x[0] * x[1] * x[2], index, index, index);
    }

    @Test
    void aLargeOffsetDoesNotDrownTheVariance() {
        assertIndices(x -> 30_000 + 3 * x[0] - 4 * x[1] + x[2], 9 / 26.0, 16 / 26.0, 1 / 26.0);
    }

    private static void assertIndices(ToDoubleFunction<float[]> function, double... expected) {
        Attribution attribution =
                sobol("pixels", 0, 40_000, 3).explain(CountingModel.of(3, function), ONES, FIRST_OF_TWO);
        double standardError = attribution.diagnostics().get("standard error")[0];
        assertThat(standardError).isBetween(1e-4, 0.02);
        for (int i = 0; i < 3; i++) {
            assertThat((double) values(attribution)[i]).isCloseTo(expected[i], within(4 * standardError));
        }
    }

    @Test
    void samplesScatterAsTheStandardErrorSays() {
        int seeds = 300;
        double[] squares = new double[3];
        double claimed = 0;
        double index = 1 / 108.0 / (1 / 27.0 - 1 / 64.0);
        for (int seed = 0; seed < seeds; seed++) {
            Attribution attribution = sobol("pixels", 0, 800, seed)
                    .explain(CountingModel.of(3, x -> x[0] * x[1] * x[2]), ONES, FIRST_OF_TWO);
            claimed += attribution.diagnostics().get("standard error")[0] / seeds;
            for (int i = 0; i < 3; i++) {
                squares[i] += Math.pow(values(attribution)[i] - index, 2) / seeds;
            }
        }
        // The largest of three claims is compared with the largest scatter, and stratified rows scatter less than
        // independent ones.
        assertThat(claimed / Math.sqrt(Arrays.stream(squares).max().orElseThrow()))
                .isBetween(0.9, 1.8);
    }

    /** A pixel that equals its baseline does nothing; the others' indices are as if it were not there. */
    @Test
    void whatCanNotFadeHasNoIndex() {
        CountingModel model = CountingModel.of(3, x -> 3 * x[0] + 100 * x[1] - 3 * x[2]);
        Attribution attribution = sobol("pixels", 0, 3000, 0)
                .explain(model, FloatArrays.of(new float[] {1, 0, 1}, 1, 1, 3, 1), FIRST_OF_TWO);
        assertThat(values(attribution)).containsExactly(new float[] {0.5f, 0, 0.5f}, within(0.05f));
        assertThat(model.images()).isEqualTo(3000);
        Attribution nothing =
                sobol("pixels", 0, 3000, 0).explain(model, FloatArrays.of(new float[3], 1, 1, 3, 1), FIRST_OF_TWO);
        assertThat(values(nothing)).containsExactly(0, 0, 0);
        assertThat(model.images()).isEqualTo(3000);
    }

    @Test
    void theBudgetIsNeverExceededAndHardlyWasted() {
        float[] ones = new float[40];
        Arrays.fill(ones, 1);
        for (int budget : new int[] {42, 101, 1000}) {
            CountingModel model = CountingModel.of(20, x -> x[0] * x[1]);
            sobol("pixels", 0, budget, 0).explain(model, FloatArrays.of(ones, 2, 1, 20, 1), Targets.classes(2, 0, 0));
            assertThat(model.images()).isBetween(2 * (budget - 20), 2 * budget);
            assertThat(model.largestBatch()).isLessThanOrEqualTo(BatchSize.COPIES);
        }
    }

    @Test
    void eachOptionChangesTheAnswer() {
        CountingModel model = CountingModel.of(6, x -> x[0] * x[1] + x[2] * x[3] * x[3] + x[4] - x[5] * x[0]);
        FloatNdArray image = FloatArrays.of(new float[] {1, 0.9f, 0.8f, 0.7f, 0.6f, 0.5f}, 1, 1, 6, 1);
        float[] plain = values(sobol("grid:3", 0, 100, 0).explain(model, image, FIRST_OF_TWO));
        for (Sobol other : new Sobol[] {
            sobol("grid:2", 0, 100, 0),
            sobol("grid:3", 0.2, 100, 0),
            sobol("grid:3", 0, 200, 0),
            sobol("grid:3", 0, 100, 1)
        }) {
            assertThat(values(other.explain(model, image, FIRST_OF_TWO))).isNotEqualTo(plain);
        }
    }

    @Test
    void aBudgetThatIsTooSmallIsRefused() {
        CountingModel model = CountingModel.of(3, x -> x[0]);
        assertThatThrownBy(() -> sobol("pixels", 0, 7, 0).explain(model, ONES, FIRST_OF_TWO))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "budget is 7, but an image with 3 segments that differ from their baseline takes sobol at least"
                                + " 8 evaluations; raise the budget or choose larger segments");
        assertThatThrownBy(() -> Options.parse(Sobol.Options.class, Map.of("budget", "-3")))
                .hasMessage("budget is -3, expected at least 2 evaluations per image");
        assertThat(model.images()).isZero();
    }

    private static Sobol sobol(String segments, double baseline, int budget, long seed) {
        return new Sobol(new Sobol.Options(Segments.valueOf(segments), new Baseline.Constant(baseline), budget, seed));
    }
}

package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.FloatNdArray;

class RiseTest {

    /** Every mask that can be drawn, with its probability: 2⁶ patterns of cells at 2 · 3 offsets. */
    @ParameterizedTest
    @CsvSource({"0.5, 0, false", "0.3, 0.8, false", "0.5, 0, true", "0.3, 0.8, true"})
    void comesNearTheExpectationOverAllMasks(double p, double baseline, boolean centered) {
        LinearModel model = LinearModel.random(3, 6, 5, 2, 2);
        FloatNdArray image = Examples.random(model.signature(), 1);
        float[] pixels = FloatArrays.flat(image);
        double[] expected = new double[30];
        double mean = 0;
        for (int pattern = 0; pattern < 64; pattern++) {
            float[] cells = new float[6];
            for (int i = 0; i < 6; i++) {
                cells[i] = pattern >> i & 1;
            }
            double probability =
                    Math.pow(p, Integer.bitCount(pattern)) * Math.pow(1 - p, 6 - Integer.bitCount(pattern));
            float[] large = Bilinear.resize(cells, 3, 2, 8, 9);
            for (int offset = 0; offset < 6; offset++) {
                float[] mask = new float[30];
                float[] masked = new float[60];
                for (int i = 0; i < 30; i++) {
                    mask[i] = large[(i / 5 + offset / 3) * 9 + i % 5 + offset % 3];
                    for (int c = 2 * i; c < 2 * i + 2; c++) {
                        masked[c] = (float) (mask[i] * pixels[c] + (1 - mask[i]) * baseline);
                    }
                }
                double score = FIRST_OF_TWO.scores(model.scores(FloatArrays.of(masked, 1, 6, 5, 2)))[0];
                mean += probability / 6 * score;
                for (int i = 0; i < 30; i++) {
                    expected[i] += probability / 6 * score * mask[i] / p;
                }
            }
        }
        Attribution attribution = rise(20_000, "3x2", p, baseline, centered, 0).explain(model, image, FIRST_OF_TWO);
        float standardError = attribution.diagnostics().get("standard error")[0];
        assertThat(standardError).isBetween(1e-3f, 0.1f);
        for (int i = 0; i < 30; i++) {
            assertThat((double) values(attribution)[i])
                    .isCloseTo(expected[i] - (centered ? mean : 0), within(4.0 * standardError));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void samplesScatterAsTheStandardErrorSays(boolean centered) {
        ConvolutionModel model = ConvolutionModel.random(4, 7, 5, 1, 3, 2);
        FloatNdArray image = Examples.random(model.signature(), 1);
        int seeds = 200;
        double[] sums = new double[35];
        double[] squares = new double[35];
        double claimed = 0;
        for (int seed = 0; seed < seeds; seed++) {
            Attribution attribution = rise(100, "3x2", 0.5, 0, centered, seed).explain(model, image, FIRST_OF_TWO);
            claimed += attribution.diagnostics().get("standard error")[0] / seeds;
            for (int i = 0; i < 35; i++) {
                sums[i] += values(attribution)[i];
                squares[i] += Math.pow(values(attribution)[i], 2);
            }
        }
        double largest = 0;
        for (int i = 0; i < 35; i++) {
            largest = Math.max(largest, squares[i] / seeds - Math.pow(sums[i] / seeds, 2));
        }
        assertThat(claimed / Math.sqrt(largest)).isBetween(0.85, 1.15);
    }

    @Test
    void fourTimesTheBudgetHalvesTheStandardError() {
        ConvolutionModel model = ConvolutionModel.random(4, 7, 5, 1, 3, 2);
        FloatNdArray image = Examples.random(model.signature(), 1);
        float few = rise(1000, "3", 0.5, 0, 0)
                .explain(model, image, FIRST_OF_TWO)
                .diagnostics()
                .get("standard error")[0];
        float many = rise(4000, "3", 0.5, 0, 0)
                .explain(model, image, FIRST_OF_TWO)
                .diagnostics()
                .get("standard error")[0];
        assertThat(many / few).isBetween(0.45f, 0.55f);
    }

    /** With nothing hidden every place shows the score itself, to the last bit of the standard error. */
    @Test
    void masksThatHideNothingShowTheScore() {
        ConvolutionModel model = ConvolutionModel.random(4, 7, 5, 1, 3, 2);
        FloatNdArray image = Examples.random(model.signature(), 1);
        float score = FIRST_OF_TWO.scores(model.scores(image))[0];
        Attribution attribution = rise(10, "3", 1, 0.3, false, 0).explain(model, image, FIRST_OF_TWO);
        for (float value : values(attribution)) {
            assertThat(value).isCloseTo(score, within(1e-5f));
        }
        assertThat(attribution.diagnostics().get("standard error")[0]).isLessThan(1e-4f);
    }

    /** The paper's map but for the mean score times the mean mask, and surer of itself. */
    @Test
    void centeringSubtractsWhatAllPlacesShare() {
        ConvolutionModel model = ConvolutionModel.random(4, 7, 5, 1, 3, 2);
        FloatNdArray image = Examples.random(model.signature(), 1);
        Attribution plain = rise(500, "3", 0.5, 0, false, 0).explain(model, image, FIRST_OF_TWO);
        Attribution centered = rise(500, "3", 0.5, 0, true, 0).explain(model, image, FIRST_OF_TWO);
        double[] difference = new double[35];
        for (int i = 0; i < 35; i++) {
            difference[i] = values(plain)[i] - values(centered)[i];
        }
        double least = Arrays.stream(difference).min().orElseThrow();
        double most = Arrays.stream(difference).max().orElseThrow();
        assertThat(least).isGreaterThan(0.8 * most).isPositive();
        assertThat(centered.diagnostics().get("standard error")[0])
                .isLessThan(0.8f * plain.diagnostics().get("standard error")[0]);
    }

    @Test
    void theBudgetIsWhatIsEvaluated() {
        float[] ones = new float[40];
        Arrays.fill(ones, 1);
        for (int budget : new int[] {2, 101, 1000}) {
            CountingModel model = CountingModel.of(20, x -> x[0] * x[1]);
            rise(budget, "7", 0.5, 0, 0).explain(model, FloatArrays.of(ones, 2, 1, 20, 1), Targets.classes(2, 0, 0));
            assertThat(model.images()).isEqualTo(2 * budget);
            assertThat(model.largestBatch()).isLessThanOrEqualTo(BatchSize.COPIES);
        }
    }

    @Test
    void eachOptionChangesTheAnswer() {
        ConvolutionModel model = ConvolutionModel.random(4, 7, 5, 1, 3, 2);
        FloatNdArray image = Examples.random(model.signature(), 1);
        float[] plain = values(rise(50, "3", 0.5, 0, 0).explain(model, image, FIRST_OF_TWO));
        for (Rise other : new Rise[] {
            rise(51, "3", 0.5, 0, 0),
            rise(50, "3x2", 0.5, 0, 0),
            rise(50, "3", 0.4, 0, 0),
            rise(50, "3", 0.5, 0.1, 0),
            rise(50, "3", 0.5, 0, 1)
        }) {
            assertThat(values(other.explain(model, image, FIRST_OF_TWO))).isNotEqualTo(plain);
        }
    }

    @Test
    void valuesOutOfBoundsAreRefused() {
        assertThatThrownBy(
                        () -> Options.parse(Rise.Options.class, Map.of("budget", "1", "grid", "0", "probability", "0")))
                .hasMessage("option 'budget': expected 2 to 1000000, found 1; option 'grid': extent is 0x0, expected at"
                        + " least 1x1; option 'probability': expected 0.01 to 1, found 0");
    }

    private static Rise rise(int budget, String grid, double probability, double baseline, long seed) {
        return rise(budget, grid, probability, baseline, true, seed);
    }

    private static Rise rise(
            int budget, String grid, double probability, double baseline, boolean centered, long seed) {
        return new Rise(new Rise.Options(
                budget, Extent.valueOf(grid), probability, new Baseline.Constant(baseline), centered, seed));
    }
}

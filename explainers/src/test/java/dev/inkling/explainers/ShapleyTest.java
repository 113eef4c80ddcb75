package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.DENSE;
import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.three;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.Options;
import dev.inkling.spi.Segments;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import dev.inkling.tck.QuadraticModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.ndarray.FloatNdArray;

/** Both ways to Shapley values: they are the same values. */
class ShapleyTest {

    enum Method {
        KERNEL {
            @Override
            Explainer with(Segments segments, Baseline baseline, int budget, Credit credit, long seed) {
                return new KernelShap(new ShapleyOptions(segments, baseline, budget, credit, seed));
            }

            @Override
            int least(int features) {
                return 4 * features + 2;
            }

            @Override
            ExplainerProvider<?> provider() {
                return new KernelShap.Provider();
            }
        },
        PERMUTATIONS {
            @Override
            Explainer with(Segments segments, Baseline baseline, int budget, Credit credit, long seed) {
                return new PermutationShapley(new ShapleyOptions(segments, baseline, budget, credit, seed));
            }

            @Override
            int least(int features) {
                return 4 * features - 2;
            }

            @Override
            ExplainerProvider<?> provider() {
                return new PermutationShapley.Provider();
            }
        };

        abstract Explainer with(Segments segments, Baseline baseline, int budget, Credit credit, long seed);

        /** Evaluations below which so many features are refused. */
        abstract int least(int features);

        abstract ExplainerProvider<?> provider();

        Explainer with(String segments, int budget, Credit credit, long seed) {
            return with(Segments.valueOf(segments), new Baseline.Constant(0), budget, credit, seed);
        }

        String explainer() {
            return provider().card().name();
        }
    }

    private static final Offset<Float> CLOSE = within(1e-4f);

    @ParameterizedTest
    @EnumSource
    void valuesOfTheDenseExample(Method method) {
        assertClose(method.with("pixels", 8, Credit.SHARED, 0), three(20, 50, 30), 76.66667f, 196.66667f, 116.66667f);
        Baseline between = new Baseline.Image(three(10, 20, 10));
        assertClose(method.with(new Segments.Pixels(), between, 8, Credit.SHARED, 0), three(20, 50, 30), 40, 120, 80);
    }

    @ParameterizedTest
    @EnumSource
    void aSegmentsCreditIsSharedOrShownWhole(Method method) {
        Segments mask = Segments.mask(0, 0, 1);
        assertClose(method.with(mask, new Baseline.Constant(0), 8, Credit.WHOLE, 0), three(20, 50, 30), 275, 275, 115);
        assertClose(
                method.with(mask, new Baseline.Constant(0), 8, Credit.SHARED, 0),
                three(20, 50, 30),
                137.5f,
                137.5f,
                115);
        assertThat(Credit.SHARED.contract().complete()).isTrue();
        assertThat(Credit.WHOLE.contract().complete()).isFalse();
    }

    private static void assertClose(Explainer explainer, FloatNdArray image, float... expected) {
        Attribution attribution = explainer.explain(DENSE, image, FIRST_OF_TWO);
        assertThat(values(attribution)).containsExactly(expected, CLOSE);
        assertThat(attribution.diagnostics().get("standard error")).containsExactly(0);
        assertThat(attribution.diagnostics().get("additivity gap")).containsExactly(new float[] {0}, CLOSE);
    }

    /** By definition: the mean over all 120 orders of five segments, in the test's own arithmetic. */
    @ParameterizedTest
    @EnumSource
    void allCoalitionsGiveTheMeanOverAllOrders(Method method) {
        ConvolutionModel model = ConvolutionModel.random(4, 5, 4, 2, 3, 3);
        FloatNdArray image = Examples.random(model.signature(), 1);
        Targets target = Targets.contrast(3, new int[] {2}, new int[] {0});
        double[] expected = new double[5];
        List<List<Integer>> orders = permutations(List.of(0, 1, 2, 3, 4));
        for (List<Integer> order : orders) {
            float[] rows = new float[40];
            double before = target.scores(model.scores(FloatArrays.of(rows, 1, 5, 4, 2)))[0];
            for (int row : order) {
                System.arraycopy(FloatArrays.flat(image), row * 8, rows, row * 8, 8);
                double after = target.scores(model.scores(FloatArrays.of(rows, 1, 5, 4, 2)))[0];
                expected[row] += (after - before) / orders.size();
                before = after;
            }
        }
        float[] found = values(method.with("grid:5x1", 32, Credit.WHOLE, 0).explain(model, image, target));
        for (int i = 0; i < 20; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i / 4], within(1e-5));
        }
    }

    private static List<List<Integer>> permutations(List<Integer> of) {
        if (of.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Integer>> all = new ArrayList<>();
        for (Integer first : of) {
            List<Integer> rest = new ArrayList<>(of);
            rest.remove(first);
            for (List<Integer> tail : permutations(rest)) {
                List<Integer> one = new ArrayList<>(List.of(first));
                one.addAll(tail);
                all.add(one);
            }
        }
        return all;
    }

    /** φᵢ = xᵢ (bᵢ + ½ (A x)ᵢ), and pairs cancel every interaction of two: few samples are exact, and know it. */
    @ParameterizedTest
    @EnumSource
    void aQuadraticModelIsExactFromFewSamples(Method method) {
        QuadraticModel model = QuadraticModel.random(3, 4, 3, 1, 2);
        FloatNdArray image = Examples.random(model.signature(), 1);
        Attribution attribution = method.with("pixels", 60, Credit.SHARED, 0).explain(model, image, FIRST_OF_TWO);
        float[] pixels = FloatArrays.flat(image);
        float[] atZero = FloatArrays.flat(model.gradients(FloatArrays.of(new float[12], 1, 4, 3, 1), FIRST_OF_TWO));
        float[] atImage = FloatArrays.flat(model.gradients(image, FIRST_OF_TWO));
        float[] found = values(attribution);
        for (int i = 0; i < pixels.length; i++) {
            assertThat(found[i]).isCloseTo(pixels[i] * (atZero[i] + atImage[i]) / 2, CLOSE);
        }
        assertThat(attribution.diagnostics().get("standard error")[0]).isLessThan(1e-5f);
    }

    @ParameterizedTest
    @EnumSource
    void aLinearModelSumsToTheDifferenceFromTheBaseline(Method method) {
        LinearModel model = LinearModel.random(5, 4, 4, 2, 3);
        FloatNdArray image = Examples.random(model.signature(), 1);
        Targets target = Targets.classes(3, 1);
        float[] weights = FloatArrays.flat(model.gradients(image, target));
        float[] pixels = FloatArrays.flat(image);
        float[] found = values(method.with("pixels", 200, Credit.SHARED, 0).explain(model, image, target));
        for (int i = 0; i < found.length; i++) {
            double expected = weights[2 * i] * pixels[2 * i] + weights[2 * i + 1] * pixels[2 * i + 1];
            assertThat((double) found[i]).isCloseTo(expected, within(1e-5));
        }
    }

    /**
     * Over many seeds: no bias beyond chance, an error as large as the standard error says (a factor of √2 is a forgotten pair), and
     * the constraint holds whatever was drawn.
     */
    @ParameterizedTest
    @EnumSource
    void samplesScatterAboutTheExactValuesAsTheStandardErrorSays(Method method) {
        Model model = interactions();
        FloatNdArray image = FloatArrays.of(ones(9), 1, 1, 9, 1);
        float[] exact = values(method.with("pixels", 512, Credit.WHOLE, 0).explain(model, image, FIRST_OF_TWO));
        int seeds = 300;
        double[] sums = new double[9];
        double[] squares = new double[9];
        double claimed = 0;
        for (int seed = 0; seed < seeds; seed++) {
            Attribution attribution =
                    method.with("pixels", 300, Credit.WHOLE, seed).explain(model, image, FIRST_OF_TWO);
            float[] found = values(attribution);
            for (int i = 0; i < 9; i++) {
                sums[i] += found[i] - exact[i];
                squares[i] += Math.pow(found[i] - exact[i], 2);
            }
            claimed += attribution.diagnostics().get("standard error")[0] / seeds;
            assertThat(Math.abs(attribution.diagnostics().get("additivity gap")[0]))
                    .isLessThan(1e-5f);
        }
        double scatter = Math.sqrt(Arrays.stream(squares).max().orElseThrow() / seeds);
        assertThat(claimed / scatter).isBetween(0.85, 1.2);
        for (double sum : sums) {
            assertThat(Math.abs(sum / seeds)).isLessThan(3.5 * scatter / Math.sqrt(seeds));
        }
    }

    /** Interactions of three, which no pairing cancels, of different strength. */
    private static Model interactions() {
        return CountingModel.of(9, x -> {
            double score = 1;
            for (int i = 0; i < 9; i++) {
                score += (i - 3) * x[i] + (i + 1) * x[i] * x[(i + 1) % 9] * x[(i + 4) % 9];
            }
            return score;
        });
    }

    @ParameterizedTest
    @EnumSource
    void fourTimesTheBudgetHalvesTheStandardError(Method method) {
        FloatNdArray image = FloatArrays.of(ones(9), 1, 1, 9, 1);
        double[] errors = new double[2];
        for (int seed = 0; seed < 20; seed++) {
            for (int i = 0; i < 2; i++) {
                errors[i] += method.with("pixels", i == 0 ? 110 : 440, Credit.WHOLE, seed)
                        .explain(interactions(), image, FIRST_OF_TWO)
                        .diagnostics()
                        .get("standard error")[0];
            }
        }
        assertThat(errors[1] / errors[0]).isBetween(0.4, 0.6);
    }

    @ParameterizedTest
    @EnumSource
    void theBudgetIsNeverExceededAndHardlyWasted(Method method) {
        FloatNdArray two = FloatArrays.of(ones(40), 2, 1, 20, 1);
        for (int budget : new int[] {method.least(20), 101, 333, 1000}) {
            CountingModel model = CountingModel.of(20, x -> x[0] * x[1]);
            method.with("pixels", budget, Credit.SHARED, 0).explain(model, two, Targets.classes(2, 0, 0));
            assertThat(model.images()).isBetween(2 * (budget - 38), 2 * budget);
            assertThat(model.largestBatch()).isLessThanOrEqualTo(BatchSize.COPIES);
        }
        CountingModel model = CountingModel.of(5, x -> x[0]);
        method.with("pixels", 1000, Credit.SHARED, 0).explain(model, FloatArrays.of(ones(5), 1, 1, 5, 1), FIRST_OF_TWO);
        assertThat(model.images()).isEqualTo(32);
    }

    /** The copies of images share batches; neither that nor the number of images may show, to the last bit. */
    @ParameterizedTest
    @EnumSource
    void anImageGetsTheSameBitsAloneAndInABatch(Method method) {
        ConvolutionModel model = ConvolutionModel.random(4, 6, 5, 1, 3, 3);
        FloatNdArray images = Examples.random(model.signature(), 3);
        Targets targets = Targets.classes(3, 0, 1, 2);
        Explainer explainer = method.with("pixels", 301, Credit.SHARED, 7);
        Attribution together = explainer.explain(model, images, targets);
        for (int n = 0; n < 3; n++) {
            float[] pixels = Arrays.copyOfRange(FloatArrays.flat(images), n * 30, (n + 1) * 30);
            Attribution alone = explainer.explain(model, FloatArrays.of(pixels, 1, 6, 5, 1), targets.rows(n, n + 1));
            assertThat(values(alone)).containsExactly(values(together.image(n)));
            assertThat(alone.diagnostics().get("standard error"))
                    .containsExactly(together.diagnostics().get("standard error")[n]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void segmentsThatEqualTheBaselineGetNothingAndCostNothing(Method method) {
        float[] pixels = new float[20];
        Arrays.fill(pixels, 4, 10, 1);
        CountingModel model = CountingModel.of(20, x -> x[4] + 2 * x[9] + 1000 * x[0]);
        Attribution attribution = method.with("pixels", 64, Credit.SHARED, 0)
                .explain(model, FloatArrays.of(pixels, 1, 1, 20, 1), FIRST_OF_TWO);
        float[] expected = new float[20];
        expected[4] = 1;
        expected[9] = 2;
        assertThat(values(attribution)).containsExactly(expected, CLOSE);
        assertThat(model.images()).isEqualTo(64);
    }

    @ParameterizedTest
    @EnumSource
    void aBudgetThatIsTooSmallIsRefused(Method method) {
        FloatNdArray image = FloatArrays.of(ones(20), 1, 1, 20, 1);
        Model model = CountingModel.of(20, x -> x[0]);
        int least = method.least(20);
        method.with("pixels", least, Credit.SHARED, 0).explain(model, image, FIRST_OF_TWO);
        assertThatThrownBy(
                        () -> method.with("pixels", least - 1, Credit.SHARED, 0).explain(model, image, FIRST_OF_TWO))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "budget is " + (least - 1) + ", but an image with 20 segments that differ from their baseline"
                                + " takes " + method.explainer() + " at least " + least
                                + " evaluations; raise the budget or choose larger segments");
        assertThatThrownBy(() -> Options.parse(method.provider().options(), Map.of("budget", "1")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("budget is 1, expected at least 2 evaluations per image");
    }

    private static float[] ones(int size) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        return ones;
    }
}

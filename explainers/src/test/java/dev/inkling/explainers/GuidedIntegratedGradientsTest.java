package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.spy;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import dev.inkling.tck.LinearModel;
import dev.inkling.tck.QuadraticModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.FloatNdArray;

class GuidedIntegratedGradientsTest {

    private static final ConvolutionModel CONVOLUTION = ConvolutionModel.random(5, 5, 4, 2, 3, 3);
    private static final Targets TWO = Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0});
    private static final int SIZE = 5 * 4 * 2;

    /**
     * A second implementation, of one image at a time, by sets and without sorting: as long as the point is too far away, the
     * fraction of the least slopes among those that may move goes as far as it may.
     */
    @ParameterizedTest
    @CsvSource({"20, 0.25, 0.05, 0", "7, 0.1, 0.3, 0.4", "10, 0, 0.02, 0", "5, 1, 1, 0", "30, 0.5, 0.2, -1"})
    void equalsAPlainComputation(int steps, double fraction, double distance, double baseline) {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        float[] found = values(
                guided(steps, fraction, distance, String.valueOf(baseline)).explain(CONVOLUTION, images, TWO));
        for (int n = 0; n < 2; n++) {
            float[] end = Arrays.copyOfRange(FloatArrays.flat(images), n * SIZE, (n + 1) * SIZE);
            double[] way = new double[SIZE];
            double[] point = new double[SIZE];
            double total = 0;
            for (int i = 0; i < SIZE; i++) {
                point[i] = baseline;
                way[i] = end[i] - baseline;
                total += Math.abs(way[i]);
            }
            double[] map = new double[SIZE];
            float[] slopes = slopes(point, n);
            for (int step = 1; step <= steps; step++) {
                double alpha = (double) step / steps;
                double least = Math.max(0, alpha - distance);
                double most = Math.min(1, alpha + distance);
                double[] next = point.clone();
                for (int i = 0; i < SIZE; i++) {
                    if ((next[i] - baseline) / way[i] < least) {
                        next[i] = baseline + least * way[i];
                    }
                }
                while (true) {
                    double tooFar = -total * (1 - alpha);
                    List<Double> steepness = new ArrayList<>();
                    for (int i = 0; i < SIZE; i++) {
                        tooFar += Math.abs(end[i] - next[i]);
                        if ((next[i] - baseline) / way[i] < most - 1e-9) {
                            steepness.add((double) Math.abs(slopes[i]));
                        }
                    }
                    if (tooFar < 1e-9 || steepness.isEmpty()) {
                        break;
                    }
                    steepness.sort(null);
                    double threshold = steepness.get((int) (fraction * (steepness.size() - 1)));
                    double room = 0;
                    for (int i = 0; i < SIZE; i++) {
                        if (Math.abs(slopes[i]) <= threshold) {
                            room += Math.abs(baseline + most * way[i] - next[i]);
                        }
                    }
                    double part = Math.min(1, tooFar / room);
                    for (int i = 0; i < SIZE; i++) {
                        if (Math.abs(slopes[i]) <= threshold) {
                            next[i] += part * (baseline + most * way[i] - next[i]);
                        }
                    }
                }
                float[] nextSlopes = slopes(next, n);
                for (int i = 0; i < SIZE; i++) {
                    map[i] += (next[i] - point[i]) * (slopes[i] + nextSlopes[i]) / 2;
                }
                point = next;
                slopes = nextSlopes;
            }
            for (int i = 0; i < SIZE; i++) {
                assertThat((double) found[n * SIZE + i]).isCloseTo(map[i], within(2e-5));
            }
        }
    }

    private static float[] slopes(double[] point, int image) {
        float[] at = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            at[i] = (float) point[i];
        }
        return FloatArrays.flat(CONVOLUTION.gradients(FloatArrays.of(at, 1, 5, 4, 2), TWO.rows(image, image + 1)));
    }

    /** s = 100a + b + ab over (a, b) from (0, 0) to (1, 1): b, of the smaller slope, runs ahead as far as it may. */
    @Test
    void whatMattersLeastMovesFirst() {
        float[][] product = {{0, 1}, {1, 0}};
        QuadraticModel model = new QuadraticModel(
                1, 2, 1, new float[][][] {product, new float[2][2]}, new float[][] {{100, 1}, {0, 0}}, new float[2]);
        FloatNdArray image = FloatArrays.of(new float[] {1, 1}, 1, 1, 2, 1);
        List<float[]> points = new ArrayList<>();
        Model watched = watched(model, points);
        Attribution map = guided(4, 0, 0.25, "0").explain(watched, image, Targets.classes(2, 0));
        assertThat(points)
                .usingElementComparator((a, b) -> Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) < 1e-6 ? 0 : 1)
                .containsExactly(
                        new float[] {0, 0},
                        new float[] {0, 0.5f},
                        new float[] {0.25f, 0.75f},
                        new float[] {0.5f, 1},
                        new float[] {1, 1});
        // ∫ b da = ¼·0.625 + ¼·0.875 + ½·1, ∫ a db = ¼·0.125 + ¼·0.375.
        assertThat(values(map)).usingComparatorWithPrecision(1e-5f).containsExactly(100.875f, 1.125f);
    }

    @ParameterizedTest
    @CsvSource({"0.25, 0.02", "0.1, 0.2", "0, 0.5"})
    void everyPointKeepsItsDistances(double fraction, double distance) {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        float[] ends = FloatArrays.flat(images);
        List<float[]> points = new ArrayList<>();
        guided(25, fraction, distance, "0.5").explain(watched(CONVOLUTION, points), images, TWO);
        assertThat(points).hasSize(26);
        for (int step = 0; step <= 25; step++) {
            for (int n = 0; n < 2; n++) {
                double left = 0;
                double whole = 0;
                for (int i = n * SIZE; i < (n + 1) * SIZE; i++) {
                    left += Math.abs(ends[i] - points.get(step)[i]);
                    whole += Math.abs(ends[i] - 0.5);
                    double along = (points.get(step)[i] - 0.5) / (ends[i] - 0.5);
                    assertThat(along).isBetween(step / 25.0 - distance - 1e-3, step / 25.0 + distance + 1e-3);
                }
                assertThat(left / whole).isCloseTo(1 - step / 25.0, within(1e-5));
            }
        }
        assertThat(points.get(25)).isEqualTo(ends);
    }

    @Test
    void noDistanceIsTheStraightPath() {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        float[] pixels = FloatArrays.flat(images);
        double[] expected = new double[2 * SIZE];
        for (int step = 0; step <= 10; step++) {
            float[] at = new float[pixels.length];
            for (int i = 0; i < at.length; i++) {
                at[i] = pixels[i] * step / 10;
            }
            float[] slopes = FloatArrays.flat(CONVOLUTION.gradients(FloatArrays.of(at, 2, 5, 4, 2), TWO));
            for (int i = 0; i < at.length; i++) {
                expected[i] += pixels[i] * slopes[i] / (step == 0 || step == 10 ? 20 : 10);
            }
        }
        float[] found = values(guided(10, 0.25, 0, "0").explain(CONVOLUTION, images, TWO));
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(2e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "white", "uniform", "blur:1", "mean"})
    void aLinearModelGivesWeightTimesDistanceToTheBaseline(String text) {
        LinearModel model = LinearModel.random(3, 5, 4, 2, 3);
        FloatNdArray images = Examples.random(model.signature(), 2);
        float[] starts = FloatArrays.flat(Baseline.valueOf(text).forImages(model, images));
        float[] weights = FloatArrays.flat(model.gradients(images, TWO));
        float[] pixels = FloatArrays.flat(images);
        Attribution map = guided(13, 0.25, 0.1, text).explain(model, images, TWO);
        for (int i = 0; i < pixels.length; i++) {
            assertThat(values(map)[i]).isCloseTo(weights[i] * (pixels[i] - starts[i]), within(2e-6f));
        }
        assertThat(map.diagnostics().get("convergence delta"))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(0, 0);
    }

    /** Sums are complete to rounding on a quadratic model whatever the path, and on a network with kinks as steps grow. */
    @Test
    void isComplete() {
        QuadraticModel quadratic = QuadraticModel.random(6, 5, 4, 2, 3);
        FloatNdArray images = Examples.random(quadratic.signature(), 2);
        assertThat(guided(3, 0.25, 0.3, "blur:1")
                        .explain(quadratic, images, TWO)
                        .diagnostics()
                        .get("convergence delta"))
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(0, 0);
        Attribution map = guided(400, 0.25, 0.02, "0").explain(CONVOLUTION, images, TWO);
        float[] ends = TWO.scores(CONVOLUTION.scores(images));
        float[] starts = TWO.scores(CONVOLUTION.scores(FloatArrays.of(new float[2 * SIZE], 2, 5, 4, 2)));
        for (int n = 0; n < 2; n++) {
            double sum = 0;
            for (float value : values(map.image(n))) {
                sum += value;
            }
            double error = sum - (ends[n] - starts[n]);
            assertThat(error).isCloseTo(0, within(0.02));
            assertThat((double) map.diagnostics().get("convergence delta")[n]).isCloseTo(error, within(1e-5));
        }
    }

    @Test
    void whatEqualsTheBaselineGetsNothing() {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 1);
        float[] start = FloatArrays.flat(images);
        start[7] += 0.5f;
        Baseline own = new Baseline.Image(FloatArrays.of(start, 1, 5, 4, 2));
        float[] map = values(new GuidedIntegratedGradients(new GuidedIntegratedGradients.Options(5, 0.25, 0.02, own))
                .explain(CONVOLUTION, images, Targets.classes(3, 1)));
        for (int i = 0; i < SIZE; i++) {
            assertThat(map[i] != 0).isEqualTo(i == 7);
        }
    }

    @Test
    void eachOptionChangesTheAnswer() {
        FloatNdArray images = Examples.random(CONVOLUTION.signature(), 2);
        float[] plain = values(guided(20, 0.25, 0.05, "0").explain(CONVOLUTION, images, TWO));
        for (GuidedIntegratedGradients other : List.of(
                guided(21, 0.25, 0.05, "0"),
                guided(20, 0.3, 0.05, "0"),
                guided(20, 0.25, 0.06, "0"),
                guided(20, 0.25, 0.05, "0.1"))) {
            assertThat(values(other.explain(CONVOLUTION, images, TWO))).isNotEqualTo(plain);
        }
    }

    @Test
    void defaultsAreThoseOfThePapersCode() {
        assertThat(Options.defaults(GuidedIntegratedGradients.Options.class))
                .isEqualTo(new GuidedIntegratedGradients.Options(200, 0.25, 0.02, new Baseline.Constant(0)));
    }

    /** Notes where gradients are asked for. */
    private static <M extends Model & Gradients> Model watched(M model, List<float[]> points) {
        Model watched = spy(model);
        Gradients gradients = (images, targets) -> {
            points.add(FloatArrays.flat(images));
            return model.gradients(images, targets);
        };
        doReturn(Optional.of(gradients)).when(watched).capability(Gradients.class);
        return watched;
    }

    private static GuidedIntegratedGradients guided(int steps, double fraction, double distance, String baseline) {
        return new GuidedIntegratedGradients(
                new GuidedIntegratedGradients.Options(steps, fraction, distance, Baseline.valueOf(baseline)));
    }
}

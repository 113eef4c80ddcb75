package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.FIRST_OF_TWO;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import dev.inkling.tck.LinearModel;
import dev.inkling.tck.Padding;
import dev.inkling.tck.PlainModel;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class DeepLiftTest {

    private static DeepLift comparedWith(Baseline baseline) {
        return new DeepLift(new DeepLift.Options(baseline));
    }

    private static Baseline image(long width, float... values) {
        return new Baseline.Image(FloatArrays.of(values, 1, 1, width, 1));
    }

    /** 2·relu(a) + 2·relu(b − 1.5) at (1, 2) against 0: multipliers 2 and ½, where the gradient would be 2 and 2. */
    @Test
    void ofTwoUnits() {
        PlainModel model = PlainModel.builder("two units", 1, 2, 1)
                .dense("shift", new float[][] {{1, 0}, {0, 1}}, new float[] {0, -1.5f})
                .relu("relu")
                .dense("logits", new float[][] {{2, 0}, {2, 0}}, new float[2])
                .build();
        Attribution found = comparedWith(Baseline.valueOf("0"))
                .explain(model, FloatArrays.of(new float[] {1, 2}, 1, 1, 2, 1), FIRST_OF_TWO);
        assertThat(values(found)).containsExactly(new float[] {2, 1}, within(1e-6f));
        assertThat(found.diagnostics().get("convergence delta")).containsExactly(new float[] {0}, within(1e-6f));
    }

    @Test
    void aPoolCreditsItsWinners() {
        PlainModel model = PlainModel.builder("pool", 1, 4, 1)
                .maxPool("pool", new Extent(1, 4), new Extent(1, 4), Padding.VALID)
                .dense("logits", new float[][] {{1, 0}}, new float[2])
                .build();
        FloatNdArray ones = FloatArrays.of(new float[] {1, 1, 1, 1}, 1, 1, 4, 1);
        assertThat(values(comparedWith(image(4, 1, 2, 3, 9)).explain(model, ones, FIRST_OF_TWO)))
                .containsExactly(new float[] {0, 0, 0, -8}, within(1e-6f));
        assertThat(values(comparedWith(image(4, 4, 8, 6, 7)).explain(model, ones, FIRST_OF_TWO)))
                .containsExactly(new float[] {0, -7, 0, 0}, within(1e-6f));
        // A rise is the image's winner's, whoever won before.
        FloatNdArray risen = FloatArrays.of(new float[] {1, 5, 1, 1}, 1, 1, 4, 1);
        assertThat(values(comparedWith(image(4, 1, 1, 3, 1)).explain(model, risen, FIRST_OF_TWO)))
                .containsExactly(new float[] {0, 2, 0, 0}, within(1e-6f));
    }

    /** Where Captum's is not: its ReLU reads a gradient of before the pooling. */
    @Test
    void isCompleteWhereAReluFeedsAPool() {
        PlainModel model = PlainModel.builder("relu and pool", 1, 2, 1)
                .range(-10, 10)
                .dense("hidden", new float[][] {{1, -1}, {1, 1}}, new float[] {-1, 1})
                .relu("relu")
                .from("relu")
                .maxPool("pool", new Extent(1, 1), new Extent(1, 1), Padding.VALID)
                .dense("logits", new float[][] {{3, 0}, {5, 0}}, new float[2])
                .build();
        // Units (relu(a + b − 1), relu(b − a + 1)): at (2, 3) 4 and 2, at 0 0 and 1; multipliers 4/5 and 1.
        Attribution found = comparedWith(Baseline.valueOf("0"))
                .explain(model, FloatArrays.of(new float[] {2, 3}, 1, 1, 2, 1), FIRST_OF_TWO);
        assertThat(values(found)).containsExactly(new float[] {2 * (2.4f - 5), 3 * (2.4f + 5)}, within(1e-5f));
    }

    @Test
    void ofALinearModelIsWeightsTimesDifference() {
        LinearModel model = new LinearModel(1, 2, 1, new float[][] {{1, 2}, {3, 4}}, new float[] {10, 20});
        Attribution found = comparedWith(Baseline.valueOf("0.5"))
                .explain(model, FloatArrays.of(new float[] {1, 0}, 1, 1, 2, 1), Targets.classes(2, 1));
        assertThat(values(found)).containsExactly(1, -2);
    }

    /** With pools, a residual sum and biases, against any baseline. Tolerance 1e-5 of the sum of magnitudes. */
    @Test
    void isComplete() {
        PlainModel model = Examples.residual(3, new float[] {0.3f, -0.2f});
        FloatNdArray images = Examples.random(model.signature(), 4);
        Targets targets = Targets.contrast(3, new int[] {0, 1, 2, 0}, new int[] {1, 2, 0, 2});
        for (String name : new String[] {"0", "white", "uniform:7", "blur:1"}) {
            Baseline baseline = Baseline.valueOf(name);
            float[] at = targets.scores(model.scores(images));
            float[] before = targets.scores(model.scores(baseline.forImages(model, images)));
            Attribution found = comparedWith(baseline).explain(model, images, targets);
            for (int n = 0; n < 4; n++) {
                double sum = 0;
                double magnitude = 0;
                for (float value : values(found.image(n))) {
                    sum += value;
                    magnitude += Math.abs(value);
                }
                assertThat(sum).as(name).isCloseTo(at[n] - before[n], within(1e-5 * Math.max(1, magnitude)));
                assertThat((double) found.diagnostics().get("convergence delta")[n])
                        .isCloseTo(0, within(1e-5 * Math.max(1, magnitude)));
            }
        }
    }

    /** By the paper: multipliers approach derivatives as the difference vanishes. */
    @Test
    void nearTheBaselineItIsGradientTimesDifference() {
        PlainModel model = Examples.residual(3, new float[] {0.3f, -0.2f});
        FloatNdArray images = Examples.random(model.signature(), 1);
        float[] pixels = FloatArrays.flat(images);
        float[] gradients = FloatArrays.flat(model.gradients(images, Targets.classes(3, 1)));
        float[] near = pixels.clone();
        for (int i = 0; i < near.length; i++) {
            near[i] -= 1f / 4096;
        }
        float[] found = values(comparedWith(
                        new Baseline.Image(FloatArrays.of(near, images.shape().asArray())))
                .explain(model, images, Targets.classes(3, 1)));
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i] * 4096).isCloseTo(gradients[i], within(1e-2f));
        }
    }

    @Test
    void baselinesThatDoNotFitAreRefused() {
        PlainModel model = Examples.residual(3, new float[2]);
        FloatNdArray images = Examples.random(model.signature(), 2);
        assertThatThrownBy(() -> model.propagate(
                        images,
                        Targets.classes(3, 0, 1),
                        new Propagation.Rule.DeepLift(Examples.random(model.signature(), 3))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("3 baselines for 2 images; expected one for each");
    }
}

package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class TargetsTest {

    private static final FloatNdArray SCORES = FloatArrays.of(new float[] {1, 5, 5, -3, -2, -4}, 2, 3);

    @Test
    void classesAreOneHotRows() {
        assertThat(weights(Targets.classes(3, 2, 0))).containsExactly(0, 0, 1, 1, 0, 0);
    }

    @Test
    void predictedIsTheHighestScoreAndTheLowestIndexOfEquals() {
        assertThat(Targets.predictedClasses(SCORES)).containsExactly(1, 1);
        assertThat(Targets.predicted(SCORES)).isEqualTo(Targets.classes(3, 1, 1));
    }

    @Test
    void contrastIsPlusOneAndMinusOne() {
        assertThat(weights(Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0})))
                .containsExactly(1, -1, 0, -1, 0, 1);
    }

    @Test
    void scoresAreTheFunctionalOfEachRow() {
        Targets targets = Targets.of(FloatArrays.of(new float[] {1, 2, 0, 0, -1, 0.5f}, 2, 3));
        assertThat(targets.scores(SCORES)).containsExactly(11, 0);
        assertThat(Targets.contrast(3, new int[] {0, 1}, new int[] {1, 2}).scores(SCORES))
                .containsExactly(-4, 2);
    }

    @Test
    void countsAreRowsAndColumns() {
        Targets targets = Targets.classes(3, 2, 0);
        assertThat(targets.count()).isEqualTo(2);
        assertThat(targets.classCount()).isEqualTo(3);
        assertThat(targets.weights().shape().asArray()).containsExactly(2, 3);
    }

    @Test
    void rowsAndRepeatPickRows() {
        Targets targets = Targets.classes(3, 2, 0, 1);
        assertThat(targets.rows(1, 3)).isEqualTo(Targets.classes(3, 0, 1));
        assertThat(targets.repeat(2, 3)).isEqualTo(Targets.classes(3, 1, 1, 1));
        assertThat(targets.repeat(0, 1)).isNotEqualTo(targets.repeat(1, 1));
    }

    @Test
    void areImmutable() {
        FloatNdArray weights = FloatArrays.of(new float[] {1, 0}, 1, 2);
        Targets targets = Targets.of(weights);
        weights.setFloat(9, 0, 1);
        targets.weights().setFloat(9, 0, 1);
        assertThat(targets).isEqualTo(Targets.classes(2, 0)).hasSameHashCodeAs(Targets.classes(2, 0));
    }

    @Test
    void wrongClassesAreRefused() {
        refused(() -> Targets.classes(10, 3, 10), "class 10 does not exist; classes are 0 to 9");
        refused(() -> Targets.classes(10, -1), "class -1 does not exist; classes are 0 to 9");
        refused(
                () -> Targets.contrast(10, new int[] {4}, new int[] {11}),
                "class 11 does not exist; classes are 0 to 9");
    }

    @Test
    void wrongContrastsAreRefused() {
        refused(
                () -> Targets.contrast(10, new int[] {4}, new int[] {4}),
                "contrast of class 4 with itself; name two classes");
        refused(
                () -> Targets.contrast(10, new int[] {4, 5}, new int[] {9}),
                "contrast of 2 classes with 1; expected as many of both");
    }

    @Test
    void wrongWeightsAreRefused() {
        refused(
                () -> Targets.of(FloatArrays.of(new float[] {1, Float.NaN}, 1, 2)),
                "a target weight is NaN, expected a finite number");
        refused(
                () -> Targets.of(FloatArrays.of(new float[] {1, 0}, 2)),
                "target weights have shape [2], expected (N, K)");
    }

    @Test
    void scoresOfAnotherShapeAreRefused() {
        refused(() -> Targets.classes(3, 0).scores(SCORES), "scores have shape [2, 3], expected (1, 3)");
        refused(() -> Targets.classes(2, 0, 1, 0).scores(SCORES), "scores have shape [2, 3], expected (3, 2)");
    }

    @Test
    void requireWantsARowPerImageAndAWeightPerClass() {
        ModelSignature signature =
                new ModelSignature("tiny", 2, 2, 1, ModelSignature.ValueRange.UNIT, List.of("a", "b", "c"), List.of());
        Targets.classes(3, 0, 1).require(2, signature);
        refused(
                () -> Targets.classes(3, 0, 1).require(1, signature),
                "targets are (2, 3), expected (1, 3): a row per image, a weight per class of model 'tiny'");
        refused(
                () -> Targets.classes(2, 0, 1).require(2, signature),
                "targets are (2, 2), expected (2, 3): a row per image, a weight per class of model 'tiny'");
    }

    private static float[] weights(Targets targets) {
        return FloatArrays.flat(targets.weights());
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessage(message);
    }

    @Test
    void rowsOfSeveralImagesInAnyOrder() {
        Targets targets = Targets.classes(3, 2, 0, 1);
        assertThat(targets.select(1, 1, 0)).isEqualTo(Targets.classes(3, 0, 0, 2));
        assertThat(targets.select()).isEqualTo(targets.rows(0, 0));
    }
}

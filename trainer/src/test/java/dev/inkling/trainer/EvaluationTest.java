package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationTest {

    private static Model model(List<String> labels, float... logits) {
        Model model = mock(Model.class);
        when(model.signature())
                .thenReturn(new ModelSignature("m", 1, 1, 1, ModelSignature.ValueRange.UNIT, labels, List.of()));
        when(model.scores(any())).thenReturn(FloatArrays.of(logits, logits.length / labels.size(), labels.size()));
        return model;
    }

    @Test
    void countsAndLossByHand() {
        Dataset data = Dataset.of("d", 1, 1, 1, new byte[3], new byte[] {0, 1, 1}, List.of("a", "b"));
        // Right by 1, wrong by 2, and a tie, which goes to the lower index.
        Model model = model(List.of("a", "b"), 1, 0, 5, 3, 0, 0);
        List<Integer> progress = new ArrayList<>();
        Evaluation found = Evaluation.of(model, data, progress::add);
        assertThat(found.accuracy()).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(found.confusion().counts()).isDeepEqualTo(new int[][] {{1, 0}, {2, 0}});
        double expected = (Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.exp(2)) + Math.log(2)) / 3;
        assertThat(found.loss()).isCloseTo(expected, within(1e-7));
        assertThat(found.images()).isEqualTo(3);
        assertThat(progress).containsExactly(3);
    }

    @Test
    void theSurestMistakesComeFirst() {
        Dataset data = Dataset.of("d", 1, 1, 1, new byte[5], new byte[] {0, 1, 1, 0, 1}, List.of("a", "b"));
        // Odds of 3 and of 9 for the wrong class, a right one, and the first again for another class.
        float three = (float) Math.log(3);
        float nine = (float) Math.log(9);
        Model model = model(List.of("a", "b"), 0, three, nine, 0, 0, 5, 0, nine, three, 0);
        List<Evaluation.Mistake> found = Evaluation.of(model, data, done -> {}).mistakes();
        assertThat(found).extracting(Evaluation.Mistake::index).containsExactly(1, 3, 0, 4);
        assertThat(found.get(1).truth()).isZero();
        assertThat(found.get(1).predicted()).isEqualTo(1);
        assertThat(found.get(1).confidence()).isCloseTo(0.9, within(1e-7));
        assertThat(found.get(1).truthProbability()).isCloseTo(0.1, within(1e-7));
        assertThat(found.get(2).confidence()).isCloseTo(0.75, within(1e-7));
    }

    @Test
    void ofEquallySureMistakesTheOneThatLeavesLessToTheTruthIsWorse() {
        Dataset data = Dataset.of("d", 1, 1, 1, new byte[2], new byte[] {1, 1}, List.of("a", "b", "c"));
        // Probabilities 1/2, 1/3, 1/6 and 1/2, 1/6, 1/3.
        float three = (float) Math.log(3);
        float two = (float) Math.log(2);
        Model model = model(List.of("a", "b", "c"), three, two, 0, three, 0, two);
        assertThat(Evaluation.of(model, data, done -> {}).mistakes())
                .extracting(Evaluation.Mistake::index)
                .containsExactly(1, 0);
    }

    @Test
    void calibrationIsOfTheProbabilities() {
        Dataset data = Dataset.of("d", 1, 1, 1, new byte[2], new byte[] {0, 1}, List.of("a", "b"));
        float three = (float) Math.log(3);
        Calibration found = Evaluation.of(model(List.of("a", "b"), three, 0, three, 0), data, done -> {})
                .calibration();
        assertThat(found.bins().get(11).count()).isEqualTo(2);
        assertThat(found.expectedError()).isCloseTo(0.25, within(1e-7));
        assertThat(found.brierScore()).isCloseTo((2 * 0.0625 + 2 * 0.5625) / 2, within(1e-7));
    }

    @Test
    void refusesScoresThatAreNoNumbers() {
        Dataset data = Dataset.of("d", 1, 1, 1, new byte[2], new byte[] {0, 1}, List.of("a", "b"));
        assertThatThrownBy(() -> Evaluation.of(model(List.of("a", "b"), 0, 0, 1, Float.NaN), data, done -> {}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("model 'm' gives image 1 of 'd' the score NaN for class b, expected a finite number;"
                        + " the model is damaged or was trained to ruin");
    }

    @Test
    void lossOfHugeLogitsIsFinite() {
        Dataset data = Dataset.of("d", 1, 1, 1, new byte[1], new byte[] {1}, List.of("a", "b"));
        assertThat(Evaluation.of(model(List.of("a", "b"), 1000, -1000), data, done -> {})
                        .loss())
                .isEqualTo(2000);
    }

    @Test
    void refusesDataOfOtherClasses() {
        Dataset data = Dataset.of("d", 1, 1, 1, new byte[1], new byte[] {1}, List.of("a", "c"));
        assertThatThrownBy(() -> Evaluation.of(model(List.of("a", "b"), 0, 0), data, done -> {}))
                .hasMessage("model 'm' knows the classes [a, b], data 'd' has [a, c]");
    }
}

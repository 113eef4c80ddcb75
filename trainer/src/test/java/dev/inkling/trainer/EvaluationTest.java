package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.inkling.spi.FloatArrays;
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
        assertThat(found.confusion()).isDeepEqualTo(new int[][] {{1, 0}, {2, 0}});
        double expected = (Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.exp(2)) + Math.log(2)) / 3;
        assertThat(found.loss()).isCloseTo(expected, within(1e-7));
        assertThat(found.images()).isEqualTo(3);
        assertThat(progress).containsExactly(3);
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

package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Targets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetSpecTest {

    private static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    private static final List<String> ANIMALS = List.of("cat", "dog", "cat-vs-dog");
    private static final int[] PREDICTED = {4, 9};
    private static final int[] TRUTH = {4, 7};

    @Test
    void predictedFollowsThePredictionOfEachImage() {
        TargetSpec spec = TargetSpec.parse("predicted", DIGITS, false);

        assertThat(spec.targets(PREDICTED, TRUTH)).isEqualTo(Targets.classes(10, 4, 9));
        assertThat(spec.describe(9, 7)).isEqualTo("why 9 (predicted)");
    }

    @Test
    void labelFollowsTheTruthOfEachImage() {
        TargetSpec spec = TargetSpec.parse("label", DIGITS, true);

        assertThat(spec.targets(PREDICTED, TRUTH)).isEqualTo(Targets.classes(10, 4, 7));
        assertThat(spec.describe(9, 7)).isEqualTo("why 7 (label)");
    }

    @Test
    void aClassIsTheSameForEveryImage() {
        TargetSpec spec = TargetSpec.parse("3", DIGITS, false);

        assertThat(spec.targets(PREDICTED, TRUTH)).isEqualTo(Targets.classes(10, 3, 3));
        assertThat(spec.describe(9, 7)).isEqualTo("why 3");
    }

    @Test
    void aContrastIsPlusOneAndMinusOne() {
        TargetSpec spec = TargetSpec.parse("4-vs-9", DIGITS, false);

        assertThat(spec.targets(PREDICTED, TRUTH)).isEqualTo(Targets.contrast(10, new int[] {4, 4}, new int[] {9, 9}));
        assertThat(spec.describe(9, 7)).isEqualTo("why 4, not 9");
    }

    @ParameterizedTest
    @CsvSource({"dog,dog", "1,dog", "cat-vs-dog,cat-vs-dog", "2,cat-vs-dog", "dog-vs-cat,'dog, not cat'"})
    void classesGoByLabelAndWhereNoLabelIsANumberByIndex(String text, String meaning) {
        assertThat(TargetSpec.parse(text, ANIMALS, false).describe(0, 0)).isEqualTo("why " + meaning);
    }

    @Test
    void aLabelMayHoldTheSeparator() {
        assertThat(TargetSpec.parse("cat-vs-dog-vs-cat", ANIMALS, false).describe(0, 0))
                .isEqualTo("why cat-vs-dog, not cat");
    }

    @Test
    void numbersAreLabelsWhereLabelsAreNumbers() {
        List<String> fromOne = List.of("1", "2", "3");

        assertThat(TargetSpec.parse("1", fromOne, false).targets(new int[] {2}, new int[1]))
                .isEqualTo(Targets.classes(3, 0));
        assertThatThrownBy(() -> TargetSpec.parse("0", fromOne, false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("target '0': no class '0'; classes: 1, 2, 3;"
                        + " expected predicted, label, predicted-vs-label, a class, or two such as 1-vs-2");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"12,12", "four,four", "4-vs-12,12", "12-vs-4,12", "x-vs-y,\"x', 'y\"", "\"\",\"\"", "-1,-1"})
    void aTargetThatIsNoClassListsTheClasses(String text, String unknown) {
        assertThatThrownBy(() -> TargetSpec.parse(text, DIGITS, true))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("target '" + text + "': no class '" + unknown
                        + "'; classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9;"
                        + " expected predicted, label, predicted-vs-label, a class, or two such as 0-vs-1");
    }

    @Test
    void aClassAgainstItselfIsRefused() {
        assertThatThrownBy(() -> TargetSpec.parse("4-vs-4", DIGITS, true))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("target '4-vs-4' contrasts a class with itself; name two");
    }

    /** The first image is classified right, the second is a 7 taken for a 9. */
    @Test
    void ofAMistakeThePredictedClassAgainstTheTrueOne() {
        TargetSpec spec = TargetSpec.parse("predicted-vs-label", DIGITS, true);

        float[] weights = new float[20];
        weights[4] = 1;
        weights[10 + 9] = 1;
        weights[10 + 7] = -1;
        assertThat(spec.targets(PREDICTED, TRUTH)).isEqualTo(Targets.of(FloatArrays.of(weights, 2, 10)));
        assertThat(spec.describe(9, 7)).isEqualTo("why 9, not 7");
        assertThat(spec.describe(4, 4)).isEqualTo("why 4 (predicted, and right)");
        assertThat(TargetSpec.mistakes(DIGITS).text()).isEqualTo("predicted-vs-label");
    }

    @ParameterizedTest
    @ValueSource(strings = {"label", "predicted-vs-label"})
    void labelNeedsLabels(String text) {
        assertThatThrownBy(() -> TargetSpec.parse(text, DIGITS, false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("target '" + text + "' needs labelled images, and image files carry no label;"
                        + " use --data with --index, or name a class");
    }
}

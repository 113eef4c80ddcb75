package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexSpecTest {

    @Test
    void readsIndicesAndRangesWithBothEnds() {
        assertThat(IndexSpec.parse("0,5,7..10").indices(11, "mnist")).containsExactly(0, 5, 7, 8, 9, 10);
    }

    @Test
    void keepsTheOrderAndMentionsEachOnce() {
        assertThat(IndexSpec.parse("9, 2..4, 3, 9").indices(10, "mnist")).containsExactly(9, 2, 3, 4);
    }

    @Test
    void aRangeMayBeOneIndex() {
        assertThat(IndexSpec.parse("4..4").indices(5, "mnist")).containsExactly(4);
    }

    @ParameterizedTest
    @CsvSource({"10,10", "3..10,10", "'0,999999999',999999999"})
    void refusesAnIndexBeyondTheData(String text, int found) {
        assertThatThrownBy(() -> IndexSpec.parse(text).indices(10, "mnist test"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("index %d is out of range: 'mnist test' holds 10 images, 0 to 9".formatted(found));
    }

    @Test
    void refusesARangeThatRunsBackwards() {
        assertThatThrownBy(() -> IndexSpec.parse("1,20..7"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("index '1,20..7': the range 20..7 runs backwards; write 7..20");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1,,2", "-1", "1.5", "1...3", "3..", "..3", "1-3", "12345678901"})
    void refusesWhatIsNoNumber(String text) {
        assertThatThrownBy(() -> IndexSpec.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("index '" + text + "': expected a whole number of at least 0, found '")
                .hasMessageEndingWith("'; write indices and ranges such as 0,5,7..20");
    }

    @Test
    void refusesAChainOfRanges() {
        assertThatThrownBy(() -> IndexSpec.parse("1..2..3"))
                .hasMessage("index '1..2..3': expected an index such as 5 or a range such as 7..20, found '1..2..3'");
    }
}

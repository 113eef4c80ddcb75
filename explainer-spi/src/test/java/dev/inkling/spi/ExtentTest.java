package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtentTest {

    @Test
    void oneNumberIsASquare() {
        assertThat(Extent.valueOf("4")).isEqualTo(new Extent(4, 4));
    }

    @Test
    void twoNumbersAreRowsByColumns() {
        assertThat(Extent.valueOf("2x3")).isEqualTo(new Extent(2, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "2x3", "3x2", "100x1"})
    void isWrittenAsItIsRead(String text) {
        assertThat(Extent.valueOf(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "2x", "x3", "2x3x4", "-1", "2.5", " 4", "9999999999", "2X3"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Extent.valueOf(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("expected an extent such as 4 or 2x3, found '" + text + "'");
    }

    @Test
    void sidesAreAtLeastOne() {
        assertThatThrownBy(() -> Extent.valueOf("0x3"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("extent is 0x3, expected at least 1x1");
        assertThatThrownBy(() -> new Extent(3, 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("extent is 3x0, expected at least 1x1");
    }
}

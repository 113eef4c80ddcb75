package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.Verdict.Kind;
import org.junit.jupiter.api.Test;

class VerdictTest {

    @Test
    void tellsWhatAndWhy() {
        assertThat(new Verdict(Kind.ALL_ZERO, "nothing counts").text()).isEqualTo("all zero: nothing counts");
    }

    @Test
    void onlyAMapThatAnotherClassHasTooIsStillAPicture() {
        for (Kind kind : Kind.values()) {
            assertThat(kind.isBlank()).isEqualTo(kind != Kind.CLASS_INSENSITIVE);
        }
    }
}

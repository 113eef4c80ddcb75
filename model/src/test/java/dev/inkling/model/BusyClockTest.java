package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BusyClockTest {

    private long now = 100;
    private final BusyClock clock = new BusyClock(() -> now);

    /** From 100 to 130 two at once for a while, then nothing until 150, then one from there on. */
    @Test
    void whatOverlapsCountsOnceAndWhatLiesBetweenNotAtAll() {
        assertThat(clock.nanos()).isZero();
        clock.begin();
        now = 110;
        clock.begin();
        now = 120;
        clock.end();
        assertThat(clock.nanos()).isEqualTo(20);
        now = 130;
        clock.end();
        now = 150;
        assertThat(clock.nanos()).isEqualTo(30);
        clock.begin();
        now = 157;
        assertThat(clock.nanos()).isEqualTo(37);
        clock.end();
        now = 200;
        assertThat(clock.nanos()).isEqualTo(37);
    }
}

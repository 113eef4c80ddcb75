package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void constantIsOne() {
        assertThat(Schedule.CONSTANT.share(0, 0)).isEqualTo(1);
        assertThat(Schedule.CONSTANT.share(0.99, 0)).isEqualTo(1);
    }

    /** cos 60° = 1/2: a third of the way down three quarters are left. */
    @Test
    void cosineFallsFromOneToZero() {
        assertThat(Schedule.COSINE.share(0, 0)).isEqualTo(1);
        assertThat(Schedule.COSINE.share(1.0 / 3, 0)).isCloseTo(0.75, within(1e-12));
        assertThat(Schedule.COSINE.share(0.5, 0)).isCloseTo(0.5, within(1e-12));
        assertThat(Schedule.COSINE.share(0.999999, 0)).isCloseTo(0, within(1e-9));
    }

    @Test
    void cosineWarmsUpInAStraightLine() {
        assertThat(Schedule.COSINE.share(0, 0.2)).isZero();
        assertThat(Schedule.COSINE.share(0.05, 0.2)).isCloseTo(0.25, within(1e-12));
        assertThat(Schedule.COSINE.share(0.2, 0.2)).isEqualTo(1);
        assertThat(Schedule.COSINE.share(0.6, 0.2)).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void oneCycleGoesUpAndDown() {
        assertThat(Schedule.ONE_CYCLE.share(0, 0.25)).isCloseTo(0.04, within(1e-12));
        assertThat(Schedule.ONE_CYCLE.share(0.125, 0.25)).isCloseTo(0.52, within(1e-12));
        assertThat(Schedule.ONE_CYCLE.share(0.25, 0.25)).isEqualTo(1);
        assertThat(Schedule.ONE_CYCLE.share(0.25 + 0.75 / 3, 0.25)).isCloseTo(0.75, within(1e-5));
        assertThat(Schedule.ONE_CYCLE.share(0.9999999, 0.25)).isCloseTo(4e-6, within(1e-9));
        assertThat(Schedule.ONE_CYCLE.share(0, 0)).isEqualTo(1);
    }

    /** Step 1 of 10 is the beginning, step 6 the middle. */
    @Test
    void ratesCountStepsFromOne() {
        OptimizerSettings settings = new OptimizerSettings(0.02, Schedule.COSINE, 0, 0, 0, 0);
        assertThat(settings.rate(1, 10)).isEqualTo(0.02);
        assertThat(settings.rate(6, 10)).isCloseTo(0.01, within(1e-12));
    }
}

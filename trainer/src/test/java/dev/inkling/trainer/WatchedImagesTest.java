package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WatchedImagesTest {

    @Test
    void watchesTheFirstHeldOutImageOfEachClass() {
        Dataset bars = Patterns.bars(600, 4);
        TrainSettings settings = Preset.DEFAULT.settings();
        int[] heldOut = new BatchOrder(600, settings.validation(), settings.seed()).validation();

        int[] watched = WatchedImages.heldOut(bars, settings, 8);

        assertThat(Arrays.stream(watched).map(bars::label)).containsExactly(0, 1, 2);
        for (int index : watched) {
            assertThat(heldOut).contains(index);
            assertThat(Arrays.stream(heldOut).filter(other -> other < index).map(bars::label))
                    .doesNotContain(bars.label(index));
        }
        assertThat(WatchedImages.heldOut(bars, settings, 2)).containsExactly(watched[0], watched[1]);
    }
}

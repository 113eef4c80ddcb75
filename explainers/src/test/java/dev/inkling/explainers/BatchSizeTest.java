package dev.inkling.explainers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchSizeTest {

    private static final int MILLION = 1 << 20;

    @Test
    void smallCopiesAreAsManyAsTheCacheLikes() {
        assertThat(BatchSize.of(784, 1)).isEqualTo(128);
    }

    @Test
    void largeCopiesShareTheMemory() {
        assertThat(BatchSize.of(MILLION, 1)).isEqualTo(16);
        assertThat(BatchSize.of(16 * MILLION + 1, 1)).isEqualTo(1);
    }

    @Test
    void soDoImagesOfWhichEachProcessorHasOne() {
        int processors = Runtime.getRuntime().availableProcessors();
        assertThat(BatchSize.of(MILLION, 1000)).isEqualTo(Math.max(1, 16 / processors));
        assertThat(BatchSize.of(MILLION, 2)).isEqualTo(16 / Math.min(2, processors));
    }
}

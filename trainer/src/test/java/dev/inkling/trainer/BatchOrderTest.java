package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchOrderTest {

    @Test
    void splitIsAPartitionOfTheImages() {
        BatchOrder order = new BatchOrder(1000, 0.1, 3);
        int[] all = IntStream.concat(Arrays.stream(order.validation()), Arrays.stream(order.epoch(1)))
                .sorted()
                .toArray();
        assertThat(all).isEqualTo(IntStream.range(0, 1000).toArray());
        assertThat(order.validation()).hasSize(100);
        assertThat(order.trainingCount()).isEqualTo(900);
    }

    @Test
    void heldOutImagesAreSpreadOverTheSet() {
        // Sorted data (all zeros first) must not leave a class out: of each tenth about a tenth is held out.
        BatchOrder order = new BatchOrder(10_000, 0.1, 5);
        for (int tenth = 0; tenth < 10; tenth++) {
            int from = tenth * 1000;
            assertThat(Arrays.stream(order.validation())
                            .filter(i -> i >= from && i < from + 1000)
                            .count())
                    .isBetween(60L, 140L);
        }
    }

    @Test
    void epochsDifferAndSeedsDecide() {
        BatchOrder order = new BatchOrder(500, 0.2, 7);
        assertThat(order.epoch(1)).isNotEqualTo(order.epoch(2)).isEqualTo(new BatchOrder(500, 0.2, 7).epoch(1));
        assertThat(new BatchOrder(500, 0.2, 8).epoch(1)).isNotEqualTo(order.epoch(1));
        assertThat(new BatchOrder(500, 0.2, 8).validation()).isNotEqualTo(order.validation());
    }

    @Test
    void bothSidesGetAtLeastOneImage() {
        assertThat(new BatchOrder(2, 0.01, 1).validation()).hasSize(1);
        assertThat(new BatchOrder(2, 0.99, 1).epoch(1)).hasSize(1);
    }
}

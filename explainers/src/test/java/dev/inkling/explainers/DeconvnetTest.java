package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.Targets;
import org.junit.jupiter.api.Test;

class DeconvnetTest {

    private static final Deconvnet DECONVNET = new Deconvnet();

    @Test
    void ofTheExample() {
        assertThat(values(DECONVNET.explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1);
    }

    /** Whether a unit was active does not matter, so neither does the image, but for the switches of pools. */
    @Test
    void anImageThatLeavesAllUnitsSilentHasTheSameMap() {
        assertThat(values(DECONVNET.explain(CONVOLUTION, Examples.image(new float[16]), FIRST_OF_FOUR)))
                .containsExactly(2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1);
    }

    /** The example's logits end in a ReLU, which holds back the class against. */
    @Test
    void aContrastHoldsBackTheClassAgainst() {
        assertThat(values(DECONVNET.explain(CONVOLUTION, rising(), Targets.contrast(4, new int[] {1}, new int[] {0}))))
                .containsExactly(2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1);
    }
}

package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.CONVOLUTION;
import static dev.inkling.explainers.Examples.FIRST_OF_FOUR;
import static dev.inkling.explainers.Examples.rising;
import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Targets;
import org.junit.jupiter.api.Test;

class GuidedBackpropTest {

    private static final GuidedBackprop GUIDED = new GuidedBackprop();

    @Test
    void ofTheExample() {
        assertThat(values(GUIDED.explain(CONVOLUTION, rising(), FIRST_OF_FOUR)))
                .containsExactly(0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1);
    }

    @Test
    void ofTheExampleWithOnesAdded() {
        float[] sum = FloatArrays.flat(rising());
        for (int i = 0; i < sum.length; i++) {
            sum[i]++;
        }
        assertThat(values(GUIDED.explain(CONVOLUTION, Examples.image(sum), FIRST_OF_FOUR)))
                .containsExactly(1, 2, 2, 1, 2, 4, 4, 2, 2, 4, 4, 2, 1, 2, 2, 1);
    }

    /** All four logits of the example are equal, so a contrast of two has nothing to say but what the first ReLU lets by. */
    @Test
    void aContrastHoldsBackTheClassAgainst() {
        assertThat(values(GUIDED.explain(CONVOLUTION, rising(), Targets.contrast(4, new int[] {0}, new int[] {1}))))
                .containsExactly(0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1);
    }
}

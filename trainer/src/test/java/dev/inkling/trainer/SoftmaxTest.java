package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SoftmaxTest {

    @Test
    void probabilitiesOfARowInTheMiddle() {
        float[] logits = {9, 9, (float) Math.log(1), (float) Math.log(3), (float) Math.log(4), 9};

        assertThat(Softmax.of(logits, 2, 3)).containsExactly(new double[] {0.125, 0.375, 0.5}, within(1e-7));
    }

    @Test
    void largeLogitsDoNotOverflow() {
        float[] logits = {10_000, 9_980};

        assertThat(Softmax.of(logits, 0, 2)[1]).isCloseTo(2.061153618190204e-9, within(1e-23));
        assertThat(Softmax.of(new float[] {-10_000, -10_000}, 0, 2)).containsExactly(0.5, 0.5);
    }
}

package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SoftmaxTest {

    @Test
    void probabilitiesOfARowInTheMiddle() {
        float[] logits = {9, 9, (float) Math.log(1), (float) Math.log(3), (float) Math.log(4), 9};

        assertThat(Softmax.probabilities(logits, 2, 3)).containsExactly(new double[] {0.125, 0.375, 0.5}, within(1e-7));
        assertThat(Softmax.crossEntropy(logits, 2, 3, 1)).isCloseTo(Math.log(8.0 / 3), within(1e-7));
    }

    @Test
    void largeLogitsDoNotOverflowAndSmallLossesDoNotVanish() {
        float[] logits = {10_000, 9_980};

        assertThat(Softmax.probabilities(logits, 0, 2)[1]).isCloseTo(2.061153618190204e-9, within(1e-23));
        assertThat(Softmax.crossEntropy(logits, 0, 2, 1)).isCloseTo(20.000000002061153, within(1e-14));
        assertThat(Softmax.probabilities(new float[] {-10_000, -10_000}, 0, 2)).containsExactly(0.5, 0.5);
    }
}

package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ImageRandomTest {

    private static final float[] PIXELS = {0, 0.25f, 0.5f, 1};

    @Test
    void sameSeedAndPixelsGiveTheSameSequenceWhereverTheyLie() {
        float[] elsewhere = {9, 9, 0, 0.25f, 0.5f, 1, 9};
        assertThat(draw(ImageRandom.of(3, elsewhere, 2, 4))).isEqualTo(draw(ImageRandom.of(3, PIXELS, 0, 4)));
    }

    @Test
    void anotherSeedGivesAnotherSequence() {
        assertThat(draw(ImageRandom.of(4, PIXELS, 0, 4))).isNotEqualTo(draw(ImageRandom.of(3, PIXELS, 0, 4)));
    }

    @Test
    void anotherPixelOrOrderGivesAnotherSequence() {
        long[] sequence = draw(ImageRandom.of(3, PIXELS, 0, 4));
        assertThat(draw(ImageRandom.of(3, new float[] {0, 0.25f, 0.5f, 0.999f}, 0, 4)))
                .isNotEqualTo(sequence);
        assertThat(draw(ImageRandom.of(3, new float[] {0.25f, 0, 0.5f, 1}, 0, 4)))
                .isNotEqualTo(sequence);
    }

    /** Neighbouring seeds must not give one sequence, shifted: averages over seeds would be averages over nothing. */
    @Test
    void sequencesOfNeighbouringSeedsHaveNothingInCommon() {
        float[] black = new float[784];
        Set<Long> seen = new HashSet<>();
        int drawn = 0;
        for (long seed = -20; seed <= 20; seed++) {
            for (long value : draw(ImageRandom.of(seed, black, 0, black.length))) {
                seen.add(value);
                drawn++;
            }
        }
        assertThat(seen).hasSize(drawn);
    }

    @Test
    void gaussiansHaveMeanZeroAndVarianceOne() {
        RandomGenerator random = ImageRandom.of(0, PIXELS, 0, 4);
        int count = 100_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double value = random.nextGaussian();
            sum += value;
            squares += value * value;
        }
        assertThat(sum / count).isBetween(-0.02, 0.02);
        assertThat(squares / count).isBetween(0.97, 1.03);
    }

    private static long[] draw(RandomGenerator random) {
        long[] values = new long[100];
        Arrays.setAll(values, i -> random.nextLong());
        return values;
    }
}

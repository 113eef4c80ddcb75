package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BilinearTest {

    /** Centres of four new places lie at −0.25, 0.25, 0.75 and 1.25 of the old ones. */
    @Test
    void doublesARowByHalfPixelCentres() {
        assertThat(Bilinear.resize(new float[] {0, 1}, 1, 2, 1, 4)).containsExactly(0, 0.25f, 0.75f, 1);
    }

    @Test
    void doublesASquare() {
        assertThat(Bilinear.resize(new float[] {0, 4, 8, 16}, 2, 2, 4, 4))
                .containsExactly(
                        0, 1, 3, 4, //
                        2, 3.25f, 5.75f, 7, //
                        6, 7.75f, 11.25f, 13, //
                        8, 10, 14, 16);
    }

    /** Centres of two new places lie at 0.25 and 1.75 of three old ones. */
    @Test
    void shrinksAColumnAndKeepsTheRows() {
        assertThat(Bilinear.resize(new float[] {0, 10, 100, 200, 40, 80}, 3, 2, 2, 2))
                .containsExactly(25, 57.5f, 55, 110);
    }

    /** Row 10 of 28 lies at 2.125 of 7: not where aligned corners (10 · 6 / 27 = 2.22) would put it. */
    @Test
    void bringsAClassActivationMapToTheSizeOfADigit() {
        float[] rows = new float[49];
        for (int i = 0; i < 49; i++) {
            rows[i] = i / 7;
        }
        float[] resized = Bilinear.resize(rows, 7, 7, 28, 28);
        assertThat(resized[10 * 28 + 3]).isEqualTo(2.125f);
        assertThat(resized[0]).isZero();
        assertThat(resized[28]).isZero();
        assertThat(resized[2 * 28]).isEqualTo(0.125f);
        assertThat(resized[27 * 28 + 27]).isEqualTo(6);
    }

    @Test
    void aSinglePlaceFillsEverything() {
        assertThat(Bilinear.resize(new float[] {3}, 1, 1, 2, 3)).containsOnly(3);
    }

    @Test
    void sameSizeIsACopy() {
        float[] values = {1, 2, 3, 4, 5, 6};
        assertThat(Bilinear.resize(values, 2, 3, 2, 3)).isEqualTo(values).isNotSameAs(values);
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> Bilinear.resize(new float[5], 2, 3, 4, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("can not bring 5 values of 2×3 to 4×6");
        assertThatThrownBy(() -> Bilinear.resize(new float[6], 2, 3, 0, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("can not bring 6 values of 2×3 to 0×6");
    }
}

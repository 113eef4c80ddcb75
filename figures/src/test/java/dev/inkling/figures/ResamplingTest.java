package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResamplingTest {

    /** Centres of four new pixels lie at −0.25, 0.25, 0.75 and 1.25 of the old ones. */
    @Test
    void doublesARowByHalfPixelCentres() {
        assertThat(Resampling.halfPixelBilinear(new float[] {0, 1}, 1, 2, 1, 4)).containsExactly(0, 0.25f, 0.75f, 1);
    }

    @Test
    void doublesASquare() {
        assertThat(Resampling.halfPixelBilinear(new float[] {0, 4, 8, 16}, 2, 2, 4, 4))
                .containsExactly(
                        0, 1, 3, 4, //
                        2, 3.25f, 5.75f, 7, //
                        6, 7.75f, 11.25f, 13, //
                        8, 10, 14, 16);
    }

    /** Centres of two new pixels lie at 0.25 and 1.75 of three old ones. */
    @Test
    void shrinksAColumnAndKeepsTheRows() {
        assertThat(Resampling.halfPixelBilinear(new float[] {0, 10, 100, 200, 40, 80}, 3, 2, 2, 2))
                .containsExactly(25, 57.5f, 55, 110);
    }

    /** Row 10 of 28 lies at 2.125 of 7: not where aligned corners (10 · 6 / 27 = 2.22) would put it. */
    @Test
    void bringsAClassActivationMapToTheSizeOfADigit() {
        float[] rows = new float[49];
        for (int i = 0; i < 49; i++) {
            rows[i] = i / 7;
        }
        float[] resized = Resampling.halfPixelBilinear(rows, 7, 7, 28, 28);
        assertThat(resized[10 * 28 + 3]).isEqualTo(2.125f);
        assertThat(resized[0]).isZero();
        assertThat(resized[28]).isZero();
        assertThat(resized[2 * 28]).isEqualTo(0.125f);
        assertThat(resized[27 * 28 + 27]).isEqualTo(6);
    }

    @Test
    void sameSizeChangesNothing() {
        float[] values = {1, 2, 3, 4, 5, 6};
        assertThat(Resampling.halfPixelBilinear(values, 2, 3, 2, 3)).isEqualTo(values);
        assertThat(Resampling.crisp(values, 2, 3, 2, 3)).isEqualTo(values);
    }

    @Test
    void crispRepeatsOrAverages() {
        assertThat(Resampling.crisp(new float[] {1, 2}, 1, 2, 2, 6))
                .containsExactly(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2);
        assertThat(Resampling.crisp(new float[] {1, 3, 10, 20, 5, 7, 30, 40}, 2, 4, 1, 2))
                .containsExactly(4, 25);
    }

    @Test
    void displaySizeIsAWholeMultipleWhereOneFits() {
        assertThat(DisplaySize.fit(28, 28, 224)).isEqualTo(new DisplaySize(224, 224));
        assertThat(DisplaySize.fit(32, 32, 224)).isEqualTo(new DisplaySize(224, 224));
        assertThat(DisplaySize.fit(20, 60, 224)).isEqualTo(new DisplaySize(60, 180));
        assertThat(DisplaySize.fit(224, 100, 224)).isEqualTo(new DisplaySize(224, 100));
        assertThat(DisplaySize.fit(300, 600, 224)).isEqualTo(new DisplaySize(112, 224));
        assertThat(DisplaySize.fit(1, 5000, 224)).isEqualTo(new DisplaySize(1, 224));
    }
}

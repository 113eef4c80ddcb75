package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResamplingTest {

    @Test
    void sameSizeChangesNothing() {
        float[] values = {1, 2, 3, 4, 5, 6};
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

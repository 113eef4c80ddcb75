package dev.inkling.model.incremental;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.FloatArrays;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ChangedPartsTest {

    /** Images of 4 lines, 5 columns and 2 channels, all 3 but where one is changed. */
    private static float[] image(int... changes) {
        float[] image = new float[40];
        Arrays.fill(image, 3);
        for (int change : changes) {
            image[change] = -1;
        }
        return image;
    }

    private static float[] batch(float[]... images) {
        float[] batch = new float[images.length * 40];
        for (int i = 0; i < images.length; i++) {
            System.arraycopy(images[i], 0, batch, i * 40, 40);
        }
        return batch;
    }

    private static ChangedParts parts(float[] pixels) {
        float[] witnesses = ChangedParts.witnesses(FloatArrays.of(pixels, pixels.length / 40, 4, 5, 2));
        return ChangedParts.of(pixels, ChangedParts.common(witnesses, 40), 4, 5);
    }

    @Test
    void asksTheFirstTheLastAndFiveEvenlyBetween() {
        float[] pixels = new float[20 * 40];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i / 40;
        }
        float[] witnesses = ChangedParts.witnesses(FloatArrays.of(pixels, 20, 4, 5, 2));
        assertThat(witnesses).hasSize(7 * 40);
        for (int i = 0; i < witnesses.length; i++) {
            assertThat(witnesses[i]).isEqualTo(new float[] {0, 3, 6, 9, 12, 15, 19}[i / 40]);
        }
    }

    @Test
    void takesForCommonWhatTwoOfThreeAgreeOnAndFindsTheBoxAroundWhatDiffers() {
        // Line 1, column 2, second channel; lines 0 and 3, columns 4 and 1; nothing; columns 1 and 4; and all of the
        // last line.
        float[] pixels = batch(
                image(10 + 2 * 2 + 1),
                image(4 * 2, 30 + 2),
                image(),
                image(2, 30 + 4 * 2),
                image(30, 31, 32, 33, 34, 35, 36, 37, 38, 39));
        ChangedParts parts = parts(pixels);
        assertThat(parts.common()).containsExactly(image());
        assertThat(parts.top()).containsExactly(1, 0, 0, 0, 3);
        assertThat(parts.bottom()).containsExactly(2, 4, 0, 4, 4);
        assertThat(parts.left()).containsExactly(2, 1, 0, 1, 0);
        assertThat(parts.right()).containsExactly(3, 5, 0, 5, 5);
    }

    @Test
    void minusZeroIsZero() {
        float[] minus = new float[40];
        Arrays.fill(minus, -0f);
        ChangedParts parts = parts(batch(new float[40], minus, new float[40]));
        assertThat(parts.right()).containsExactly(0, 0, 0);
        assertThat(parts.left()).containsExactly(0, 0, 0);
    }
}

package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianBlurTest {

    private static final int HEIGHT = 5;
    private static final int WIDTH = 4;
    private static final int CHANNELS = 2;

    /** The definition, place by place, with a two-dimensional kernel that looks into the mirror for each of its values. */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1, 2.5, 20})
    void equalsAConvolutionOfTheMirroredImage(double sigma) {
        float[] image = random();
        float[] blurred = blurred(image, sigma);
        int reach = (int) Math.ceil(4 * sigma);
        double total = 0;
        for (int d = -reach; d <= reach; d++) {
            total += gauss(d, sigma);
        }
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                for (int c = 0; c < CHANNELS; c++) {
                    double sum = 0;
                    for (int dy = -reach; dy <= reach; dy++) {
                        for (int dx = -reach; dx <= reach; dx++) {
                            sum += gauss(dy, sigma)
                                    * gauss(dx, sigma)
                                    * image[
                                            (mirrored(y + dy, HEIGHT) * WIDTH + mirrored(x + dx, WIDTH)) * CHANNELS
                                                    + c];
                        }
                    }
                    assertThat((double) blurred[(y * WIDTH + x) * CHANNELS + c])
                            .isCloseTo(sum / total / total, within(1e-6));
                }
            }
        }
    }

    private static double gauss(int distance, double sigma) {
        return Math.exp(-distance * distance / (2 * sigma * sigma));
    }

    private static int mirrored(int place, int length) {
        int at = place;
        while (at < 0 || at >= length) {
            at = at < 0 ? -1 - at : 2 * length - 1 - at;
        }
        return at;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 3, 1000})
    void theMeanOfEachChannelStays(double sigma) {
        float[] image = random();
        float[] blurred = blurred(image, sigma);
        for (int c = 0; c < CHANNELS; c++) {
            double before = 0;
            double after = 0;
            for (int i = c; i < image.length; i += CHANNELS) {
                before += image[i];
                after += blurred[i];
            }
            assertThat(after).isCloseTo(before, within(1e-5));
        }
    }

    @Test
    void noSigmaChangesNothing() {
        assertThat(blurred(random(), 0)).isEqualTo(random());
    }

    @Test
    void aLargeSigmaLeavesTheMean() {
        float[] image = {0, 1, 0, 3};
        new GaussianBlur(100, 2, 2, 1).apply(image, 0, image, 0);
        assertThat(image).usingComparatorWithPrecision(1e-5f).containsExactly(1, 1, 1, 1);
    }

    @Test
    void writesOneImageOnly() {
        float[] to = {9, 9, 9, 9};
        new GaussianBlur(1, 1, 2, 1).apply(new float[] {9, 9, 1, 1}, 2, to, 1);
        assertThat(to).containsExactly(9, 1, 1, 9);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, 1000.5, Double.POSITIVE_INFINITY})
    void otherSigmasAreRefused(double sigma) {
        assertThatThrownBy(() -> new GaussianBlur(sigma, 2, 2, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("blur's sigma is " + sigma + ", expected 0 to 1000 pixels");
    }

    private static float[] blurred(float[] image, double sigma) {
        float[] blurred = new float[image.length];
        new GaussianBlur(sigma, HEIGHT, WIDTH, CHANNELS).apply(image, 0, blurred, 0);
        return blurred;
    }

    private static float[] random() {
        SplittableRandom random = new SplittableRandom(3);
        float[] image = new float[HEIGHT * WIDTH * CHANNELS];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) random.nextDouble();
        }
        return image;
    }
}

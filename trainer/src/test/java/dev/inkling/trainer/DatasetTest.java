package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.lang.management.ManagementFactory;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class DatasetTest {

    private static final List<String> LABELS = List.of("cat", "dog", "owl");

    /** Four images of 1×2 pixels: (0, 255), (128, 1), (2, 3), (254, 51). */
    private static Dataset four() {
        byte[] pixels = {0, (byte) 255, (byte) 128, 1, 2, 3, (byte) 254, 51};
        return Dataset.of("pets/train", 1, 2, 1, pixels, new byte[] {0, 2, 1, 2}, LABELS);
    }

    @Test
    void imagesAreBytesOver255InTheOrderAskedFor() {
        FloatNdArray images = four().images(3, 0, 1, 0);

        assertThat(images.shape().asArray()).containsExactly(4, 1, 2, 1);
        assertThat(FloatArrays.flat(images)).containsExactly(254 / 255f, 0.2f, 0f, 1f, 128 / 255f, 1 / 255f, 0f, 1f);
    }

    @Test
    void copiesAWindowOfTheIndicesToTheBeginningOfTheArray() {
        float[] into = new float[6];
        Arrays.fill(into, -1);

        four().copyImages(new int[] {0, 3, 2, 1}, 1, 2, into);

        assertThat(into).containsExactly(254 / 255f, 0.2f, 2 / 255f, 3 / 255f, -1f, -1f);
    }

    @Test
    void coloursStayTogether() {
        byte[] pixels = {10, 20, 30, 40, 50, 60};
        Dataset images = Dataset.of("rgb", 2, 1, 3, pixels, new byte[] {1}, LABELS);

        FloatNdArray image = images.images(0);

        assertThat(image.shape().asArray()).containsExactly(1, 2, 1, 3);
        assertThat(image.getFloat(0, 1, 0, 2)).isEqualTo(60 / 255f);
    }

    @Test
    void copyingAllocatesNothing() {
        int[] indices = new int[64];
        float[] into = new float[64 * 28 * 28];
        Dataset images = new Strokes(3).dataset("strokes", 10);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        images.copyImages(indices, 0, 64, into);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 200; i++) {
            images.copyImages(indices, 0, 64, into);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        // One array of a batch's bytes each time would be 10 MB; the measurement itself takes a little.
        assertThat(allocated).isLessThan(10_000);
    }

    @Test
    void aSliceCountsFromItsOwnBeginning() {
        Dataset slice = four().slice(1, 4).slice(1, 3);

        assertThat(slice.size()).isEqualTo(2);
        assertThat(slice.label(0)).isEqualTo(1);
        assertThat(slice.pixels(1)).containsExactly(254, 51);
        assertThat(FloatArrays.flat(slice.images(0))).containsExactly(2 / 255f, 3 / 255f);
        assertThatThrownBy(() -> slice.label(2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("image 2 does not exist; data 'pets/train' hold images 0 to 1");
        assertThatThrownBy(() -> slice.images(-1)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> slice.slice(1, 3))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("images 1 to 3 (excluded) of data 'pets/train' do not exist; it holds 2");
    }

    @Test
    void theHashIsOfShapePixelsAndClasses() throws Exception {
        byte[] content = {
            0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, -1, -128, 1, 2, 3, -2, 51, 0, 2, 1, 2,
        };
        String expected =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));

        assertThat(four().sha256()).isEqualTo(expected);
    }

    @Test
    void theHashOfASliceIsThatOfTheSameImagesAlone() {
        Dataset alone = Dataset.of("other", 1, 2, 1, new byte[] {2, 3, (byte) 254, 51}, new byte[] {1, 2}, LABELS);

        assertThat(four().slice(2, 4).sha256()).isEqualTo(alone.sha256()).isNotEqualTo(four().sha256());
        assertThat(Dataset.of("other", 2, 1, 1, new byte[] {2, 3, (byte) 254, 51}, new byte[] {1, 2}, LABELS)
                        .sha256())
                .as("turned by a quarter")
                .isNotEqualTo(alone.sha256());
    }

    @Test
    void nobodyCanChangeIt() {
        byte[] pixels = {1, 2};
        byte[] classes = {0};
        Dataset images = Dataset.of("one", 1, 2, 1, pixels, classes, LABELS);

        pixels[0] = 9;
        classes[0] = 2;
        images.pixels(0)[1] = 9;

        assertThat(images.pixels(0)).containsExactly(1, 2);
        assertThat(images.label(0)).isZero();
    }

    @Test
    void refusesWhatDoesNotFitTogether() {
        assertThatThrownBy(() -> Dataset.of("x", 1, 2, 1, new byte[3], new byte[2], LABELS))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("data 'x' have 3 values, expected 4 for 2 images of 1×2×1");
        assertThatThrownBy(() -> Dataset.of("x", 1, 1, 1, new byte[2], new byte[] {0, 3}, LABELS))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("label 3 of image 1 in data 'x' is outside 0 to 2");
        assertThatThrownBy(() -> Dataset.of("x", 1, 1, 1, new byte[0], new byte[0], LABELS))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("hold no image");
        assertThatThrownBy(() -> Dataset.of("x", 0, 1, 1, new byte[0], new byte[1], LABELS))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("0×1×1");
    }

    @Test
    void trainingAndTestImagesBelongTogether() {
        Dataset tall = Dataset.of("tall", 2, 1, 1, new byte[2], new byte[1], LABELS);
        Dataset named = Dataset.of("named", 1, 2, 1, new byte[2], new byte[1], List.of("a", "b"));

        assertThatThrownBy(() -> new Datasets(four(), tall))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("images of 'pets/train' are 1×2×1, those of 'tall' are 2×1×1; expected one size");
        assertThatThrownBy(() -> new Datasets(four(), named))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("classes of 'pets/train' are [cat, dog, owl], those of 'named' are [a, b]");
    }
}

package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Background;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.ValueRange;
import dev.inkling.trainer.Dataset;
import dev.inkling.trainer.DownloadListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceImagesTest {

    private static final List<String> LABELS = List.of("a", "b", "c");

    @TempDir
    Path folder;

    /** 300 images whose pixel is their class: 240 of the first, 50 of the second, ten of the third. */
    @Test
    void asManyOfEachClassAreDrawnAsThereAre() {
        byte[] classes = new byte[300];
        Arrays.fill(classes, 240, 290, (byte) 1);
        Arrays.fill(classes, 290, 300, (byte) 2);
        Dataset train = Dataset.of("t/train", 1, 1, 1, classes, classes, LABELS);

        ReferenceImages drawn = ReferenceImages.drawn(train, signature(1, 1, ValueRange.UNIT));

        assertThat(drawn.name()).isEqualTo("100 of t/train");
        float[] pixels = FloatArrays.flat(drawn.pixels());
        assertThat(pixels).hasSize(100);
        for (int label = 0; label < 3; label++) {
            float pixel = label / 255f;
            assertThat(IntStream.range(0, 100).filter(i -> pixels[i] == pixel).count())
                    .isEqualTo(label == 2 ? 10 : 45);
        }
    }

    /** 256 different images of one class: a hundred, none twice, not just the first, and the same again. */
    @Test
    void theDrawIsRandomAndAlwaysTheSame() {
        byte[] pixels = new byte[256];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) i;
        }
        Dataset train = Dataset.of("t/train", 1, 1, 1, pixels, new byte[256], LABELS);
        float[] drawn = FloatArrays.flat(
                ReferenceImages.drawn(train, signature(1, 1, ValueRange.UNIT)).pixels());
        assertThat(drawn).hasSize(100).doesNotHaveDuplicates();
        float[] sorted = drawn.clone();
        Arrays.sort(sorted);
        assertThat(drawn).isNotEqualTo(sorted);
        assertThat(sorted[50]).isBetween(0.35f, 0.65f);
        assertThat(FloatArrays.flat(ReferenceImages.drawn(train, signature(1, 1, ValueRange.UNIT))
                        .pixels()))
                .isEqualTo(drawn);
    }

    @Test
    void fewImagesAreAllTakenInTheModelsRange() {
        Dataset train = Dataset.of("t/train", 1, 1, 1, new byte[] {0, (byte) 255}, new byte[] {0, 2}, LABELS);
        ReferenceImages drawn = ReferenceImages.drawn(train, signature(1, 1, new ValueRange(-1, 3)));
        assertThat(FloatArrays.flat(drawn.pixels())).containsExactly(-1, 3);
    }

    @Test
    void aListNamesTrainingImages() throws IOException {
        Path data = ModelFolder.writeData(folder.resolve("animals"), 10, 12, "ant", "bee", "cow");
        ReferenceImages listed =
                ReferenceImages.named(data + ":4,0..1", signature(12, 12, ValueRange.UNIT), DownloadListener.SILENT);
        ReferenceImages all =
                ReferenceImages.named(data.toString(), signature(12, 12, ValueRange.UNIT), DownloadListener.SILENT);
        assertThat(listed.name()).isEqualTo("animals/train:4,0..1");
        assertThat(listed.pixels().shape().asArray()).containsExactly(3, 12, 12, 1);
        assertThat(all.name()).isEqualTo("10 of animals/train");
        assertThat(all.pixels().shape().get(0)).isEqualTo(10);
        assertThatThrownBy(() -> ReferenceImages.named(
                        data + ":10", signature(12, 12, ValueRange.UNIT), DownloadListener.SILENT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("index 10 is out of range: 'animals/train' holds 10 images, 0 to 9");
    }

    @Test
    void anArrayFileIsTakenAsItIs() throws IOException {
        Path file = folder.resolve("grey.npy");
        NpyFile.write(file, FloatArrays.of(new float[] {0.2f, 0.2f, 0.2f, 0.2f}, 1, 2, 2, 1));
        ReferenceImages named =
                ReferenceImages.named(file.toString(), signature(2, 2, ValueRange.UNIT), DownloadListener.SILENT);
        assertThat(named.name()).isEqualTo(file.toString());
        assertThat(named.pixels().shape().asArray()).containsExactly(1, 2, 2, 1);
        assertThat(named.givenTo(new LinearModel()).require(Background.class).images())
                .isEqualTo(named.pixels());
        assertThatThrownBy(() -> ReferenceImages.named(
                        file.toString(), signature(3, 2, ValueRange.UNIT), DownloadListener.SILENT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("reference images '" + file + "': image is 2×2×1, model 'm' expects 3×2×1");
    }

    @Test
    void imagesOfAnotherSizeAreRefused() {
        Dataset train = Dataset.of("t/train", 1, 2, 1, new byte[2], new byte[1], LABELS);
        assertThatThrownBy(() -> ReferenceImages.drawn(train, signature(2, 2, ValueRange.UNIT)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("reference images '1 of t/train': image is 1×2×1, model 'm' expects 2×2×1");
    }

    private static ModelSignature signature(int height, int width, ValueRange range) {
        return new ModelSignature("m", height, width, 1, range, LABELS, List.of());
    }
}

package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataSourcesTest {

    @TempDir
    Path folder;

    private Datasets open() {
        return DataSources.open(folder.toString(), DownloadListener.SILENT);
    }

    @Test
    void readsAFolder() throws IOException {
        Path data = Files.createDirectory(folder.resolve("tiny"));
        Idx.folder(data);

        Datasets tiny = DataSources.open(data.toString(), DownloadListener.SILENT);

        assertThat(tiny.train().name()).isEqualTo("tiny/train");
        assertThat(tiny.train().size()).isEqualTo(6);
        assertThat(tiny.train().label(5)).isEqualTo(9);
        assertThat(tiny.test().name()).isEqualTo("tiny/test");
        assertThat(tiny.test().size()).isEqualTo(4);
        assertThat(tiny.test().label(0)).isEqualTo(5);
        assertThat(tiny.test().height()).isEqualTo(3);
        assertThat(tiny.test().labels()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    @Test
    void readsRawFilesAndDottedNames() throws IOException {
        Idx.folder(folder);
        Files.delete(folder.resolve("t10k-images-idx3-ubyte.gz"));
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte.gz"));
        Files.delete(folder.resolve("train-labels-idx1-ubyte.gz"));
        Files.write(folder.resolve("t10k-images.idx3-ubyte"), Idx.images(2, 3, 2));
        Files.write(folder.resolve("t10k-labels.idx1-ubyte.gz"), Idx.gzip(Idx.labels(3, 4)));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), Idx.labels(1, 1, 1, 1, 1, 1));

        assertThat(open().test().label(1)).isEqualTo(4);
        assertThat(open().train().label(0)).isEqualTo(1);
    }

    @Test
    void namesWhatAFolderLacks() throws IOException {
        Idx.folder(folder);
        Files.delete(folder.resolve("train-labels-idx1-ubyte.gz"));
        Files.delete(folder.resolve("t10k-images-idx3-ubyte.gz"));

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "folder %s lacks train-labels-idx1-ubyte, t10k-images-idx3-ubyte (with or without .gz); put the"
                                + " missing files there, or use --data mnist to download them",
                        folder);
    }

    @Test
    void classesCanHaveOtherNames() throws IOException {
        Idx.folder(folder);
        Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), Idx.gzip(Idx.labels(0, 1, 2, 3, 10, 11)));
        assertThatThrownBy(this::open).isInstanceOf(InvalidInputException.class).hasMessageContaining("labels.txt");

        Files.writeString(folder.resolve("labels.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk \n\nlong name\n");

        assertThat(open().train().labels()).hasSize(12).endsWith("k", "long name");
        assertThat(open().train().label(5)).isEqualTo(11);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "only one", "same\nsame\nother"})
    void refusesUselessClassNames(String names) throws IOException {
        Idx.folder(folder);
        Files.writeString(folder.resolve("labels.txt"), names);

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageEndingWith("expected 2 to 256, one a line, no two alike");
    }

    @Test
    void trainingAndTestImagesMustBeOfOneSize() throws IOException {
        Idx.folder(folder);
        Files.write(folder.resolve("t10k-images-idx3-ubyte.gz"), Idx.images(4, 3, 3));

        assertThatThrownBy(this::open).isInstanceOf(InvalidInputException.class).hasMessageContaining("3×2×1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nmist", "", " ", "no/such/folder", "a\0b", "MNIST"})
    void saysWhatThereIs(String spec) {
        assertThatThrownBy(() -> DataSources.open(spec, DownloadListener.SILENT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("no data '" + spec
                        + "'; expected mnist (downloaded), strokes (generated), or an existing folder with the four IDX"
                        + " files");
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.write(folder.resolve("images"), Idx.images(1, 2, 2));

        assertThatThrownBy(() -> DataSources.open(file.toString(), DownloadListener.SILENT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(file + " is not a folder; expected one with the four IDX files");
    }

    @Test
    void generatesStrokes() {
        Datasets strokes = DataSources.open("strokes", DownloadListener.SILENT);

        assertThat(strokes.train().size()).isEqualTo(12_000);
        assertThat(strokes.test().size()).isEqualTo(2_000);
        assertThat(strokes.train().pixels(0)).isNotEqualTo(strokes.test().pixels(0));
    }
}

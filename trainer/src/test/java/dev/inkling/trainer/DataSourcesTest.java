package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                        + "'; expected mnist (downloaded), strokes (generated), or an existing folder with IDX files,"
                        + " CIFAR's binary files, or image files in sub-folders");
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.write(folder.resolve("images"), Idx.images(1, 2, 2));

        assertThatThrownBy(() -> DataSources.open(file.toString(), DownloadListener.SILENT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(file + " is no folder; expected one with IDX files, CIFAR's binary files, or image files in"
                        + " sub-folders");
    }

    @Test
    void generatesStrokes() {
        Datasets strokes = DataSources.open("strokes", DownloadListener.SILENT);

        assertThat(strokes.train().size()).isEqualTo(12_000);
        assertThat(strokes.test().size()).isEqualTo(2_000);
        assertThat(strokes.train().pixels(0)).isNotEqualTo(strokes.test().pixels(0));
    }

    private static byte[] pixels(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A set as EMNIST's: two images of 2×2, stored column by column. */
    private void emnist(String set, String mapping, int... labels) throws IOException {
        for (String part : List.of("train", "test")) {
            byte[] images = Idx.file(pixels(1, 2, 3, 4, 5, 6, 7, 8), 2, 2, 2);
            Files.write(folder.resolve(set + "-" + part + "-images-idx3-ubyte.gz"), Idx.gzip(images));
            Files.write(folder.resolve(set + "-" + part + "-labels-idx1-ubyte.gz"), Idx.gzip(Idx.labels(labels)));
        }
        Files.writeString(folder.resolve(set + "-mapping.txt"), mapping);
    }

    @Test
    void turnsEmnistUprightAndNamesItsClasses() throws IOException {
        emnist("emnist-letters", "1 65 97\n2 66 98\n3 67 99\n", 3, 1);

        Datasets letters = open();

        assertThat(letters.train().labels()).containsExactly("Aa", "Bb", "Cc");
        assertThat(letters.train().name()).isEqualTo("emnist-letters/train");
        assertThat(letters.train().label(0)).isEqualTo(2);
        assertThat(letters.test().label(1)).isZero();
        assertThat(letters.train().pixels(0)).containsExactly(1, 3, 2, 4);
        assertThat(letters.test().pixels(1)).containsExactly(5, 7, 6, 8);
    }

    @Test
    void onlyEmnistIsTurned() throws IOException {
        emnist("kuzushiji", "0 48\n1 49", 0, 1);

        assertThat(open().train().pixels(0)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void choosesAmongSeveralSetsByTheirNames() throws IOException {
        emnist("emnist-letters", "1 65 97\n2 66 98", 2, 1);
        emnist("emnist-digits", "0 48\n1 49", 0, 1);

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "folder %s holds 2 sets: emnist-digits, emnist-letters; choose one, such as %s",
                        folder, folder.resolve("emnist-letters"));
        assertThat(DataSources.open(folder.resolve("emnist-digits").toString(), DownloadListener.SILENT)
                        .train()
                        .labels())
                .containsExactly("0", "1");
        assertThatThrownBy(() -> DataSources.open(folder.resolve("emnist-digit").toString(), DownloadListener.SILENT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageEndingWith("; the sets in " + folder + " are emnist-digits, emnist-letters");
    }

    @Test
    void namesTheFilesThatASetLacks() throws IOException {
        emnist("emnist-letters", "1 65 97\n2 66 98", 2, 1);
        Files.delete(folder.resolve("emnist-letters-test-labels-idx1-ubyte.gz"));

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "folder %s lacks emnist-letters-test-labels-idx1-ubyte (with or without .gz); put the missing files"
                                + " there",
                        folder);
    }

    @Test
    void aLabelBelowTheFirstClassIsRefused() throws IOException {
        emnist("emnist-letters", "1 65 97\n2 66 98", 2, 0);

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("label 0 at position 1 is outside 1 to 2");
    }

    @ParameterizedTest
    @CsvSource({
        "1 65|2, line '2' maps no label",
        "1 65|1 66, line '1 66' maps no label",
        "1 65|256 66, line '256 66' maps no label",
        "1 65|two 66, line 'two 66' maps no label",
        "1 65|2 99999999, line '2 99999999' maps no label",
        "1 65|3 66, 'maps 2 labels between 1 and 3; expected them in a row, from 0 or 1 on'",
        "2 65|3 66, 'maps 2 labels between 2 and 3; expected them in a row, from 0 or 1 on'",
        "1 65|2 65, 'names 2 classes; expected 2 to 256, one label a line, no two alike'",
        "|, 'names 0 classes; expected 2 to 256'"
    })
    void refusesADamagedMapping(String mapping, String message) throws IOException {
        emnist("emnist-letters", mapping.replace('|', '\n'), 2, 1);

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(
                        folder.resolve("emnist-letters-mapping.txt").toString())
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"fashion-mnist, Trouser", "FashionMNIST, Trouser", "mode, 1"})
    void namesFashionMnistsClassesByItsFolder(String name, String second) throws IOException {
        Path data = Files.createDirectory(folder.resolve(name));
        Idx.folder(data);

        assertThat(DataSources.open(data.toString(), DownloadListener.SILENT)
                        .train()
                        .labels())
                .hasSize(10)
                .element(1)
                .isEqualTo(second);

        Files.write(data.resolve("labels.txt"), List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"));
        assertThat(DataSources.open(data.toString(), DownloadListener.SILENT)
                        .train()
                        .labels())
                .startsWith("a");
    }

    @Test
    void saysWhatItLookedForAndFound() throws IOException {
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "folder %s holds no data; expected IDX files (train-images-idx3-ubyte and so on), the binary version of"
                                + " CIFAR-10 (data_batch_1.bin) or CIFAR-100 (train.bin), or a sub-folder per class with PNG or"
                                + " JPEG files; found nothing",
                        folder);
        Files.createDirectory(folder.resolve("cat"));
        for (int i = 0; i < 9; i++) {
            Files.createFile(folder.resolve("file" + i));
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageEndingWith("found cat, file0, file1, file2, file3, file4, file5, file6 and 2 more");
    }

    @Test
    void ambiguousFoldersAreRefused() throws IOException {
        Idx.folder(folder);
        Files.createFile(folder.resolve("train.bin"));
        Files.createFile(Files.createDirectory(folder.resolve("cat")).resolve("1.PNG"));

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "folder %s holds IDX files and CIFAR-100's files and image files in sub-folders; expected one of them:"
                                + " move them apart, or name a sub-folder",
                        folder);
    }

    @Test
    void onlyImageFilesAreScaled() throws IOException {
        Idx.folder(folder);

        assertThatThrownBy(() -> DataSources.open(folder.toString(), ImageSize.parse("16"), DownloadListener.SILENT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "the images of '%s' have a size already, found --size 16x16; it is for folders of image files",
                        folder);
    }

    @Test
    void readsSizes() {
        assertThat(ImageSize.parse("64")).isEqualTo(new ImageSize(64, 64));
        assertThat(ImageSize.parse("48x64")).isEqualTo(new ImageSize(48, 64));
        assertThatThrownBy(() -> ImageSize.parse("48x"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("size '48x' is none; expected a number such as 64, or height and width such as 48x64");
        assertThatThrownBy(() -> ImageSize.parse("0"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("size is 0×0, expected 1 to 512 for either side");
        assertThatThrownBy(() -> ImageSize.parse("64x513")).hasMessageContaining("size is 64×513");
    }
}

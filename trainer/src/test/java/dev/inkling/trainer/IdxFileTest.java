package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFileTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("some-file");
    }

    private Path holding(byte[] content) throws IOException {
        return Files.write(file, content);
    }

    private void assertImagesRefused(byte[] content, String message) throws IOException {
        Path source = holding(content);
        assertThatThrownBy(() -> IdxFile.readImages(source))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message.replace("FILE", source.toString()));
    }

    private static byte[] patched(byte[] content, int at, int value) {
        byte[] patched = content.clone();
        patched[at] = (byte) value;
        return patched;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void joinsImagesAndLabelsCompressedOrNotWhateverTheName(boolean gzip) throws IOException {
        byte[] images = Idx.images(3, 5, 4);
        byte[] labels = Idx.labels(7, 0, 9);
        Path imagesFile = Files.write(folder.resolve("images.raw"), gzip ? Idx.gzip(images) : images);
        Path labelsFile = Files.write(folder.resolve("labels.gz"), gzip ? labels : Idx.gzip(labels));

        Dataset data =
                IdxFile.join("some", IdxFile.readImages(imagesFile), IdxFile.readLabels(labelsFile), ClassNames.DIGITS);

        assertThat(data.size()).isEqualTo(3);
        assertThat(new int[] {data.height(), data.width(), data.channels()}).containsExactly(5, 4, 1);
        assertThat(new int[] {data.label(0), data.label(1), data.label(2)}).containsExactly(7, 0, 9);
        assertThat(data.pixels(2)).containsExactly(Arrays.copyOfRange(images, 16 + 40, 16 + 60));
    }

    @Test
    void readsColours() throws IOException {
        IdxFile images = IdxFile.readImages(holding(Idx.file(new byte[24], 2, 2, 2, 3)));
        IdxFile labels = IdxFile.readLabels(Files.write(folder.resolve("labels"), Idx.labels(1, 2)));

        Dataset data = IdxFile.join("some", images, labels, ClassNames.DIGITS);

        assertThat(data.channels()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theHashIsThatOfTheUncompressedFile(boolean gzip) throws Exception {
        byte[] content = Idx.images(3, 5, 4);
        String expected =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));

        assertThat(IdxFile.readImages(holding(gzip ? Idx.gzip(content) : content))
                        .sha256())
                .isEqualTo(expected);
    }

    @Test
    void namesWhatIsNoFile() {
        assertThatThrownBy(() -> IdxFile.readImages(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(file + " does not exist, expected an IDX file of images");
        assertThatThrownBy(() -> IdxFile.readLabels(folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(folder + " is a folder, expected an IDX file of labels");
    }

    @Test
    void refusesWhatIsNotIdx() throws IOException {
        assertImagesRefused(new byte[0], "FILE is empty, expected an IDX file of images");
        assertImagesRefused(
                "<html>".getBytes(),
                "FILE is not an IDX file: it begins with the bytes 3c 68 74 6d, expected 00 00 08 03");
        assertImagesRefused(
                new byte[] {0, 0}, "FILE is not an IDX file: it begins with the bytes 00 00, expected 00 00 08 03");
        assertImagesRefused(
                patched(Idx.images(1, 2, 2), 1, 1),
                "FILE is not an IDX file: it begins with the bytes 00 01 08 03, expected 00 00 08 03");
    }

    @Test
    void refusesOtherTypesAndRanks() throws IOException {
        assertImagesRefused(
                patched(Idx.images(1, 2, 2), 2, 0x0D),
                "FILE holds values of type 0x0d (float), expected 0x08 (unsigned byte)");
        assertImagesRefused(
                patched(Idx.images(1, 2, 2), 3, 2),
                "FILE holds an array of rank 2, expected images (rank 1 is labels, 3 or 4 images)");
        assertImagesRefused(
                patched(Idx.images(1, 2, 2), 3, 255),
                "FILE holds an array of rank 255, expected images (rank 1 is labels, 3 or 4 images)");
    }

    @Test
    void tellsThatImagesAndLabelsAreSwapped() throws IOException {
        assertImagesRefused(
                Idx.labels(1, 2),
                "FILE holds labels, expected images; the files of images and of labels seem to be swapped");
        Path images = holding(Idx.gzip(Idx.images(1, 2, 2)));
        assertThatThrownBy(() -> IdxFile.readLabels(images))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(images
                        + " holds images, expected labels; the files of images and of labels seem to be swapped");
    }

    @Test
    void tellsWhereATruncatedFileEnds() throws IOException {
        byte[] whole = Idx.images(3, 5, 4);
        assertImagesRefused(
                Arrays.copyOf(whole, 9),
                "FILE ends within its header, after 9 of 16 bytes; the file is truncated, get it again");
        assertImagesRefused(
                Arrays.copyOf(whole, whole.length - 1),
                "FILE ends after 59 of 60 values (3×5×4); the file is truncated, get it again");
        byte[] compressed = Idx.gzip(whole);
        assertImagesRefused(
                Arrays.copyOf(compressed, compressed.length - 12),
                "FILE: the gzip data end early; the file is truncated, get it again");
        assertImagesRefused(
                Arrays.copyOf(compressed, 5), "FILE: the gzip data end early; the file is truncated, get it again");
    }

    @Test
    void refusesTrailingBytes() throws IOException {
        byte[] whole = Idx.images(3, 5, 4);
        byte[] longer = Arrays.copyOf(whole, whole.length + 7);
        String message = "FILE goes on for 7 bytes after its 60 values (3×5×4); the file is damaged, get it again";
        assertImagesRefused(longer, message);
        assertImagesRefused(Idx.gzip(longer), message);
    }

    @Test
    void noticesACorruptCompressedFile() throws IOException {
        byte[] compressed = Idx.gzip(Idx.images(30, 5, 4));
        assertImagesRefused(
                patched(compressed, compressed.length - 6, compressed[compressed.length - 6] ^ 1),
                "FILE: the gzip data are corrupt (Corrupt GZIP trailer); get the file again");
        Path broken = holding(patched(compressed, 10, 0xFF));
        assertThatThrownBy(() -> IdxFile.readImages(broken))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the gzip data are corrupt");
    }

    @Test
    void refusesAbsurdDimensionsWithoutReservingMemory() throws IOException {
        assertImagesRefused(
                Idx.file(new byte[0], 0, 28, 28),
                "FILE declares 0×28×28 values; every dimension must be between 1 and 2147483647");
        assertImagesRefused(
                Idx.file(new byte[4], -1, 28, 28),
                "FILE declares 4294967295×28×28 values; every dimension must be between 1 and 2147483647");
        assertImagesRefused(
                Idx.file(new byte[4], Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE),
                "FILE declares 2147483647×2147483647×2147483647 values, more than the 2 GiB that are supported;"
                        + " the file is damaged, or to be split");
        assertImagesRefused(
                Idx.file(new byte[4], 2_000_000_000, 1, 1),
                "FILE ends after 4 of 2000000000 values (2000000000×1×1); the file is truncated, get it again");
    }

    @Test
    void imagesAndLabelsMustBeAsMany() throws IOException {
        IdxFile images = IdxFile.readImages(holding(Idx.images(3, 2, 2)));
        Path labelsFile = Files.write(folder.resolve("labels"), Idx.labels(1, 2));
        IdxFile labels = IdxFile.readLabels(labelsFile);

        assertThatThrownBy(() -> IdxFile.join("some", images, labels, ClassNames.DIGITS))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "%s holds 3 images, but %s holds 2 labels; expected as many of both: take the two files from one"
                                + " place",
                        file, labelsFile);
    }

    @Test
    void labelsMustBeClasses() throws IOException {
        IdxFile images = IdxFile.readImages(holding(Idx.images(3, 2, 2)));
        Path labelsFile = Files.write(folder.resolve("labels"), Idx.labels(1, 9, 200));
        IdxFile labels = IdxFile.readLabels(labelsFile);

        assertThatThrownBy(() -> IdxFile.join("some", images, labels, ClassNames.DIGITS))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "%s: label 200 at position 2 is outside 0 to 9; the file is damaged, or its classes are to be named"
                                + " in a file labels.txt beside it, one a line",
                        labelsFile);
    }
}

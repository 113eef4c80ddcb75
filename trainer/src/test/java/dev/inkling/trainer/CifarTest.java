package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarTest {

    private static final int PLANE = 32 * 32;

    @TempDir
    Path folder;

    private Path files;

    /** CIFAR-10's files: one image in each, of label and shade as the file's number. */
    @BeforeEach
    void write() throws IOException {
        files = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
        for (int i = 1; i <= 5; i++) {
            Files.write(files.resolve("data_batch_" + i + ".bin"), record(1, i, i));
        }
        Files.write(files.resolve("test_batch.bin"), record(1, 9, 200));
        Files.writeString(
                files.resolve("batches.meta.txt"),
                "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
        Files.writeString(files.resolve("readme.html"), "<html>");
    }

    /** Red is the shade, green 7 at the second pixel of the first row, blue 9 at the first pixel of the second row. */
    private static byte[] record(int labelBytes, int label, int shade) {
        byte[] record = new byte[labelBytes + 3 * PLANE];
        record[0] = 77;
        record[labelBytes - 1] = (byte) label;
        Arrays.fill(record, labelBytes, labelBytes + PLANE, (byte) shade);
        record[labelBytes + PLANE + 1] = 7;
        record[labelBytes + 2 * PLANE + 32] = 9;
        return record;
    }

    private Datasets open(Path path) {
        return DataSources.open(path.toString(), DownloadListener.SILENT);
    }

    private void refused(String format, Object... arguments) {
        assertThatThrownBy(() -> open(files))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(format, arguments);
    }

    @Test
    void planesBecomePixels() {
        Datasets data = open(files);

        assertThat(data.train().name()).isEqualTo("cifar-10/train");
        assertThat(data.train().size()).isEqualTo(5);
        assertThat(data.train().labels()).hasSize(10).startsWith("airplane").endsWith("truck");
        assertThat(data.train().label(2)).isEqualTo(3);
        byte[] expected = new byte[3 * PLANE];
        for (int i = 0; i < PLANE; i++) {
            expected[3 * i] = 3;
        }
        expected[3 + 1] = 7;
        expected[3 * 32 + 2] = 9;
        assertThat(data.train().pixels(2)).isEqualTo(expected);
        assertThat(data.test().size()).isEqualTo(1);
        assertThat(data.test().label(0)).isEqualTo(9);
        assertThat(data.test().pixels(0)[0]).isEqualTo((byte) 200);
    }

    @Test
    void theArchivesFolderIsFound() {
        assertThat(open(folder).train().sha256()).isEqualTo(open(files).train().sha256());
    }

    @Test
    void cifar100HasFineLabels() throws IOException {
        Path hundred = Files.createDirectory(folder.resolve("hundred"));
        byte[] two = Arrays.copyOf(record(2, 99, 5), 2 * (2 + 3 * PLANE));
        System.arraycopy(record(2, 42, 6), 0, two, two.length / 2, two.length / 2);
        Files.write(hundred.resolve("train.bin"), two);
        Files.write(hundred.resolve("test.bin"), record(2, 0, 5));
        Files.write(
                hundred.resolve("fine_label_names.txt"),
                IntStream.range(0, 100).mapToObj(i -> "class" + i).toList());

        Dataset train = open(hundred).train();

        assertThat(train.name()).isEqualTo("cifar-100/train");
        assertThat(List.of(train.label(0), train.label(1))).containsExactly(99, 42);
        assertThat(train.pixels(1)[0]).isEqualTo((byte) 6);
        assertThat(train.pixels(1)[3 + 1]).isEqualTo((byte) 7);
    }

    @Test
    void namesMissingFiles() throws IOException {
        Files.delete(files.resolve("data_batch_4.bin"));
        Files.delete(files.resolve("batches.meta.txt"));

        refused(
                "folder %s lacks data_batch_4.bin, batches.meta.txt of CIFAR-10's binary version; put the missing files there",
                files);
    }

    @Test
    void refusesTruncatedAndEmptyFiles() throws IOException {
        Path file = files.resolve("data_batch_2.bin");
        Files.write(file, Arrays.copyOf(record(1, 1, 1), 3072));
        refused(
                "%s has 3072 bytes, expected a multiple of 3073 (1 of label, 32×32×3 of image); it is truncated or none of"
                        + " CIFAR-10's binary version, get it again",
                file);
        Files.write(file, new byte[0]);
        refused(
                "%s has 0 bytes, expected a multiple of 3073 (1 of label, 32×32×3 of image); it is truncated or none of"
                        + " CIFAR-10's binary version, get it again",
                file);
    }

    @Test
    void refusesLabelsWithoutAName() throws IOException {
        Path file = files.resolve("data_batch_5.bin");
        byte[] two = Arrays.copyOf(record(1, 9, 1), 2 * 3073);
        two[3073] = 10;
        Files.write(file, two);
        refused(
                "%s: label 10 of image 1 is outside 0 to 9, the classes that batches.meta.txt names; the file is damaged or none"
                        + " of CIFAR-10's, get it again",
                file);
    }

    @Test
    void refusesAFolderInAFilesPlace() throws IOException {
        Path file = files.resolve("test_batch.bin");
        Files.delete(file);
        Files.createDirectory(file);

        assertThatThrownBy(() -> open(files))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(file.toString());
    }
}

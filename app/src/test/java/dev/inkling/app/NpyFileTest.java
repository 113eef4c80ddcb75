package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.FloatNdArray;

class NpyFileTest {

    @TempDir
    Path folder;

    /** Every byte by NumPy's format description, NEP 1: magic, version 1.0, header length, dictionary, padding, data. */
    @Test
    void writesTheBytesThatTheFormatPrescribes() throws IOException {
        Path file = folder.resolve("a.npy");

        NpyFile.write(file, FloatArrays.of(new float[] {0, 1, -2, 0.5f, Float.NaN, Float.POSITIVE_INFINITY}, 2, 3, 1));

        byte[] bytes = Files.readAllBytes(file);
        // 10 + 118 = 128 = 2 · 64; 118 = 0x0076 in little-endian order.
        assertThat(HexFormat.of().formatHex(bytes, 0, 10)).isEqualTo("934e554d5059" + "0100" + "7600");
        String dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 1), }";
        assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
                .isEqualTo(dictionary + " ".repeat(118 - dictionary.length() - 1) + "\n");
        assertThat(HexFormat.of().formatHex(bytes, 128, bytes.length))
                .isEqualTo("00000000" + "0000803f" + "000000c0" + "0000003f" + "0000c07f" + "0000807f");
    }

    @ParameterizedTest
    @CsvSource({"'','()'", "3,'(3,)'", "'7 7 1','(7, 7, 1)'", "'0 4','(0, 4)'"})
    void writesShapesAsPythonTuples(String sides, String tuple) throws IOException {
        long[] shape = Arrays.stream(sides.split(" "))
                .filter(s -> !s.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        Path file = folder.resolve("shape.npy");

        NpyFile.write(file, FloatArrays.of(new float[size], shape));

        byte[] bytes = Files.readAllBytes(file);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).contains("'shape': " + tuple + ", }");
        int start = bytes.length - 4 * size;
        assertThat(start).as("start of the data").isPositive().isEqualTo(start / 64 * 64);
    }

    @Test
    void readsBackWhatItWrote() throws IOException {
        float[] values = {1.5f, Float.MIN_VALUE, -0f, Float.NaN, Float.NEGATIVE_INFINITY, 3e38f};
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, FloatArrays.of(values, 1, 2, 3));

        FloatNdArray read = NpyFile.read(file);

        assertThat(read.shape().asArray()).containsExactly(1, 2, 3);
        assertThat(FloatArrays.flat(read)).containsExactly(values);
    }

    @Test
    void refusesAForeignFile() throws IOException {
        Path file = Files.writeString(folder.resolve("a.npy"), "hello, world");

        assertThatThrownBy(() -> NpyFile.read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(file + " is not a NumPy array file of version 1.0");
    }

    @Test
    void refusesAnotherTypeOrOrder() throws IOException {
        assertThatThrownBy(() -> NpyFile.read(withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("holds {'descr': '<f8'")
                .hasMessageEndingWith("expected descr '<f4' (little-endian float32) and fortran_order False");
        assertThatThrownBy(() -> NpyFile.read(withHeader("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }")))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void refusesATruncatedFile() throws IOException {
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, FloatArrays.of(new float[6], 2, 3));
        byte[] whole = Files.readAllBytes(file);

        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> NpyFile.read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(file + " holds 23 bytes of values, expected 24 for shape [2, 3]");

        Files.write(file, Arrays.copyOf(whole, 30));
        assertThatThrownBy(() -> NpyFile.read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(file + " ends inside its header: expected 118 bytes of it, found 20");
    }

    private Path withHeader(String dictionary) throws IOException {
        byte[] header = (dictionary + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] file = new byte[10 + header.length + 4];
        System.arraycopy(HexFormat.of().parseHex("934e554d50590100"), 0, file, 0, 8);
        file[8] = (byte) header.length;
        System.arraycopy(header, 0, file, 10, header.length);
        return Files.write(folder.resolve("header.npy"), file);
    }
}

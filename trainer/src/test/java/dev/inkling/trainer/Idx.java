package dev.inkling.trainer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Makes IDX files for tests. */
final class Idx {

    private Idx() {}

    static byte[] images(int count, int height, int width) {
        byte[] values = new byte[count * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (31 * i + count);
        }
        return file(values, count, height, width);
    }

    static byte[] labels(int... labels) {
        byte[] values = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            values[i] = (byte) labels[i];
        }
        return file(values, labels.length);
    }

    static byte[] file(byte[] values, int... shape) {
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + values.length);
        file.put((byte) 0).put((byte) 0).put((byte) 8).put((byte) shape.length);
        for (int side : shape) {
            file.putInt(side);
        }
        return file.put(values).array();
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A folder as MNIST's: 6 images to train on, 4 to test with, of 3×2 pixels. */
    static void folder(Path folder) throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte.gz"), gzip(images(6, 3, 2)));
        Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), gzip(labels(0, 1, 2, 3, 4, 9)));
        Files.write(folder.resolve("t10k-images-idx3-ubyte.gz"), gzip(images(4, 3, 2)));
        Files.write(folder.resolve("t10k-labels-idx1-ubyte.gz"), gzip(labels(5, 6, 7, 8)));
    }
}

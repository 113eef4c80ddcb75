package dev.inkling.app;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * NumPy's array files, version 1.0, of little-endian float32 in C order: what {@code numpy.load} reads.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">The NPY format</a>
 */
public final class NpyFile {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int PREFIX = MAGIC.length + 2;
    private static final int ALIGNMENT = 64;
    private static final Pattern HEADER =
            Pattern.compile("\\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \\(([0-9, ]*)\\), \\} *\n");

    private NpyFile() {}

    /** Writes an array; the file is replaced where it exists. */
    public static void write(Path file, FloatNdArray array) throws IOException {
        Files.write(file, bytes(array));
    }

    private static byte[] bytes(FloatNdArray array) {
        long[] shape = array.shape().asArray();
        String sides = Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        String dictionary =
                "{'descr': '<f4', 'fortran_order': False, 'shape': (" + sides + (shape.length == 1 ? "," : "") + "), }";
        // The data starts at a multiple of 64 bytes, so that it can be mapped; the header ends with a line feed.
        int unpadded = PREFIX + dictionary.length() + 1;
        int start = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        String header = dictionary + " ".repeat(start - unpadded) + "\n";
        float[] values = FloatArrays.flat(array);
        ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(start, Math.multiplyExact(values.length, Float.BYTES)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII));
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /**
     * Reads an array.
     *
     * @throws InvalidInputException if the file is none of version 1.0 with little-endian float32 in C order, or is
     *     longer or shorter than its header says
     */
    public static FloatNdArray read(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        if (all.length < PREFIX || !Arrays.equals(all, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new InvalidInputException("%s is not a NumPy array file of version 1.0", file);
        }
        ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC.length);
        int headerLength = Short.toUnsignedInt(bytes.getShort());
        if (headerLength > bytes.remaining()) {
            throw new InvalidInputException(
                    "%s ends inside its header: expected %d bytes of it, found %d",
                    file, headerLength, bytes.remaining());
        }
        String header = new String(all, PREFIX, headerLength, StandardCharsets.US_ASCII);
        Matcher fields = HEADER.matcher(header);
        if (!fields.matches()
                || !fields.group(1).equals("<f4")
                || !fields.group(2).equals("False")) {
            throw new InvalidInputException(
                    "%s holds %s; expected descr '<f4' (little-endian float32) and fortran_order False",
                    file, header.strip());
        }
        long[] shape = Arrays.stream(fields.group(3).split("[, ]+"))
                .filter(side -> !side.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        long expected = Arrays.stream(shape).reduce(1, Math::multiplyExact) * Float.BYTES;
        bytes.position(PREFIX + headerLength);
        if (bytes.remaining() != expected) {
            throw new InvalidInputException(
                    "%s holds %d bytes of values, expected %d for shape %s",
                    file, bytes.remaining(), expected, Arrays.toString(shape));
        }
        float[] values = new float[(int) (expected / Float.BYTES)];
        bytes.asFloatBuffer().get(values);
        return FloatArrays.of(values, shape);
    }
}

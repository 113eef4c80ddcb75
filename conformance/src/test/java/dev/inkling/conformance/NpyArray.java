package dev.inkling.conformance;

import dev.inkling.spi.FloatArrays;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.FloatNdArray;

/** What NumPy wrote: version 1.0, little-endian float32 in C order. */
final class NpyArray {

    private static final int PREFIX = 10;
    private static final Pattern HEADER =
            Pattern.compile("\\{'descr': '<f4', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\), } *\n");

    private NpyArray() {}

    static FloatNdArray read(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = Short.toUnsignedInt(bytes.getShort(PREFIX - Short.BYTES));
            String header = new String(bytes.array(), PREFIX, headerLength, StandardCharsets.US_ASCII);
            Matcher matcher = HEADER.matcher(header);
            if (!matcher.matches()) {
                throw new IllegalStateException(file + " is not float32 in C order: " + header);
            }
            long[] shape = Arrays.stream(matcher.group(1).split("[, ]+"))
                    .mapToLong(Long::parseLong)
                    .toArray();
            float[] values = new float[(bytes.capacity() - PREFIX - headerLength) / Float.BYTES];
            bytes.position(PREFIX + headerLength)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            return FloatArrays.of(values, shape);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

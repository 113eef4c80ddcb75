package dev.inkling.model.saved;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Trained values as TensorFlow keeps them: an index of names, shapes and places, and files of raw values. Read without running any
 * operation; every tensor is held against its checksum.
 *
 * @see <a href="https://github.com/tensorflow/tensorflow/blob/v2.18.0/tensorflow/core/util/tensor_bundle/tensor_bundle.h">the
 *     format of the files</a>, and of the <a
 *     href="https://github.com/google/leveldb/blob/1.23/doc/table_format.md">table in the index</a>
 */
final class TensorBundle {

    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int FOOTER = 48;

    /** Behind a block's content: how it is compressed, and a checksum. */
    private static final int TRAILER = 5;

    private static final int MASK = 0xa282ead8;

    private final Path index;
    private final List<Path> shards = new ArrayList<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(DataType type, TensorShapeProto shape, int shard, long offset, long size, int crc) {}

    private TensorBundle(Path index) {
        this.index = index;
    }

    /**
     * Reads the index and looks whether all files that it speaks of are there.
     *
     * @param prefix path of the files up to {@code .index}
     * @throws InvalidInputException if a file is missing or the index is damaged
     */
    static TensorBundle open(Path prefix) {
        TensorBundle bundle = new TensorBundle(sibling(prefix, ".index"));
        if (!Files.isRegularFile(bundle.index)) {
            throw new InvalidInputException(
                    "the model's variables are missing: there is no '%s'; copy the whole folder", bundle.index);
        }
        try {
            bundle.readIndex(Files.readAllBytes(bundle.index), prefix);
        } catch (IOException e) {
            throw new InvalidInputException(e, "cannot read '%s': %s", bundle.index, e.getMessage());
        } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException e) {
            throw bundle.damaged(e, "it is no table");
        }
        List<Path> missing = bundle.shards.stream()
                .filter(shard -> !Files.isRegularFile(shard))
                .toList();
        if (!missing.isEmpty()) {
            throw new InvalidInputException(
                    "the model's variables are not complete: of %d files these are missing: %s; copy the whole folder",
                    bundle.shards.size(), missing);
        }
        return bundle;
    }

    private static Path sibling(Path prefix, String end) {
        return prefix.resolveSibling(prefix.getFileName() + end);
    }

    private InvalidInputException damaged(Exception cause, String how) {
        return new InvalidInputException(cause, "'%s' is damaged: %s; copy or export the model again", index, how);
    }

    /** The files, the index first. */
    List<Path> files() {
        List<Path> files = new ArrayList<>(List.of(index));
        files.addAll(shards);
        return files;
    }

    private void readIndex(byte[] bytes, Path prefix) throws InvalidProtocolBufferException {
        ByteBuffer table = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < FOOTER || table.getLong(bytes.length - Long.BYTES) != MAGIC) {
            throw damaged(null, "it does not end as an index of variables does");
        }
        ByteBuffer footer = slice(table, bytes.length - FOOTER, FOOTER);
        varint(footer);
        varint(footer);
        Map<String, ByteBuffer> blocks = block(table, varint(footer), varint(footer));
        for (ByteBuffer handle : blocks.values()) {
            for (Map.Entry<String, ByteBuffer> entry :
                    block(table, varint(handle), varint(handle)).entrySet()) {
                UnknownFieldSet fields = UnknownFieldSet.parseFrom(ByteString.copyFrom(entry.getValue()));
                if (entry.getKey().isEmpty()) {
                    header(fields, prefix);
                } else {
                    entries.put(entry.getKey(), entry(fields));
                }
            }
        }
        if (shards.isEmpty()) {
            throw damaged(null, "it does not say how many files there are");
        }
    }

    private void header(UnknownFieldSet fields, Path prefix) {
        long count = number(fields, 1);
        if (count < 1 || count > 100_000 || number(fields, 2) != 0) {
            throw damaged(null, "expected little-endian values in at least one file");
        }
        for (int i = 0; i < count; i++) {
            shards.add(sibling(prefix, String.format(".data-%05d-of-%05d", i, count)));
        }
    }

    private static Entry entry(UnknownFieldSet fields) throws InvalidProtocolBufferException {
        List<ByteString> shape = fields.getField(2).getLengthDelimitedList();
        List<Integer> crc = fields.getField(6).getFixed32List();
        // A variable saved in slices has no values under its own name.
        boolean sliced = !fields.getField(7).getLengthDelimitedList().isEmpty();
        return new Entry(
                sliced ? DataType.DT_INVALID : DataType.forNumber((int) number(fields, 1)),
                shape.isEmpty() ? TensorShapeProto.getDefaultInstance() : TensorShapeProto.parseFrom(shape.get(0)),
                (int) number(fields, 3),
                number(fields, 4),
                number(fields, 5),
                crc.isEmpty() ? 0 : crc.get(0));
    }

    private static long number(UnknownFieldSet fields, int field) {
        List<Long> values = fields.getField(field).getVarintList();
        return values.isEmpty() ? 0 : values.get(values.size() - 1);
    }

    /** The entries of a block: keys share beginnings with those before them. */
    private Map<String, ByteBuffer> block(ByteBuffer table, long offset, long size) {
        ByteBuffer content = slice(table, offset, size + TRAILER);
        if (content.get((int) size) != 0) {
            throw damaged(null, "it is compressed, which TensorFlow does not do");
        }
        CRC32C crc = new CRC32C();
        crc.update(slice(content, 0, size + 1));
        if (masked(crc) != content.getInt((int) size + 1)) {
            throw damaged(null, "a checksum does not fit");
        }
        int restarts = content.getInt((int) size - Integer.BYTES);
        ByteBuffer entries = slice(content, 0, size - Integer.BYTES * (1L + restarts));
        Map<String, ByteBuffer> block = new LinkedHashMap<>();
        byte[] key = new byte[0];
        while (entries.hasRemaining()) {
            int shared = (int) varint(entries);
            int rest = (int) varint(entries);
            int length = (int) varint(entries);
            byte[] next = Arrays.copyOf(key, shared + rest);
            entries.get(next, shared, rest);
            key = next;
            block.put(new String(key, StandardCharsets.UTF_8), slice(entries, entries.position(), length));
            entries.position(entries.position() + length);
        }
        return block;
    }

    private static ByteBuffer slice(ByteBuffer buffer, long offset, long size) {
        return buffer.slice(Math.toIntExact(offset), Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long varint(ByteBuffer buffer) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = buffer.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is too long");
    }

    /** Checksums are stored so that one over data with checksums in it is no special case. */
    private static int masked(CRC32C crc) {
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }

    /**
     * The values of a variable.
     *
     * @param key its name in the bundle
     * @param variable what messages call it
     * @throws InvalidInputException if there is none, it is not whole, or it is of a type that no network computes with
     */
    TensorProto read(String key, String variable) {
        Entry entry = entries.get(key);
        if (entry == null) {
            throw new InvalidInputException(
                    "'%s' has no values for variable '%s' (it would be called '%s'); the folder was put together from parts"
                            + " of two models",
                    index, variable, key);
        }
        if (entry.type() == DataType.DT_INVALID) {
            throw new InvalidInputException(
                    "variable '%s' is saved in slices, which are not read; save the model without a partitioner",
                    variable);
        }
        long values = 1;
        for (TensorShapeProto.Dim dimension : entry.shape().getDimList()) {
            values = Math.multiplyExact(values, dimension.getSize());
        }
        if (entry.size() != values * size(entry.type(), variable)
                || entry.shard() < 0
                || entry.shard() >= shards.size()
                || entry.size() > Integer.MAX_VALUE - 1000) {
            throw damaged(null, "variable '" + variable + "' has " + entry.size() + " bytes for " + values + " values");
        }
        ByteBuffer content = ByteBuffer.allocate((int) entry.size());
        Path shard = shards.get(entry.shard());
        try (SeekableByteChannel channel = Files.newByteChannel(shard)) {
            channel.position(entry.offset());
            while (content.hasRemaining() && channel.read(content) >= 0) {
                continue;
            }
        } catch (IOException e) {
            throw new InvalidInputException(e, "cannot read '%s': %s", shard, e.getMessage());
        }
        CRC32C crc = new CRC32C();
        crc.update(content.array());
        if (content.hasRemaining() || masked(crc) != entry.crc()) {
            throw new InvalidInputException(
                    "'%s' is damaged: the values of variable '%s' are %s; copy or export the model again",
                    shard, variable, content.hasRemaining() ? "cut off" : "not those that were saved");
        }
        return TensorProto.newBuilder()
                .setDtype(entry.type())
                .setTensorShape(entry.shape())
                .setTensorContent(ByteString.copyFrom(content.array()))
                .build();
    }

    private static int size(DataType type, String variable) {
        return switch (type) {
            case DT_BOOL, DT_INT8, DT_UINT8 -> 1;
            case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16 -> 2;
            case DT_FLOAT, DT_INT32, DT_UINT32 -> 4;
            case DT_DOUBLE, DT_INT64, DT_UINT64 -> 8;
            default ->
                throw new InvalidInputException(
                        "variable '%s' holds values of type %s, expected numbers", variable, type);
        };
    }
}

package dev.inkling.model.saved;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** Writes variables as TensorFlow does, from the description of its format: an index of one block, and one file of values. */
public final class BundleWriter {

    private final TreeMap<String, byte[]> index = new TreeMap<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    public BundleWriter() {
        // One shard, little-endian, version 1.
        index.put("", new byte[] {8, 1, 26, 2, 8, 1});
    }

    public BundleWriter add(String key, float[] values, int... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        ByteArrayOutputStream sides = new ByteArrayOutputStream();
        for (int side : shape) {
            sides.writeBytes(new byte[] {18, 2, 8, (byte) side});
        }
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        entry.writeBytes(new byte[] {8, 1, 18, (byte) sides.size()});
        entry.writeBytes(sides.toByteArray());
        entry.write(32);
        varint(entry, data.size());
        entry.write(40);
        varint(entry, bytes.capacity());
        entry.write(53);
        entry.writeBytes(masked(bytes.array()));
        data.writeBytes(bytes.array());
        index.put(key, entry.toByteArray());
        return this;
    }

    public void write(Path folder) {
        ByteArrayOutputStream table = new ByteArrayOutputStream();
        byte[] entries = block(index);
        table.writeBytes(entries);
        int meta = table.size();
        table.writeBytes(block(new TreeMap<>()));
        int directory = table.size();
        TreeMap<String, byte[]> handles = new TreeMap<>();
        handles.put("~", handle(0, entries.length - 5));
        byte[] last = block(handles);
        table.writeBytes(last);
        ByteArrayOutputStream footer = new ByteArrayOutputStream();
        footer.writeBytes(handle(meta, directory - meta - 5));
        footer.writeBytes(handle(directory, last.length - 5));
        footer.writeBytes(new byte[40 - footer.size()]);
        footer.writeBytes(little(0xdb4775248b80fb57L));
        table.writeBytes(footer.toByteArray());
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve("variables.index"), table.toByteArray());
            Files.write(folder.resolve("variables.data-00000-of-00001"), data.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keys that share what they begin with, one restart, no compression, checksum. */
    private static byte[] block(TreeMap<String, byte[]> entries) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        String before = "";
        for (var entry : entries.entrySet()) {
            String key = entry.getKey();
            int shared = 0;
            while (shared < Math.min(key.length(), before.length()) && key.charAt(shared) == before.charAt(shared)) {
                shared++;
            }
            varint(block, shared);
            varint(block, key.length() - shared);
            varint(block, entry.getValue().length);
            block.writeBytes(key.substring(shared).getBytes(StandardCharsets.UTF_8));
            block.writeBytes(entry.getValue());
            before = key;
        }
        block.writeBytes(new byte[] {0, 0, 0, 0, 1, 0, 0, 0, 0});
        block.writeBytes(masked(block.toByteArray()));
        return block.toByteArray();
    }

    private static byte[] handle(int offset, int size) {
        ByteArrayOutputStream handle = new ByteArrayOutputStream();
        varint(handle, offset);
        varint(handle, size);
        return handle.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 127) {
            out.write(rest & 127 | 128);
            rest >>= 7;
        }
        out.write(rest);
    }

    private static byte[] masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        long value = crc.getValue();
        long masked = ((value >>> 15 | value << 17 & 0xffffffffL) + 0xa282ead8L) & 0xffffffffL;
        return Arrays.copyOf(little(masked), Integer.BYTES);
    }

    private static byte[] little(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }
}

package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * An IDX file of unsigned bytes, the format of MNIST: two zero bytes, the type of the values (08), the number of
 * dimensions, each dimension as a big-endian int, the values rows first.
 */
final class IdxFile {

    private static final int UNSIGNED_BYTE = 0x08;
    private static final int LABELS_RANK = 1;
    private static final int IMAGES_RANK = 3;
    private static final int COLOUR_IMAGES_RANK = 4;

    private final Path source;
    private final int[] shape;
    private final byte[] values;

    private IdxFile(Path source, int[] shape, byte[] values) {
        this.source = source;
        this.shape = shape;
        this.values = values;
    }

    /**
     * Images (N, H, W) or (N, H, W, C), gzip-compressed or not: the content tells, not the name.
     *
     * @throws InvalidInputException if the file is not wholly and exactly that
     */
    static IdxFile readImages(Path source) {
        return read(source, "images", IMAGES_RANK, COLOUR_IMAGES_RANK);
    }

    /**
     * Labels (N), gzip-compressed or not: the content tells, not the name.
     *
     * @throws InvalidInputException if the file is not wholly and exactly that
     */
    static IdxFile readLabels(Path source) {
        return read(source, "labels", LABELS_RANK, LABELS_RANK);
    }

    /**
     * Joins images with their labels.
     *
     * @throws InvalidInputException if their numbers differ or a label is none of the classes
     */
    static Dataset join(String name, IdxFile images, IdxFile labels, ClassNames classes) {
        if (images.shape[0] != labels.shape[0]) {
            throw new InvalidInputException(
                    "%s holds %d images, but %s holds %d labels; expected as many of both: take the two files from one place",
                    images.source, images.shape[0], labels.source, labels.shape[0]);
        }
        int last = classes.first() + classes.names().size() - 1;
        byte[] indices = new byte[labels.values.length];
        for (int i = 0; i < indices.length; i++) {
            int label = labels.values[i] & 0xFF;
            if (label < classes.first() || label > last) {
                throw new InvalidInputException(
                        "%s: label %d at position %d is outside %d to %d; the file is damaged, or its classes are to be named"
                                + " in a file %s beside it, one a line",
                        labels.source, label, i, classes.first(), last, IdxFolder.LABELS);
            }
            indices[i] = (byte) (label - classes.first());
        }
        int channels = images.shape.length == COLOUR_IMAGES_RANK ? images.shape[3] : 1;
        return new Dataset(name, images.shape[1], images.shape[2], channels, images.values, indices, classes.names());
    }

    /** The same images with rows and columns exchanged. */
    IdxFile transposed() {
        int height = shape[1];
        int width = shape[2];
        int channels = shape.length == COLOUR_IMAGES_RANK ? shape[3] : 1;
        byte[] turned = new byte[values.length];
        int out = 0;
        for (int image = 0; image < values.length; image += height * width * channels) {
            for (int x = 0; x < width; x++) {
                for (int y = 0; y < height; y++) {
                    for (int c = 0; c < channels; c++) {
                        turned[out++] = values[image + (y * width + x) * channels + c];
                    }
                }
            }
        }
        int[] turnedShape = shape.clone();
        turnedShape[1] = width;
        turnedShape[2] = height;
        return new IdxFile(source, turnedShape, turned);
    }

    /** SHA-256, in lower-case hexadecimal, of the uncompressed file. */
    String sha256() {
        ByteBuffer header = ByteBuffer.allocate(4 + 4 * shape.length);
        header.putInt(UNSIGNED_BYTE << 8 | shape.length);
        IntStream.of(shape).forEach(header::putInt);
        MessageDigest digest = Dataset.newSha256();
        digest.update(header.flip());
        digest.update(values);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static IdxFile read(Path source, String what, int minRank, int maxRank) {
        if (Files.isDirectory(source)) {
            throw new InvalidInputException("%s is a folder, expected an IDX file of %s", source, what);
        }
        if (!Files.exists(source)) {
            throw new InvalidInputException("%s does not exist, expected an IDX file of %s", source, what);
        }
        try (InputStream file = new BufferedInputStream(Files.newInputStream(source), 1 << 16)) {
            return parse(source, decompressed(file), what, minRank, maxRank);
        } catch (EOFException e) {
            throw new InvalidInputException(
                    e, "%s: the gzip data end early; the file is truncated, get it again", source);
        } catch (ZipException e) {
            throw new InvalidInputException(
                    e, "%s: the gzip data are corrupt (%s); get the file again", source, e.getMessage());
        } catch (IOException e) {
            throw new InvalidInputException(e, "%s cannot be read: %s", source, e);
        }
    }

    private static InputStream decompressed(InputStream file) throws IOException {
        file.mark(2);
        boolean gzip = file.read() == 0x1F && file.read() == 0x8B;
        file.reset();
        return gzip ? new GZIPInputStream(file, 1 << 16) : file;
    }

    private static IdxFile parse(Path source, InputStream in, String what, int minRank, int maxRank)
            throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length == 0) {
            throw new InvalidInputException("%s is empty, expected an IDX file of %s", source, what);
        }
        if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
            throw new InvalidInputException(
                    "%s is not an IDX file: it begins with the bytes %s, expected %s",
                    source, hex(magic), hex(new byte[] {0, 0, UNSIGNED_BYTE, (byte) minRank}));
        }
        if (magic[2] != UNSIGNED_BYTE) {
            throw new InvalidInputException(
                    "%s holds values of type 0x%02x (%s), expected 0x08 (unsigned byte)",
                    source, magic[2], typeName(magic[2]));
        }
        int rank = magic[3] & 0xFF;
        if (rank < minRank || rank > maxRank) {
            throw new InvalidInputException("%s holds %s, expected %s%s", source, kind(rank), what, advice(rank));
        }
        byte[] header = in.readNBytes(4 * rank);
        if (header.length < 4 * rank) {
            throw new InvalidInputException(
                    "%s ends within its header, after %d of %d bytes; the file is truncated, get it again",
                    source, 4 + header.length, 4 + 4 * rank);
        }
        int[] shape = new int[rank];
        ByteBuffer.wrap(header).asIntBuffer().get(shape);
        int count = count(source, shape);
        byte[] values = in.readNBytes(count);
        if (values.length < count) {
            throw new InvalidInputException(
                    "%s ends after %d of %d values (%s); the file is truncated, get it again",
                    source, values.length, count, text(shape));
        }
        long surplus = in.transferTo(OutputStream.nullOutputStream());
        if (surplus > 0) {
            throw new InvalidInputException(
                    "%s goes on for %d bytes after its %d values (%s); the file is damaged, get it again",
                    source, surplus, count, text(shape));
        }
        return new IdxFile(source, shape, values);
    }

    private static int count(Path source, int[] shape) {
        long count = 1;
        for (int side : shape) {
            if (side < 1) {
                throw new InvalidInputException(
                        "%s declares %s values; every dimension must be between 1 and %d",
                        source, text(shape), Integer.MAX_VALUE);
            }
            count = Math.multiplyExact(count, (long) side) > Integer.MAX_VALUE - 8
                    ? tooMany(source, shape)
                    : count * side;
        }
        return (int) count;
    }

    private static long tooMany(Path source, int[] shape) {
        throw new InvalidInputException(
                "%s declares %s values, more than the 2 GiB that are supported; the file is damaged, or to be split",
                source, text(shape));
    }

    private static String kind(int rank) {
        return switch (rank) {
            case LABELS_RANK -> "labels";
            case IMAGES_RANK, COLOUR_IMAGES_RANK -> "images";
            default -> "an array of rank " + rank;
        };
    }

    private static String advice(int rank) {
        return rank == LABELS_RANK || rank == IMAGES_RANK || rank == COLOUR_IMAGES_RANK
                ? "; the files of images and of labels seem to be swapped"
                : " (rank 1 is labels, 3 or 4 images)";
    }

    private static String typeName(byte type) {
        return switch (type) {
            case 0x09 -> "signed byte";
            case 0x0B -> "short";
            case 0x0C -> "int";
            case 0x0D -> "float";
            case 0x0E -> "double";
            default -> "unknown";
        };
    }

    private static String text(int[] shape) {
        return Arrays.stream(shape).mapToObj(Integer::toUnsignedString).collect(Collectors.joining("×"));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}

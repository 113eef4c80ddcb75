package dev.inkling.figures;

import dev.inkling.spi.InvalidInputException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as PNG files. */
public final class Png {

    private Png() {}

    /**
     * Writes a picture; the file is there whole or not at all, and replaces one of the same name. Folders on the way are
     * made.
     *
     * @throws InvalidInputException if it can't be written
     */
    public static void write(BufferedImage picture, Path file) {
        Path target = file.toAbsolutePath();
        Path beside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Files.createDirectories(target.getParent());
            try {
                Files.write(beside, bytes(picture), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                move(beside, target);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw new InvalidInputException(
                    e, "can't write picture %s (%s); choose a folder that can be written", file, e);
        }
    }

    /** A picture as the bytes of a PNG file; equal pictures give equal bytes. */
    public static byte[] bytes(BufferedImage picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // ImageIO's default stream would go through a temporary file.
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(picture, "png", stream)) {
                throw new IllegalArgumentException("no PNG of a picture of type " + picture.getType());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}

package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import net.coobird.thumbnailator.util.exif.ExifFilterUtils;
import net.coobird.thumbnailator.util.exif.ExifUtils;
import net.coobird.thumbnailator.util.exif.Orientation;

/** Decodes PNG and JPEG files as people see them: upright, and on white paper where they are transparent. */
final class ImageDecoder {

    private static final Set<String> FORMATS = Set.of("png", "jpeg");
    private static final long MAX_PIXELS = 100_000_000;

    /** Longer sides than twice this lose whole rows and columns while they are read, so memory stays bounded. */
    private static final int ENOUGH = 1000;

    private ImageDecoder() {}

    /**
     * Decodes a file.
     *
     * @return of type {@link BufferedImage#TYPE_INT_RGB}; grey files with the very levels that they hold
     * @throws InvalidInputException if the file is missing, not PNG or JPEG, damaged, or of more than 100 megapixels
     */
    static BufferedImage decode(Path file) {
        if (!Files.exists(file)) {
            throw new InvalidInputException("image %s does not exist; expected a PNG or JPEG file", file);
        }
        if (Files.isDirectory(file)) {
            throw new InvalidInputException("%s is a folder, expected a PNG or JPEG file", file);
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            if (in == null) {
                throw new InvalidInputException("image %s cannot be opened; may you read it?", file);
            }
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            ImageReader reader = readers.hasNext() ? readers.next() : null;
            if (reader == null || !FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
                throw new InvalidInputException(
                        "%s is not an image that can be read; expected a PNG or JPEG file", file);
            }
            try {
                return decode(file, in, reader);
            } finally {
                reader.dispose();
            }
        } catch (IOException e) {
            throw damaged(file, e);
        }
    }

    private static BufferedImage decode(Path file, ImageInputStream in, ImageReader reader) {
        boolean[] endsEarly = new boolean[1];
        reader.addIIOReadWarningListener((source, warning) -> endsEarly[0] |= warning.contains("remature end"));
        try {
            reader.setInput(in);
            long width = reader.getWidth(0);
            long height = reader.getHeight(0);
            if (width * height > MAX_PIXELS) {
                throw new InvalidInputException(
                        "image %s has %d×%d pixels, more than the 100 megapixels that are supported; scale it down",
                        file, width, height);
            }
            ImageReadParam parameters = reader.getDefaultReadParam();
            int step = (int) Math.max(1, Math.max(width, height) / ENOUGH);
            parameters.setSourceSubsampling(step, step, 0, 0);
            BufferedImage image = opaque(reader.read(0, parameters));
            if (endsEarly[0]) {
                throw new IOException("the file ends early");
            }
            Orientation orientation = orientation(reader);
            return orientation == null
                    ? image
                    : ExifFilterUtils.getFilterForOrientation(orientation).apply(image);
        } catch (InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // On damaged files the readers throw whatever comes.
            throw damaged(file, e);
        }
    }

    private static InvalidInputException damaged(Path file, Exception cause) {
        return new InvalidInputException(
                cause,
                "image %s cannot be decoded (%s); it is damaged or of a rare kind: save it anew as PNG",
                file,
                cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    }

    private static Orientation orientation(ImageReader reader) {
        try {
            return ExifUtils.getExifOrientation(reader, 0);
        } catch (IOException | RuntimeException e) {
            // The pixels are fine; only the note on how the camera was held is not.
            return null;
        }
    }

    private static BufferedImage opaque(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        ColorModel model = image.getColorModel();
        // Java converts grey as if it were linear light; the samples themselves are what the file holds.
        boolean grey = model.getNumColorComponents() == 1 && !(model instanceof IndexColorModel);
        int greatest = (1 << model.getComponentSize(0)) - 1;
        BufferedImage opaque = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        int[] samples = new int[width];
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            if (grey) {
                image.getRaster().getSamples(0, y, width, 1, 0, samples);
            }
            for (int x = 0; x < width; x++) {
                int alpha = row[x] >>> 24;
                int level = grey ? Math.round(255f * samples[x] / greatest) : 0;
                int rgb = grey ? level << 16 | level << 8 | level : row[x];
                row[x] = onWhite(rgb >> 16 & 0xFF, alpha) << 16
                        | onWhite(rgb >> 8 & 0xFF, alpha) << 8
                        | onWhite(rgb & 0xFF, alpha);
            }
            opaque.setRGB(0, y, width, 1, row, 0, width);
        }
        return opaque;
    }

    private static int onWhite(int level, int alpha) {
        return Math.round((level * alpha + 255 * (255 - alpha)) / 255f);
    }
}

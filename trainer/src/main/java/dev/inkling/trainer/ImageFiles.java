package dev.inkling.trainer;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.trainer.Ink.Picture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import net.coobird.thumbnailator.Thumbnails;
import org.tensorflow.ndarray.FloatNdArray;

/** Reads PNG and JPEG files of any size as a model wants them. */
public final class ImageFiles {

    private static final int GREY = 1;
    private static final int RGB = 3;

    /** Paler ink than this does not count for the size of a digit: JPEG blurs. */
    private static final float FAINT = 0.05f;

    /** A digit moved by whole pixels is at most half a pixel off; some room for rounding. */
    private static final double MISPLACED = 0.51;

    private ImageFiles() {}

    /**
     * Reads one image.
     *
     * <p>For a model of three channels the file is resized and its colours are scaled to the model's range. For a model of
     * one channel it is taken for a picture of something written, and gets the form of MNIST: the paper becomes 0 and full
     * ink 1, whichever was darker; the ink is scaled to fit 20/28 of the model's size and its centre of mass is put in the
     * middle. An image of the model's size that already has this form passes unchanged.
     *
     * <p>Transparency is taken for white; photographs are turned upright as their EXIF note says.
     *
     * @return (1, H, W, C) in the model's range, owned by the caller
     * @throws InvalidInputException if the file is missing, no PNG or JPEG, damaged, of more than 100 megapixels, or blank
     *     where ink is needed; or if the model's channels are neither 1 nor 3
     */
    public static FloatNdArray read(Path file, ModelSignature model) {
        if (model.channels() != GREY && model.channels() != RGB) {
            throw new InvalidInputException(
                    "model '%s' expects images of %d channels; image files give 1 (grey) or 3 (red, green, blue)",
                    model.name(), model.channels());
        }
        BufferedImage image = ImageDecoder.decode(file);
        float[] values = model.channels() == RGB
                ? colours(resized(image, model.width(), model.height()))
                : written(grey(image), file, model.height(), model.width());
        return model.range().fromUnit(FloatArrays.of(values, 1, model.height(), model.width(), model.channels()));
    }

    private static float[] written(Picture picture, Path file, int height, int width) {
        for (Picture candidate : new Picture[] {picture, inverted(picture)}) {
            if (hasForm(candidate, height, width)) {
                return candidate.values();
            }
        }
        Picture ink = Ink.find(picture)
                .orElseThrow(() -> new InvalidInputException(
                        "image %s is blank: no ink stands out from its paper; expected something written, dark on light or"
                                + " light on dark",
                        file));
        return framed(ink, height, width);
    }

    /** Whether this is ink on black of the model's size, framed as MNIST's. */
    static boolean hasForm(Picture picture, int height, int width) {
        if (picture.height() != height || picture.width() != width) {
            return false;
        }
        MnistFraming.Box ink = MnistFraming.inkBox(picture.values(), height, width, 0);
        int rowsToSpare = MnistFraming.box(height) - ink.height();
        int columnsToSpare = MnistFraming.box(width) - ink.width();
        if (rowsToSpare < 0 || columnsToSpare < 0 || rowsToSpare > 1 && columnsToSpare > 1) {
            return false;
        }
        double[] centre = MnistFraming.centreOfMass(picture.values(), width, ink);
        return Math.abs(ink.top() + centre[0] - height / 2) < MISPLACED
                        && Math.abs(ink.left() + centre[1] - width / 2) < MISPLACED
                || Arrays.equals(picture.values(), MnistFraming.centred(picture.values(), width, ink, height, width));
    }

    private static float[] framed(Picture picture, int height, int width) {
        MnistFraming.Box box = MnistFraming.inkBox(picture.values(), picture.height(), picture.width(), FAINT);
        double scale = Math.min(
                (double) MnistFraming.box(height) / box.height(), (double) MnistFraming.box(width) / box.width());
        int columns = (int) Math.max(1, Math.round(box.width() * scale));
        int rows = (int) Math.max(1, Math.round(box.height() * scale));
        float[] ink = grey(resized(image(picture, box), columns, rows)).values();
        // A line thinner than a pixel has become pale.
        float[] ascending = ink.clone();
        Arrays.sort(ascending);
        float most = ascending[ascending.length - 1];
        int dark = 0;
        while (ascending[dark] <= most / 2) {
            dark++;
        }
        float full = ascending[dark + (ascending.length - dark) * 3 / 4];
        for (int i = 0; i < ink.length; i++) {
            ink[i] = Math.min(1, ink[i] / full);
        }
        return MnistFraming.centred(ink, columns, new MnistFraming.Box(0, 0, rows, columns), height, width);
    }

    /** Stretched to exactly this size. */
    static BufferedImage resized(BufferedImage image, int width, int height) {
        if (image.getWidth() == width && image.getHeight() == height) {
            return image;
        }
        try {
            return Thumbnails.of(image).forceSize(width, height).asBufferedImage();
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is read or written here", e);
        }
    }

    private static BufferedImage image(Picture picture, MnistFraming.Box box) {
        BufferedImage image = new BufferedImage(box.width(), box.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < box.height(); y++) {
            for (int x = 0; x < box.width(); x++) {
                int level = Math.round(255 * picture.values()[(box.top() + y) * picture.width() + box.left() + x]);
                image.setRGB(x, y, level << 16 | level << 8 | level);
            }
        }
        return image;
    }

    /** Brightness as television has it (ITU-R BT.601): 0.299 red + 0.587 green + 0.114 blue. */
    private static Picture grey(BufferedImage image) {
        int[] rgb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        float[] values = new float[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            int weighted = 299 * (rgb[i] >> 16 & 0xFF) + 587 * (rgb[i] >> 8 & 0xFF) + 114 * (rgb[i] & 0xFF);
            values[i] = Math.round(weighted / 1000f) / 255f;
        }
        return new Picture(values, image.getHeight(), image.getWidth());
    }

    private static Picture inverted(Picture picture) {
        float[] values = picture.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = (255 - Math.round(255 * values[i])) / 255f;
        }
        return new Picture(values, picture.height(), picture.width());
    }

    private static float[] colours(BufferedImage image) {
        int[] rgb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        float[] values = new float[3 * rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            values[3 * i] = (rgb[i] >> 16 & 0xFF) / 255f;
            values[3 * i + 1] = (rgb[i] >> 8 & 0xFF) / 255f;
            values[3 * i + 2] = (rgb[i] & 0xFF) / 255f;
        }
        return values;
    }
}

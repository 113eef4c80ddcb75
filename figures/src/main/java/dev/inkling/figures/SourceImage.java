package dev.inkling.figures;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.awt.image.BufferedImage;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

/** An image that a model was asked about, ready to be shown: values in [0, 1], rows first, channels last. */
final class SourceImage {

    private final int height;
    private final int width;
    private final int channels;
    private final float[] values;

    private SourceImage(int height, int width, int channels, float[] values) {
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.values = values;
    }

    /**
     * The first image of (N, H, W, C). Values outside [0, 1] mean another range, which is then the image's own minimum to
     * maximum; what is not finite is shown as that minimum.
     *
     * @throws InvalidInputException if the array has no such shape or holds no image
     */
    static SourceImage first(FloatNdArray images) {
        Shape shape = images.shape();
        if (shape.numDimensions() != 4 || shape.size() == 0) {
            throw new InvalidInputException(
                    "picture of an image with shape %s, expected (N, H, W, C) with at least one pixel", shape);
        }
        float[] values = FloatArrays.flat(images.get(0));
        float min = 0;
        float max = 1;
        for (float value : values) {
            if (Float.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.isFinite(values[i]) ? (float) (((double) values[i] - min) / ((double) max - min)) : 0;
        }
        return new SourceImage((int) shape.get(1), (int) shape.get(2), (int) shape.get(3), values);
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    /** In colour where there are three channels, else grey. */
    BufferedImage picture(DisplaySize size) {
        if (channels != 3) {
            float[] grey = grey(size);
            return picture(grey, grey, grey, size);
        }
        return picture(channel(0, size), channel(1, size), channel(2, size), size);
    }

    /** Brightness at this size: luma (ITU-R BT.601) of three channels, the mean of any other number. */
    float[] grey(DisplaySize size) {
        float[] grey = new float[height * width];
        for (int i = 0; i < grey.length; i++) {
            if (channels == 3) {
                grey[i] = 0.299f * values[3 * i] + 0.587f * values[3 * i + 1] + 0.114f * values[3 * i + 2];
            } else {
                float sum = 0;
                for (int c = 0; c < channels; c++) {
                    sum += values[channels * i + c];
                }
                grey[i] = sum / channels;
            }
        }
        return Resampling.crisp(grey, height, width, size.height(), size.width());
    }

    private float[] channel(int channel, DisplaySize size) {
        float[] plane = new float[height * width];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = values[channels * i + channel];
        }
        return Resampling.crisp(plane, height, width, size.height(), size.width());
    }

    private static BufferedImage picture(float[] red, float[] green, float[] blue, DisplaySize size) {
        BufferedImage picture = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < red.length; i++) {
            int rgb = Math.round(255 * red[i]) << 16 | Math.round(255 * green[i]) << 8 | Math.round(255 * blue[i]);
            picture.setRGB(i % size.width(), i / size.width(), rgb);
        }
        return picture;
    }
}

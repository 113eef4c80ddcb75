package dev.inkling.figures;

import dev.inkling.spi.InvalidInputException;
import java.awt.image.BufferedImage;
import org.tensorflow.ndarray.FloatNdArray;

/** A heat map laid over the grey image: the opacity is proportional to |value|, so that zero leaves the image as it is. */
public final class Overlay {

    private static final int BOX = 224;

    /** Of the strongest value; below 1, so that the image shows through everywhere. */
    private static final double OPACITY = 0.8;

    private Overlay() {}

    /**
     * The overlay at the largest whole multiple of the image that fits 224 pixels (larger images are shrunk to fit). Where
     * the map has a {@link Heatmap#verdict()} this is the grey image alone.
     *
     * @param image (N, H, W, C), of which the first is drawn; values in [0, 1], or in any range, which is then stretched
     * @throws InvalidInputException if the image has another shape
     */
    public static BufferedImage of(FloatNdArray image, Heatmap map) {
        SourceImage input = SourceImage.first(image);
        return of(input, map, DisplaySize.fit(input.height(), input.width(), BOX));
    }

    static BufferedImage of(SourceImage image, Heatmap map, DisplaySize size) {
        float[] grey = image.grey(size);
        float[] shares =
                map.verdict().isPresent() ? new float[grey.length] : map.shown(image.height(), image.width(), size);
        ColorMap colors = ColorMap.of(map.sign());
        BufferedImage picture = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < grey.length; i++) {
            int rgb = blend(255 * grey[i], colors.tint(shares[i]), OPACITY * Math.min(1, Math.abs(shares[i])));
            picture.setRGB(i % size.width(), i / size.width(), rgb);
        }
        return picture;
    }

    private static int blend(double grey, int color, double opacity) {
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            rgb |= (int) Math.round(grey + opacity * ((color >> shift & 0xff) - grey)) << shift;
        }
        return rgb;
    }
}

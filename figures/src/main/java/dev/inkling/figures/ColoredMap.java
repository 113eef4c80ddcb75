package dev.inkling.figures;

import java.awt.image.BufferedImage;

/** A bare heat map in colour. */
final class ColoredMap {

    private ColoredMap() {}

    static BufferedImage of(Heatmap map, SourceImage image, DisplaySize size) {
        ColorMap colors = ColorMap.of(map.sign());
        float[] shares = map.shown(image.height(), image.width(), size);
        BufferedImage picture = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < shares.length; i++) {
            picture.setRGB(i % size.width(), i / size.width(), colors.rgb(shares[i]));
        }
        return picture;
    }
}

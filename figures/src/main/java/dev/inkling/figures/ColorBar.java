package dev.inkling.figures;

import java.awt.Font;
import java.awt.image.BufferedImage;

/** What the colours of a map mean: the colours from end to end, and ticks with numbers under them. */
final class ColorBar {

    static final int HEIGHT = 10;

    private ColorBar() {}

    /** The colours alone; the first and the last column have the map's end colours. */
    static BufferedImage of(ColorMap colors, int width) {
        BufferedImage bar = new BufferedImage(width, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < width; x++) {
            int rgb = colors.rgb(colors.lowest() + (1 - colors.lowest()) * x / (width - 1));
            for (int y = 0; y < HEIGHT; y++) {
                bar.setRGB(x, y, rgb);
            }
        }
        return bar;
    }

    /** Draws the bar of a map with five ticks, of which the ends and, given room, the middle are numbered. */
    static void draw(Sheet sheet, Heatmap map, int x, int y, int width, Font font) {
        ColorMap colors = ColorMap.of(map.sign());
        sheet.framed(of(colors, width), x, y);
        int below = y + HEIGHT + 1;
        for (int tick = 0; tick <= 4; tick++) {
            sheet.fill(x + Math.round((width - 1) * tick / 4f), below, 1, tick % 2 == 0 ? 4 : 3, Sheet.NEUTRAL);
        }
        double baseline = below + 5 + font.getSize2D();
        double limit = map.limit();
        String low = Numbers.rounded(colors.lowest() * limit);
        String middle = Numbers.rounded((1 + colors.lowest()) / 2 * limit);
        String high = Numbers.rounded(limit);
        sheet.text(low, x, baseline, font, Sheet.MUTED);
        sheet.textEndingAt(x + width, high, baseline, font, Sheet.MUTED);
        double room = width / 2.0 - Math.max(Text.width(low, font), Text.width(high, font)) - 8;
        if (Text.width(middle, font) / 2 <= room) {
            sheet.textAround(x + width / 2.0, middle, baseline, font, Sheet.MUTED);
        }
    }
}

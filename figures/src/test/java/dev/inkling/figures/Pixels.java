package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;

/** Looks at pictures. */
final class Pixels {

    static final int WHITE = 0xffffff;

    private Pixels() {}

    /** 0xRRGGBB. */
    static int at(BufferedImage picture, int x, int y) {
        return picture.getRGB(x, y) & 0xffffff;
    }

    /** The smallest rectangle with everything that differs; empty where nothing does. */
    static Rectangle difference(BufferedImage one, BufferedImage other) {
        assertThat(other.getWidth()).isEqualTo(one.getWidth());
        assertThat(other.getHeight()).isEqualTo(one.getHeight());
        Rectangle box = new Rectangle(0, 0, -1, -1);
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                if (at(one, x, y) != at(other, x, y)) {
                    box.add(new Rectangle(x, y, 1, 1));
                }
            }
        }
        return box;
    }

    /** The smallest rectangle with everything that is not white. */
    static Rectangle drawn(BufferedImage picture) {
        BufferedImage white = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < white.getHeight(); y++) {
            for (int x = 0; x < white.getWidth(); x++) {
                white.setRGB(x, y, WHITE);
            }
        }
        return difference(picture, white);
    }

    /** How many pixels of a part have exactly this colour. */
    static int count(BufferedImage picture, Rectangle part, int rgb) {
        int count = 0;
        for (int y = part.y; y < part.y + part.height; y++) {
            for (int x = part.x; x < part.x + part.width; x++) {
                count += at(picture, x, y) == rgb ? 1 : 0;
            }
        }
        return count;
    }

    static int count(BufferedImage picture, int rgb) {
        return count(picture, new Rectangle(picture.getWidth(), picture.getHeight()), rgb);
    }

    /** Nothing is cut off: everything drawn keeps this distance from the border. */
    static void assertMargin(BufferedImage picture, int margin) {
        Rectangle inner =
                new Rectangle(margin, margin, picture.getWidth() - 2 * margin, picture.getHeight() - 2 * margin);
        Rectangle drawn = drawn(picture);
        assertThat(inner.contains(drawn)).as("%s keeps within %s", drawn, inner).isTrue();
    }

    static void assertSame(BufferedImage part, BufferedImage picture, int x, int y) {
        assertThat(difference(part, copy(picture.getSubimage(x, y, part.getWidth(), part.getHeight()))))
                .as("difference at %d, %d", x, y)
                .matches(Rectangle::isEmpty);
    }

    private static BufferedImage copy(BufferedImage picture) {
        BufferedImage copy = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < copy.getHeight(); y++) {
            for (int x = 0; x < copy.getWidth(); x++) {
                copy.setRGB(x, y, picture.getRGB(x, y));
            }
        }
        return copy;
    }
}

package dev.inkling.figures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;

/** A white page to draw on. */
final class Sheet implements AutoCloseable {

    static final Color TEXT = new Color(0x1f2933);
    static final Color MUTED = new Color(0x66727f);
    static final Color HAIRLINE = new Color(0xd5dae0);
    static final Color SURFACE = new Color(0xf3f5f7);
    static final Color RIGHT = new Color(0x1f9254);
    static final Color WRONG = new Color(0xcf3039);
    static final Color NEUTRAL = new Color(0x8a97a5);

    private final BufferedImage picture;
    private final Graphics2D graphics;

    Sheet(int width, int height) {
        picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
    }

    BufferedImage picture() {
        return picture;
    }

    /** To draw on a part of the page, with its upper left corner as origin; the caller disposes of it. */
    Graphics2D part(int x, int y, int width, int height) {
        return (Graphics2D) graphics.create(x, y, width, height);
    }

    void text(String text, double x, double baseline, Font font, Color color) {
        graphics.setFont(font);
        graphics.setColor(color);
        graphics.drawString(text, (float) x, (float) baseline);
    }

    void textEndingAt(double right, String text, double baseline, Font font, Color color) {
        text(text, right - Text.width(text, font), baseline, font, color);
    }

    void textAround(double center, String text, double baseline, Font font, Color color) {
        text(text, center - Text.width(text, font) / 2, baseline, font, color);
    }

    /** Turned by a quarter, to be read from below: the baseline is a vertical line, the text begins at the bottom. */
    void textUpwards(String text, double baseline, double bottom, Font font, Color color) {
        AffineTransform upright = graphics.getTransform();
        graphics.translate(baseline, bottom);
        graphics.rotate(-Math.PI / 2);
        text(text, 0, 0, font, color);
        graphics.setTransform(upright);
    }

    void image(BufferedImage image, int x, int y) {
        graphics.drawImage(image, x, y, null);
    }

    /** A picture with a hairline around it, which keeps light ones apart from the page. */
    void framed(BufferedImage image, int x, int y) {
        fill(x - 1, y - 1, image.getWidth() + 2, image.getHeight() + 2, HAIRLINE);
        image(image, x, y);
    }

    void fill(int x, int y, int width, int height, Color color) {
        graphics.setColor(color);
        graphics.fillRect(x, y, width, height);
    }

    void rounded(double x, double y, double width, double height, Color color) {
        graphics.setColor(color);
        graphics.fill(new RoundRectangle2D.Double(x, y, width, height, height, height));
    }

    void line(double fromX, double fromY, double toX, double toY, float thickness, Color color) {
        Path2D path = new Path2D.Double();
        path.moveTo(fromX, fromY);
        path.lineTo(toX, toY);
        stroke(path, thickness, color);
    }

    void disc(double centerX, double centerY, double radius, Color color) {
        graphics.setColor(color);
        graphics.fill(new Ellipse2D.Double(centerX - radius, centerY - radius, 2 * radius, 2 * radius));
    }

    /** A tick on a green disc or a cross on a red one. */
    void mark(boolean right, double x, double y, double size) {
        disc(x + size / 2, y + size / 2, size / 2, right ? RIGHT : WRONG);
        Path2D path = new Path2D.Double();
        if (right) {
            path.moveTo(x + 0.27 * size, y + 0.53 * size);
            path.lineTo(x + 0.43 * size, y + 0.69 * size);
            path.lineTo(x + 0.74 * size, y + 0.34 * size);
        } else {
            path.moveTo(x + 0.32 * size, y + 0.32 * size);
            path.lineTo(x + 0.68 * size, y + 0.68 * size);
            path.moveTo(x + 0.68 * size, y + 0.32 * size);
            path.lineTo(x + 0.32 * size, y + 0.68 * size);
        }
        stroke(path, (float) (0.12 * size), Color.WHITE);
    }

    private void stroke(Path2D path, float thickness, Color color) {
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke(thickness, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(path);
    }

    @Override
    public void close() {
        graphics.dispose();
    }
}

package dev.inkling.figures;

import dev.inkling.spi.InvalidInputException;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/** One image and its overlays side by side, small: to be seen again and again while a model learns. */
public final class AttentionStrip {

    private static final int MARGIN = 10;
    private static final int GAP = 8;
    private static final int BOX = 140;
    private static final int NARROWEST = 120;
    private static final int HEADER = 30;
    private static final int CAPTION = 24;

    private AttentionStrip() {}

    /**
     * Draws the strip; its size depends on the image's and the number of panels alone.
     *
     * @param image (N, H, W, C), of which the first is drawn; values in [0, 1], or in any range, which is then stretched
     * @param moment when this is, such as {@code epoch 3}
     * @param panels the methods from left to right
     * @throws InvalidInputException if the image has another shape
     */
    public static BufferedImage render(FloatNdArray image, Prediction prediction, String moment, List<Panel> panels) {
        SourceImage input = SourceImage.first(image);
        DisplaySize size = DisplaySize.fit(input.height(), input.width(), BOX);
        int column = Math.max(NARROWEST, size.width());
        int width = 2 * MARGIN + (1 + panels.size()) * column + panels.size() * GAP;
        int height = 2 * MARGIN + HEADER + size.height() + CAPTION;
        Font small = Fonts.regular(14);
        try (Sheet sheet = new Sheet(width, height)) {
            header(sheet, prediction, moment, width - 2 * MARGIN);
            int y = MARGIN + HEADER;
            sheet.framed(input.picture(size), MARGIN, y);
            for (int i = 0; i <= panels.size(); i++) {
                int x = MARGIN + i * (column + GAP);
                String caption = i == 0 ? "image" : panels.get(i - 1).title();
                if (i > 0) {
                    Heatmap map = panels.get(i - 1).map();
                    sheet.framed(Overlay.of(input, map, size), x, y);
                    caption += map.verdict().isPresent() ? ": empty" : "";
                }
                sheet.text(Text.fit(caption, small, column), x, y + size.height() + 18, small, Sheet.MUTED);
            }
            return sheet.picture();
        }
    }

    private static void header(Sheet sheet, Prediction prediction, String moment, int width) {
        Font bold = Fonts.bold(16);
        Font regular = Fonts.regular(16);
        int x = MARGIN;
        if (prediction.right().isPresent()) {
            sheet.mark(prediction.right().get(), x, MARGIN, 20);
            x += 28;
        }
        sheet.textEndingAt(MARGIN + width, moment, MARGIN + 16, regular, Sheet.MUTED);
        double room = MARGIN + width - x - Text.width(moment, regular) - GAP;
        String said = Text.fit(
                prediction.best().label() + "  "
                        + Numbers.probability(prediction.best().probability(), 3),
                bold,
                room);
        sheet.text(said, x, MARGIN + 16, bold, Sheet.TEXT);
        if (!prediction.right().orElse(true)) {
            double from = x + Text.width(said, bold);
            String truth = Text.fit("  is " + prediction.truth().orElseThrow(), regular, x + room - from);
            sheet.text(truth, from, MARGIN + 16, regular, Sheet.TEXT);
        }
    }
}

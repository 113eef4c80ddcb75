package dev.inkling.figures;

import dev.inkling.spi.InvalidInputException;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/** Images in rows and columns, every column under a heading. */
public final class ImageGrid {

    private static final int MARGIN = 36;
    private static final int HEADER = 62;
    private static final int HEADING_LINE = 15;
    private static final int HEADING_LINES = 2;
    private static final int GAP = 10;
    private static final int BOX = 84;

    private ImageGrid() {}

    /**
     * A column.
     *
     * @param heading what its images have in common
     * @param images from top to bottom, each (1, H, W, C) in [0, 1]
     */
    public record Column(String heading, List<FloatNdArray> images) {

        public Column {
            images = List.copyOf(images);
        }
    }

    /**
     * Draws the page.
     *
     * @throws InvalidInputException if there is no image, or the columns are not of one length
     */
    public static BufferedImage render(String title, String subtitle, List<Column> columns) {
        int rows = columns.isEmpty() ? 0 : columns.get(0).images().size();
        if (rows == 0 || columns.stream().anyMatch(column -> column.images().size() != rows)) {
            throw new InvalidInputException(
                    "grid of columns with %s images, expected one number above 0",
                    columns.stream().map(column -> column.images().size()).toList());
        }
        Font headline = Fonts.bold(20);
        Font body = Fonts.regular(13);
        Font small = Fonts.regular(11);
        int top = MARGIN + HEADER + HEADING_LINES * HEADING_LINE + 6;
        int width = 2 * MARGIN + columns.size() * (BOX + GAP) - GAP;
        int height = top + rows * (BOX + GAP) - GAP + MARGIN;
        try (Sheet sheet = new Sheet(width, height)) {
            sheet.text(Text.fit(title, headline, width - 2.0 * MARGIN), MARGIN, MARGIN + 19, headline, Sheet.TEXT);
            sheet.text(Text.fit(subtitle, body, width - 2.0 * MARGIN), MARGIN, MARGIN + 42, body, Sheet.MUTED);
            int x = MARGIN;
            for (Column column : columns) {
                int baseline = MARGIN + HEADER + HEADING_LINE - 4;
                for (String line : Text.wrap(column.heading(), small, BOX, HEADING_LINES)) {
                    sheet.text(line, x, baseline, small, Sheet.MUTED);
                    baseline += HEADING_LINE;
                }
                int y = top;
                for (FloatNdArray image : column.images()) {
                    SourceImage source = SourceImage.first(image);
                    sheet.framed(source.picture(DisplaySize.fit(source.height(), source.width(), BOX)), x, y);
                    y += BOX + GAP;
                }
                x += BOX + GAP;
            }
            return sheet.picture();
        }
    }
}

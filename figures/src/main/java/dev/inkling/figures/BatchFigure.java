package dev.inkling.figures;

import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.InvalidInputException;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Objects;
import org.tensorflow.ndarray.FloatNdArray;

/** Many images on one page: for each the image, the overlay and the bare heat map of one method, and whether the model is right. */
public final class BatchFigure {

    private static final int MARGIN = 36;
    private static final int GAP = 8;
    private static final int GROUP_GAP = 40;
    private static final int ROW_GAP = 18;
    private static final int HEADER = 90;
    private static final int CAPTION = 24;
    private static final int FOOT = 20;
    private static final int LEGEND_BAR = 160;
    private static final int LEGEND_LABEL = 28;
    private static final int LEGEND_LINE = 20;
    private static final int NARROWEST_CELL = 72;
    private static final double ASPECT = 1.1;

    private final Sheet sheet;
    private final int box;
    private final int tileWidth;

    private final Font headline = Fonts.bold(20);
    private final Font body = Fonts.regular(13);
    private final Font caption = Fonts.bold(12);
    private final Font small = Fonts.regular(10.5f);

    private BatchFigure(Sheet sheet, int box) {
        this.sheet = sheet;
        this.box = box;
        this.tileWidth = tileWidth(box);
    }

    /**
     * One image of the batch.
     *
     * @param image (N, H, W, C), of which the first is drawn; values in [0, 1], or in any range, which is then stretched
     * @param name which image this is, such as {@code 17} or a file's name
     */
    public record Row(FloatNdArray image, Prediction prediction, Heatmap map, String name) {

        public Row {
            Objects.requireNonNull(image, "image");
            Objects.requireNonNull(prediction, "prediction");
            Objects.requireNonNull(map, "map");
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * Draws the page, in as many column groups as make it roughly square; images in reading order.
     *
     * @param mapTitle the method, such as {@code Grad-CAM}
     * @param rows at least one image
     * @throws InvalidInputException if there is none or one has another shape
     */
    public static BufferedImage render(String mapTitle, List<Row> rows) {
        if (rows.isEmpty()) {
            throw new InvalidInputException("picture of a batch without images, expected at least one");
        }
        int box = rows.size() <= 4 ? 160 : rows.size() <= 12 ? 128 : 96;
        List<SourceImage> images =
                rows.stream().map(row -> SourceImage.first(row.image())).toList();
        List<Sign> signs = signs(rows);
        // Cells are as large as the largest picture in them, so that small ones do not float in empty space.
        int cell = images.stream()
                .map(image -> DisplaySize.fit(image.height(), image.width(), box))
                .mapToInt(size -> Math.max(size.height(), size.width()))
                .reduce(NARROWEST_CELL, Math::max);
        int tileHeight = CAPTION + cell + FOOT;
        int groups = groups(rows.size(), tileWidth(cell) + GROUP_GAP, tileHeight + ROW_GAP);
        int lines = (rows.size() + groups - 1) / groups;
        int width = 2 * MARGIN + groups * tileWidth(cell) + (groups - 1) * GROUP_GAP;
        int height = 2 * MARGIN
                + HEADER
                + lines * (tileHeight + ROW_GAP)
                + LEGEND_LINE * (signs.isEmpty() ? 0 : signs.size() + 1);
        try (Sheet sheet = new Sheet(width, height)) {
            BatchFigure figure = new BatchFigure(sheet, cell);
            figure.header(mapTitle, rows, groups, width - 2 * MARGIN);
            for (int i = 0; i < rows.size(); i++) {
                int x = MARGIN + i % groups * (figure.tileWidth + GROUP_GAP);
                int y = MARGIN + HEADER + i / groups * (tileHeight + ROW_GAP);
                DisplaySize size =
                        DisplaySize.fit(images.get(i).height(), images.get(i).width(), box);
                figure.tile(rows.get(i), images.get(i), size, x, y);
            }
            figure.legend(signs, MARGIN + HEADER + lines * (tileHeight + ROW_GAP) + 4);
            return sheet.picture();
        }
    }

    private static int tileWidth(int cell) {
        return 3 * cell + 2 * GAP;
    }

    private static int groups(int count, int width, int height) {
        int best = 1;
        double least = Double.POSITIVE_INFINITY;
        for (int groups = 1; groups <= count; groups++) {
            int lines = (count + groups - 1) / groups;
            double distance = Math.abs(Math.log((double) groups * width / (lines * height) / ASPECT));
            if (distance < least) {
                least = distance;
                best = groups;
            }
        }
        return best;
    }

    private void header(String mapTitle, List<Row> rows, int groups, int width) {
        sheet.text(Text.fit(mapTitle, headline, width), MARGIN, MARGIN + 19, headline, Sheet.TEXT);
        long right = count(rows, true);
        long wrong = count(rows, false);
        String summary = rows.size() == 1 ? "1 image" : rows.size() + " images";
        if (right + wrong > 0) {
            long unknown = rows.size() - right - wrong;
            summary += ": " + right + " right, " + wrong + " wrong" + (unknown > 0 ? ", " + unknown + " unknown" : "");
        }
        sheet.text(Text.fit(summary, body, width), MARGIN, MARGIN + 42, body, Sheet.MUTED);
        for (int group = 0; group < groups; group++) {
            int x = MARGIN + group * (tileWidth + GROUP_GAP);
            sheet.text("original", x, MARGIN + 72, small, Sheet.MUTED);
            sheet.text("overlay", x + box + GAP, MARGIN + 72, small, Sheet.MUTED);
            sheet.text("heat map", x + 2 * (box + GAP), MARGIN + 72, small, Sheet.MUTED);
        }
    }

    private static long count(List<Row> rows, boolean right) {
        return rows.stream()
                .filter(row ->
                        row.prediction().right().filter(is -> is == right).isPresent())
                .count();
    }

    private void tile(Row row, SourceImage image, DisplaySize size, int x, int y) {
        caption(row, x, y);
        int top = y + CAPTION;
        Heatmap map = row.map();
        sheet.framed(image.picture(size), x, top);
        if (map.verdict().isPresent()) {
            note(map.verdict().get().text(), size, x + box + GAP, top);
            return;
        }
        sheet.framed(Overlay.of(image, map, size), x + box + GAP, top);
        sheet.framed(ColoredMap.of(map, image, size), x + 2 * (box + GAP), top);
        String range = Numbers.rounded(map.min()) + " to " + Numbers.rounded(map.max());
        sheet.textEndingAt(x + tileWidth, range, top + size.height() + 14, small, Sheet.MUTED);
    }

    private void caption(Row row, int x, int y) {
        Prediction prediction = row.prediction();
        String probability = " (" + Numbers.probability(prediction.best().probability(), 2) + ")";
        double from = x;
        if (prediction.right().isPresent()) {
            sheet.mark(prediction.right().get(), x, y + 1, 14);
            from += 20;
        }
        double nameWidth = Math.min(Text.width(row.name(), small), tileWidth * 0.35);
        double room = x + tileWidth - from - nameWidth - 12 - Text.width(probability, caption);
        String labels = prediction.best().label();
        if (prediction.truth().isPresent()) {
            double half = (room - Text.width(" → ", caption)) / 2;
            String whole = prediction.truth().get() + " → " + labels;
            labels = Text.width(whole, caption) <= room
                    ? whole
                    : Text.fit(prediction.truth().get(), caption, half) + " → " + Text.fit(labels, caption, half);
        }
        boolean wrong = prediction.right().filter(right -> !right).isPresent();
        sheet.text(
                Text.fit(labels, caption, room) + probability, from, y + 12, caption, wrong ? Sheet.WRONG : Sheet.TEXT);
        sheet.textEndingAt(x + tileWidth, Text.fit(row.name(), small, nameWidth), y + 12, small, Sheet.MUTED);
    }

    /** In place of overlay and heat map: the words need the room, and the image stands beside them. */
    private void note(String verdict, DisplaySize size, int x, int y) {
        int width = 2 * box + GAP;
        int height = Math.max(size.height(), 40);
        sheet.fill(x - 1, y - 1, width + 2, height + 2, Sheet.SURFACE);
        List<String> lines = Text.wrap(verdict, small, width - 20, (height - 8) / 14);
        int baseline = y + (height - 14 * lines.size()) / 2 + 11;
        for (String line : lines) {
            sheet.text(line, x + 10, baseline, small, Sheet.TEXT);
            baseline += 14;
        }
    }

    private static List<Sign> signs(List<Row> rows) {
        return rows.stream()
                .map(Row::map)
                .filter(map -> map.verdict().isEmpty())
                .map(Heatmap::sign)
                .distinct()
                .sorted()
                .toList();
    }

    private void legend(List<Sign> signs, int y) {
        int bar = Math.min(LEGEND_BAR, tileWidth - 2 * LEGEND_LABEL);
        for (Sign sign : signs) {
            sheet.text(sign == Sign.SIGNED ? "−m" : "0", MARGIN, y + 9, small, Sheet.MUTED);
            sheet.framed(ColorBar.of(ColorMap.of(sign), bar), MARGIN + LEGEND_LABEL, y);
            sheet.text("m", MARGIN + LEGEND_LABEL + bar + 8, y + 9, small, Sheet.MUTED);
            y += LEGEND_LINE;
        }
        if (!signs.isEmpty()) {
            sheet.text("m: each map's largest magnitude", MARGIN, y + 9, small, Sheet.MUTED);
        }
    }
}

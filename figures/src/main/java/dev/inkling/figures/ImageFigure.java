package dev.inkling.figures;

import dev.inkling.spi.InvalidInputException;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Everything about one image on one page: the image, what the model said, and for each method the overlay above the bare
 * heat map with its colour bar and raw range.
 */
public final class ImageFigure {

    private static final int MARGIN = 36;
    private static final int GAP = 36;
    private static final int BOX = 224;
    private static final int NARROWEST = 216;
    private static final int MOST_COLUMNS = 4;
    private static final int HEADER = 74;
    private static final int TITLE = 26;
    private static final int BETWEEN = 14;
    private static final int SCALE = 82;
    private static final int BADGE = 26;
    private static final int PREDICTIONS = 168;
    private static final int SHOWN_CLASSES = 3;

    private final SourceImage image;
    private final Prediction prediction;
    private final DisplaySize size;
    private final int column;
    private final Sheet sheet;

    private final Font headline = Fonts.bold(20);
    private final Font title = Fonts.bold(14);
    private final Font body = Fonts.regular(13);
    private final Font small = Fonts.regular(11);

    private ImageFigure(SourceImage image, Prediction prediction, DisplaySize size, int column, Sheet sheet) {
        this.image = image;
        this.prediction = prediction;
        this.size = size;
        this.column = column;
        this.sheet = sheet;
    }

    /**
     * Draws the page; up to four methods stand side by side, more in several rows.
     *
     * @param image (N, H, W, C), of which the first is drawn; values in [0, 1], or in any range, which is then stretched
     * @param target what the maps explain, such as {@code why 4, not 9}
     * @param panels the methods in the order to show; may be empty
     * @throws InvalidInputException if the image has another shape
     */
    public static BufferedImage render(FloatNdArray image, Prediction prediction, String target, List<Panel> panels) {
        SourceImage input = SourceImage.first(image);
        DisplaySize size = DisplaySize.fit(input.height(), input.width(), BOX);
        int column = Math.max(NARROWEST, size.width());
        int rows = Math.max(1, (panels.size() + MOST_COLUMNS - 1) / MOST_COLUMNS);
        int columns = (panels.size() + rows - 1) / rows;
        boolean badges = panels.stream().anyMatch(panel -> panel.badge().isPresent());
        int rowHeight = TITLE + 2 * size.height() + BETWEEN + SCALE + (badges ? BADGE : 0);
        int needed = TITLE + size.height() + BETWEEN + PREDICTIONS;
        // Where there is no method, the header still needs the room of one.
        int width = 2 * MARGIN + column + Math.max(1, columns) * (GAP + column);
        int height = 2 * MARGIN + HEADER + Math.max(needed, rows * rowHeight + (rows - 1) * GAP);
        try (Sheet sheet = new Sheet(width, height)) {
            ImageFigure figure = new ImageFigure(input, prediction, size, column, sheet);
            figure.header(target, width - 2 * MARGIN);
            int top = MARGIN + HEADER;
            figure.original(MARGIN, top);
            for (int i = 0; i < panels.size(); i++) {
                int x = MARGIN + (1 + i % columns) * (column + GAP);
                figure.panel(panels.get(i), x, top + i / columns * (rowHeight + GAP));
            }
            return sheet.picture();
        }
    }

    private void header(String target, int width) {
        int x = MARGIN;
        if (prediction.right().isPresent()) {
            sheet.mark(prediction.right().get(), x, MARGIN, 24);
            x += 34;
        }
        sheet.text(verdict(width - (x - MARGIN)), x, MARGIN + 19, headline, Sheet.TEXT);
        sheet.text("Explained: ", MARGIN, MARGIN + 46, body, Sheet.MUTED);
        double from = MARGIN + Text.width("Explained: ", body);
        sheet.text(Text.fit(target, body, MARGIN + width - from), from, MARGIN + 46, body, Sheet.TEXT);
    }

    /** Both labels whole if possible, else each in half of the room. */
    private String verdict(double width) {
        String predicted = prediction.best().label();
        if (prediction.truth().isEmpty()) {
            return Text.fit("Predicted " + predicted, headline, width);
        }
        String truth = prediction.truth().get();
        String whole = "Predicted " + predicted + ", is " + truth;
        if (Text.width(whole, headline) <= width) {
            return whole;
        }
        double room = (width - Text.width("Predicted , is ", headline)) / 2;
        double spare = Math.max(0, room - Text.width(predicted, headline));
        double unused = Math.max(0, room - Text.width(truth, headline));
        return "Predicted " + Text.fit(predicted, headline, room + unused) + ", is "
                + Text.fit(truth, headline, room + spare);
    }

    private void original(int x, int y) {
        title("Original", image.height() + " × " + image.width(), x, y);
        sheet.framed(image.picture(size), x, y + TITLE);
        int top = y + TITLE + size.height() + BETWEEN;
        sheet.text("Predictions", x, top + 13, title, Sheet.TEXT);
        List<Prediction.Score> shown = prediction
                .top()
                .subList(0, Math.min(SHOWN_CLASSES, prediction.top().size()));
        for (int i = 0; i < shown.size(); i++) {
            bar(shown.get(i), i == 0, x, top + 28 + 46 * i);
        }
    }

    private void bar(Prediction.Score score, boolean predicted, int x, int y) {
        boolean truth = prediction.truth().filter(score.label()::equals).isPresent();
        Color color = truth ? Sheet.RIGHT : predicted && prediction.truth().isPresent() ? Sheet.WRONG : Sheet.NEUTRAL;
        Font font = predicted ? Fonts.bold(13) : body;
        String probability = Numbers.probability(score.probability(), 3);
        double room = column - Text.width(probability, font) - 12;
        sheet.text(Text.fit(score.label(), font, room), x, y + 12, font, Sheet.TEXT);
        sheet.textEndingAt(x + column, probability, y + 12, font, Sheet.TEXT);
        sheet.rounded(x, y + 20, column, 8, Sheet.SURFACE);
        sheet.rounded(x, y + 20, Math.max(8, column * score.probability()), 8, color);
    }

    private void panel(Panel panel, int x, int y) {
        Heatmap map = panel.map();
        title(panel.title(), map.height() + " × " + map.width(), x, y);
        sheet.framed(Overlay.of(image, map, size), x, y + TITLE);
        int top = y + TITLE + size.height() + BETWEEN;
        if (map.verdict().isPresent()) {
            note(map.verdict().get().text(), x, top);
            return;
        }
        sheet.framed(ColoredMap.of(map, image, size), x, top);
        int below = top + size.height() + 8;
        ColorBar.draw(sheet, map, x, below, column, small);
        range("raw ", map.range(), x, below + 49);
        sheet.text(Text.fit(map.unit(), small, column), x, below + 65, small, Sheet.MUTED);
        panel.badge().ifPresent(badge -> badge(badge, x, top + size.height() + SCALE));
    }

    private void badge(String badge, int x, int y) {
        String text = Text.fit(badge, small, column - 16);
        sheet.rounded(x, y, Text.width(text, small) + 16, 20, Sheet.WRONG);
        sheet.text(text, x + 8, y + 14, small, Color.WHITE);
    }

    /** In smaller letters where many digits need them, because each of them counts. */
    private void range(String what, String range, int x, int baseline) {
        Font font = Text.width(what + range, small) <= column ? small : Fonts.regular(9);
        sheet.text(what, x, baseline, font, Sheet.MUTED);
        sheet.text(range, x + Text.width(what, font), baseline, font, Sheet.TEXT);
    }

    private void note(String verdict, int x, int y) {
        int height = Math.max(size.height(), SCALE);
        sheet.fill(x - 1, y - 1, column + 2, height + 2, Sheet.SURFACE);
        int room = (height - 24) / 18;
        List<String> lines = Text.wrap(verdict, body, column - 28, room);
        int baseline = y + (height - 18 * lines.size()) / 2 + 13;
        for (String line : lines) {
            sheet.text(line, x + 14, baseline, body, Sheet.TEXT);
            baseline += 18;
        }
    }

    private void title(String text, String resolution, int x, int y) {
        sheet.textEndingAt(x + column, resolution, y + 12, small, Sheet.MUTED);
        double room = column - Text.width(resolution, small) - 10;
        if (Text.width(text, title) <= room) {
            sheet.text(text, x, y + 12, title, Sheet.TEXT);
            return;
        }
        // Smaller, and in two lines where one is not enough: two panels may differ only at the end.
        Font font = Fonts.bold(11);
        List<String> lines = Text.wrap(text, font, room, 2);
        int baseline = y + 12 - 13 * (lines.size() - 1);
        for (String line : lines) {
            sheet.text(line, x, baseline, font, Sheet.TEXT);
            baseline += 13;
        }
    }
}

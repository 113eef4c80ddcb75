package dev.inkling.figures;

import dev.inkling.spi.InvalidInputException;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix: a row per true class, a column per predicted one, a number in each cell.
 *
 * <p>A good model's errors are a thousandth of its hits, so they would not be seen on one scale with them. Only errors are
 * coloured, by their share of the true class's images on a logarithmic scale; hits are plain cells, and their share is beside
 * the row. The scale is always the same, so pictures of two models compare.
 */
public final class ConfusionFigure {

    /** Gets the first colour, and what is below it too; 1 gets the last. */
    private static final double LOWEST_SHARE = 0.001;

    /** Of {@link ColorMap#DIVERGING}: an error must not look like no error. */
    private static final double FIRST_COLOR = 0.14;

    /** Of more classes a page with numbers would be too large. */
    private static final int MOST_NUMBERED = 80;

    private static final int MARGIN = 36;
    private static final int HEADER = 62;
    private static final int WIDEST_LABEL = 150;
    private static final int GAP = 8;
    private static final int LEGEND = 66;
    private static final int LEGEND_BAR = 240;
    private static final Color HIT = new Color(0xe6e9ed);
    private static final Color LINE = new Color(0xe9ecef);

    private final List<String> labels;
    private final int[][] counts;
    private final long[] totals;
    private final boolean numbered;
    private final Font font;
    private final Font errorFont;
    private final int cell;
    private final int labelWidth;
    private final boolean upright;
    private final int labelHeight;
    private final int recallWidth;

    private final Font headline = Fonts.bold(20);
    private final Font body = Fonts.regular(13);
    private final Font small = Fonts.regular(11);

    private ConfusionFigure(List<String> labels, int[][] counts) {
        this.labels = labels;
        this.counts = counts;
        this.totals = Arrays.stream(counts)
                .mapToLong(row -> Arrays.stream(row).asLongStream().sum())
                .toArray();
        int classes = labels.size();
        this.numbered = classes <= MOST_NUMBERED;
        float letters = classes <= 12 ? 13 : classes <= 30 ? 11 : classes <= MOST_NUMBERED ? 10 : 9;
        this.font = Fonts.regular(letters);
        this.errorFont = Fonts.bold(letters);
        int roomiest = classes <= 12 ? 46 : classes <= 30 ? 30 : 20;
        this.cell = numbered ? Math.max(roomiest, (int) Math.ceil(widestNumber()) + 8) : 11;
        double longest = labels.stream()
                .mapToDouble(label -> Text.width(label, font))
                .max()
                .orElseThrow();
        this.labelWidth = (int) Math.ceil(Math.min(WIDEST_LABEL, longest));
        this.upright = longest <= cell - 4;
        this.labelHeight = upright ? Math.round(letters) + 2 : labelWidth;
        this.recallWidth = numbered
                ? (int) Math.ceil(Math.max(Text.width(">99.9 %", font), Text.width("recall", small))) + GAP
                : 0;
    }

    /**
     * Draws the page; numbers stand in the cells of up to 80 classes.
     *
     * @param labels the K classes, at least one
     * @param counts [true class][predicted class], K × K, each at least 0
     * @throws InvalidInputException if there is no class or the counts are not K × K
     */
    public static BufferedImage render(List<String> labels, int[][] counts) {
        int classes = labels.size();
        if (classes == 0 || counts.length != classes || Arrays.stream(counts).anyMatch(row -> row.length != classes)) {
            throw new InvalidInputException(
                    "confusion matrix of %d rows for %d classes; expected a row and a column for each, at least one",
                    counts.length, classes);
        }
        return new ConfusionFigure(labels, counts).draw();
    }

    private BufferedImage draw() {
        int size = cell * labels.size();
        // "true class" stands turned beside the labels.
        int left = MARGIN + 20 + labelWidth + GAP;
        int top = MARGIN + HEADER + 18 + labelHeight + GAP;
        int needed = (int) Math.ceil(Math.max(Text.width(summary(), body), Text.width("Confusion matrix", headline)));
        int width = Math.max(left + size + recallWidth, MARGIN + Math.max(needed, legendWidth())) + MARGIN;
        int height = top + size + LEGEND + MARGIN;
        try (Sheet sheet = new Sheet(width, height)) {
            sheet.text("Confusion matrix", MARGIN, MARGIN + 19, headline, Sheet.TEXT);
            sheet.text(summary(), MARGIN, MARGIN + 43, body, Sheet.MUTED);
            axes(sheet, left, top, size);
            cells(sheet, left, top, size);
            legend(sheet, MARGIN, top + size + 26);
            return sheet.picture();
        }
    }

    private String summary() {
        long images = Arrays.stream(totals).sum();
        long wrong = images;
        for (int k = 0; k < counts.length; k++) {
            wrong -= counts[k][k];
        }
        return String.format(Locale.ROOT, "%,d image%s, %,d classified wrong", images, images == 1 ? "" : "s", wrong);
    }

    private void axes(Sheet sheet, int left, int top, int size) {
        sheet.text("predicted class", left, top - GAP - labelHeight - 8, small, Sheet.MUTED);
        double bottom = top + (size + Text.width("true class", small)) / 2;
        sheet.textUpwards("true class", MARGIN + 11.0, bottom, small, Sheet.MUTED);
        for (int k = 0; k < labels.size(); k++) {
            String label = Text.fit(labels.get(k), font, WIDEST_LABEL);
            double middle = baseline(top + k * cell);
            sheet.textEndingAt(left - GAP, label, middle, font, Sheet.TEXT);
            if (upright) {
                sheet.textAround(left + (k + 0.5) * cell, label, top - GAP, font, Sheet.TEXT);
            } else {
                sheet.textUpwards(label, baseline(left + k * cell), top - GAP, font, Sheet.TEXT);
            }
            if (numbered) {
                String recall = recall(counts[k][k], totals[k]);
                sheet.textEndingAt(left + size + recallWidth, recall, middle, font, Sheet.MUTED);
            }
        }
        if (numbered) {
            sheet.textEndingAt(left + size + recallWidth, "recall", top - GAP, small, Sheet.MUTED);
        }
    }

    /** Never 100 % unless it is exactly that. */
    static String recall(int hits, long total) {
        if (total == 0) {
            return "–";
        }
        String rounded = String.format(Locale.ROOT, "%.1f %%", 100.0 * hits / total);
        return hits < total && rounded.startsWith("100") ? ">99.9 %" : rounded;
    }

    private void cells(Sheet sheet, int left, int top, int size) {
        sheet.fill(left - 1, top - 1, size + 1, size + 1, LINE);
        for (int truth = 0; truth < counts.length; truth++) {
            for (int predicted = 0; predicted < counts.length; predicted++) {
                int count = counts[truth][predicted];
                int x = left + predicted * cell;
                int y = top + truth * cell;
                boolean hit = truth == predicted;
                Color color = hit ? HIT : count == 0 ? Color.WHITE : color((double) count / totals[truth]);
                sheet.fill(x, y, cell - 1, cell - 1, color);
                if (numbered && (hit || count > 0)) {
                    Color ink = hit ? Sheet.MUTED : luminance(color) < 0.48 ? Color.WHITE : Sheet.TEXT;
                    sheet.textAround(
                            x + (cell - 1) / 2.0, String.valueOf(count), baseline(y), hit ? font : errorFont, ink);
                }
            }
        }
    }

    private void legend(Sheet sheet, int x, int y) {
        sheet.text("errors, as a share of the true class's images", x, y, small, Sheet.MUTED);
        BufferedImage bar = new BufferedImage(LEGEND_BAR, ColorBar.HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < LEGEND_BAR; i++) {
            double share = Math.pow(LOWEST_SHARE, 1 - (double) i / (LEGEND_BAR - 1));
            for (int j = 0; j < ColorBar.HEIGHT; j++) {
                bar.setRGB(i, j, color(share).getRGB());
            }
        }
        int top = y + 10;
        sheet.framed(bar, x, top);
        String[] ticks = {"≤ 0.1 %", "1 %", "10 %", "100 %"};
        for (int i = 0; i < ticks.length; i++) {
            int at = x + Math.round((LEGEND_BAR - 1) * i / 3f);
            int below = top + ColorBar.HEIGHT + 1;
            sheet.fill(at, below, 1, 4, Sheet.NEUTRAL);
            if (i == 0) {
                sheet.text(ticks[i], x, below + 16, small, Sheet.MUTED);
            } else if (i == ticks.length - 1) {
                sheet.textEndingAt(x + LEGEND_BAR, ticks[i], below + 16, small, Sheet.MUTED);
            } else {
                sheet.textAround(at, ticks[i], below + 16, small, Sheet.MUTED);
            }
        }
        int hit = x + LEGEND_BAR + 32;
        sheet.fill(hit, top - 1, ColorBar.HEIGHT + 2, ColorBar.HEIGHT + 2, HIT);
        sheet.text("classified right", hit + ColorBar.HEIGHT + 10, top + 9, small, Sheet.MUTED);
    }

    private int legendWidth() {
        return LEGEND_BAR + 32 + ColorBar.HEIGHT + 10 + (int) Math.ceil(Text.width("classified right", small));
    }

    /** Of an error's share in (0, 1]. */
    static Color color(double share) {
        double place = 1 - Math.log(Math.max(LOWEST_SHARE, share)) / Math.log(LOWEST_SHARE);
        return new Color(ColorMap.DIVERGING.rgb(FIRST_COLOR + (1 - FIRST_COLOR) * place));
    }

    private double baseline(int start) {
        return start + (cell - 1) / 2.0 + 0.36 * font.getSize2D();
    }

    private double widestNumber() {
        double widest = 0;
        for (int truth = 0; truth < counts.length; truth++) {
            for (int predicted = 0; predicted < counts.length; predicted++) {
                Font own = truth == predicted ? font : errorFont;
                widest = Math.max(widest, Text.width(String.valueOf(counts[truth][predicted]), own));
            }
        }
        return widest;
    }

    private static double luminance(Color color) {
        return (0.299 * color.getRed() + 0.587 * color.getGreen() + 0.114 * color.getBlue()) / 255;
    }
}

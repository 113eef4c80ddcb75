package dev.inkling.figures;

import dev.inkling.spi.InvalidInputException;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Locale;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Whether a model is right as often as it says: its accuracy over its confidence, in bins of equal width, with the gap between
 * both (Guo et al. 2017, arXiv:1706.04599), above the number of images in each bin.
 */
public final class ReliabilityDiagram {

    private static final int MARGIN = 36;
    private static final int HEADER = 92;
    private static final int WIDTH = 560;
    private static final int UPPER = 400;
    private static final int LOWER = 190;
    private static final int GAP = 10;

    /** Room left of both plots, so that their bins stand one above the other. */
    private static final int AXIS = 72;

    /** XChart has no tick on the very border, so 0 and 1 lie a little inside. */
    private static final double BEYOND = 0.004;

    /** Where bars begin on the logarithmic scale, which has no zero: one image must be seen. */
    private static final double FLOOR = 0.5;

    private static final Color ACCURACY = new Color(0x0a6bd3);
    private static final Color TOO_SURE = new Color(0xe3898e);
    private static final Color TOO_UNSURE = new Color(0x8fbcee);
    private static final BasicStroke DASHED =
            new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0);

    private final Sheet sheet;
    private final int[] counts;
    private final Font headline = Fonts.bold(20);
    private final Font body = Fonts.regular(13);
    private final Font legend = Fonts.regular(12);
    private final Font small = Fonts.regular(11);
    private final Font tiny = Fonts.regular(9);

    private ReliabilityDiagram(Sheet sheet, int[] counts) {
        this.sheet = sheet;
        this.counts = counts;
    }

    /**
     * Draws the page.
     *
     * @param counts images in each of M bins of equal width over [0, 1]
     * @param confidence mean confidence of a bin's images, in [0, 1]; not read where there is none
     * @param accuracy share of them classified right, in [0, 1]; not read where there is none
     * @param expectedError the expected calibration error, in [0, 1]
     * @throws InvalidInputException if there is no bin or the lengths differ
     */
    public static BufferedImage render(int[] counts, double[] confidence, double[] accuracy, double expectedError) {
        if (counts.length == 0 || confidence.length != counts.length || accuracy.length != counts.length) {
            throw new InvalidInputException(
                    "reliability diagram of %d, %d and %d bins (images, confidence, accuracy);"
                            + " expected as many of each, at least one",
                    counts.length, confidence.length, accuracy.length);
        }
        try (Sheet sheet = new Sheet(2 * MARGIN + WIDTH, 2 * MARGIN + HEADER + UPPER + GAP + LOWER)) {
            ReliabilityDiagram diagram = new ReliabilityDiagram(sheet, counts);
            diagram.header(expectedError);
            diagram.upper(confidence, accuracy);
            diagram.lower();
            return sheet.picture();
        }
    }

    private void header(double expectedError) {
        sheet.text(
                String.format(Locale.ROOT, "Reliability: ECE %.2f %%", 100 * expectedError),
                MARGIN,
                MARGIN + 19,
                headline,
                Sheet.TEXT);
        long images = Arrays.stream(counts).asLongStream().sum();
        sheet.text(
                String.format(
                        Locale.ROOT,
                        "%,d image%s in %d bins; a model that knows itself follows the dashed line",
                        images,
                        images == 1 ? "" : "s",
                        counts.length),
                MARGIN,
                MARGIN + 43,
                body,
                Sheet.MUTED);
        double next = legend("accuracy", ACCURACY, MARGIN);
        next = legend("surer than right", TOO_SURE, next);
        legend("less sure than right", TOO_UNSURE, next);
    }

    /** Where the next one may begin. */
    private double legend(String text, Color color, double x) {
        int y = MARGIN + 62;
        sheet.fill((int) Math.round(x), y, 12, 12, color);
        sheet.text(text, x + 18, y + 10, legend, Sheet.TEXT);
        return x + 18 + Text.width(text, legend) + 24;
    }

    private void upper(double[] confidence, double[] accuracy) {
        XYChart chart = chart(UPPER);
        chart.setYAxisTitle("accuracy");
        chart.getStyler().setYAxisMin(-BEYOND);
        chart.getStyler().setYAxisMax(1 + BEYOND);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(value -> Numbers.rounded(100 * value) + " %");
        for (int m = 0; m < counts.length; m++) {
            if (counts[m] > 0) {
                double sure = Math.min(confidence[m], accuracy[m]);
                bar(chart, "both " + m, m, 0, sure, ACCURACY);
                if (accuracy[m] > sure) {
                    bar(chart, "gap " + m, m, sure, accuracy[m], TOO_UNSURE);
                } else if (confidence[m] > sure) {
                    bar(chart, "gap " + m, m, sure, confidence[m], TOO_SURE);
                }
            }
        }
        XYSeries identity = chart.addSeries("identity", new double[] {0, 1}, new double[] {0, 1});
        identity.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        identity.setMarker(SeriesMarkers.NONE);
        identity.setLineColor(Sheet.TEXT);
        identity.setLineStyle(DASHED);
        paint(chart, MARGIN + HEADER, UPPER);
    }

    private void lower() {
        int most = Math.max(1, Arrays.stream(counts).max().orElseThrow());
        XYChart chart = chart(LOWER);
        chart.setXAxisTitle("confidence: probability of the predicted class");
        chart.setYAxisTitle("images (log scale)");
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setYAxisMin(FLOOR);
        // The number above the tallest bar needs room: a sixth of the scale.
        chart.getStyler().setYAxisMax(most * Math.pow(most / FLOOR, 0.2));
        chart.getStyler().setYAxisTickLabelsFormattingFunction(value -> String.format(Locale.ROOT, "%,.0f", value));
        chart.getStyler().setPlotGridLinesVisible(false);
        chart.getStyler().setAnnotationTextFont(tiny);
        chart.getStyler().setAnnotationTextFontColor(Sheet.MUTED);
        for (int m = 0; m < counts.length; m++) {
            if (counts[m] > 0) {
                bar(chart, "images " + m, m, FLOOR, counts[m], Sheet.NEUTRAL);
                chart.addAnnotation(new AnnotationText(
                        String.format(Locale.ROOT, "%,d", counts[m]),
                        (m + 0.5) / counts.length,
                        counts[m] * Math.pow(most / FLOOR, 0.08),
                        false));
            }
        }
        paint(chart, MARGIN + HEADER + UPPER + GAP, LOWER);
    }

    private XYChart chart(int height) {
        XYChart chart = new XYChart(WIDTH, height);
        ChartStyle.apply(chart.getStyler(), small);
        chart.getStyler().setYAxisLeftWidthHint(AXIS);
        chart.getStyler().setXAxisMin(-BEYOND);
        chart.getStyler().setXAxisMax(1 + BEYOND);
        chart.getStyler().setXAxisTickMarkSpacingHint(72);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(value -> Numbers.rounded(100 * value) + " %");
        return chart;
    }

    /** With a hairline of the page between neighbours. */
    private void bar(XYChart chart, String name, int bin, double from, double to, Color color) {
        double left = (bin + 0.04) / counts.length;
        double right = (bin + 0.96) / counts.length;
        XYSeries series =
                chart.addSeries(name, new double[] {left, left, right, right}, new double[] {from, to, to, from});
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
        series.setFillColor(color);
        series.setLineColor(new Color(0, 0, 0, 0));
        series.setMarker(SeriesMarkers.NONE);
    }

    private void paint(XYChart chart, int y, int height) {
        Graphics2D part = sheet.part(MARGIN, y, WIDTH, height);
        try {
            chart.paint(part, WIDTH, height);
        } finally {
            part.dispose();
        }
    }
}

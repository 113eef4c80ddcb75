package dev.inkling.figures;

import dev.inkling.spi.InvalidInputException;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The history of a training: loss and accuracy over epochs, on the training and the validation images. */
public final class TrainingCurves {

    private static final int MARGIN = 36;
    private static final int GAP = 40;
    private static final int CHART_WIDTH = 520;
    private static final int CHART_HEIGHT = 320;
    private static final int HEADER = 56;
    private static final Color TRAINING = new Color(0x8a97a5);
    private static final Color VALIDATION = new Color(0x0a6bd3);

    private final Sheet sheet;
    private final int firstEpoch;

    private final Font title = Fonts.bold(16);
    private final Font body = Fonts.regular(12);
    private final Font small = Fonts.regular(11);

    private TrainingCurves(Sheet sheet, int firstEpoch) {
        this.sheet = sheet;
        this.firstEpoch = firstEpoch;
    }

    /**
     * Draws both charts side by side. Values that are not finite leave a gap.
     *
     * @param trainLoss one number per epoch, at least one
     * @param validationLoss as many, or none where nothing was held out
     * @param trainAccuracy as many as {@code trainLoss}, in [0, 1]
     * @param validationAccuracy as many as {@code validationLoss}, in [0, 1]
     * @param firstEpoch the number of the first epoch
     * @throws InvalidInputException if there is no epoch or the lengths differ
     */
    public static BufferedImage render(
            double[] trainLoss,
            double[] validationLoss,
            double[] trainAccuracy,
            double[] validationAccuracy,
            int firstEpoch) {
        int epochs = trainLoss.length;
        boolean held = validationLoss.length > 0;
        if (epochs == 0
                || trainAccuracy.length != epochs
                || validationAccuracy.length != validationLoss.length
                || held && validationLoss.length != epochs) {
            throw new InvalidInputException(
                    "curves of %d, %d, %d and %d epochs (training loss, validation loss, training accuracy, validation"
                            + " accuracy); expected as many of each, at least one",
                    epochs, validationLoss.length, trainAccuracy.length, validationAccuracy.length);
        }
        try (Sheet sheet = new Sheet(2 * MARGIN + 2 * CHART_WIDTH + GAP, 2 * MARGIN + HEADER + CHART_HEIGHT)) {
            TrainingCurves curves = new TrainingCurves(sheet, firstEpoch);
            curves.chart(Quantity.LOSS, trainLoss, validationLoss, MARGIN);
            curves.chart(Quantity.ACCURACY, trainAccuracy, validationAccuracy, MARGIN + CHART_WIDTH + GAP);
            return sheet.picture();
        }
    }

    private void chart(Quantity quantity, double[] training, double[] validation, int x) {
        sheet.text(quantity.title, x, MARGIN + 15, title, Sheet.TEXT);
        sheet.text(summary(quantity, training, validation), x, MARGIN + 37, body, Sheet.MUTED);
        double right = x + CHART_WIDTH;
        if (validation.length > 0) {
            right = legend("validation", VALIDATION, right) - 20;
        }
        legend("training", TRAINING, right);

        double[] finite = DoubleStream.concat(Arrays.stream(training), Arrays.stream(validation))
                .filter(Double::isFinite)
                .toArray();
        int top = MARGIN + HEADER;
        if (finite.length == 0) {
            sheet.fill(x, top, CHART_WIDTH, CHART_HEIGHT, Sheet.SURFACE);
            sheet.textAround(
                    x + CHART_WIDTH / 2.0,
                    "no finite value: the training diverged",
                    top + CHART_HEIGHT / 2.0,
                    body,
                    Sheet.TEXT);
            return;
        }
        XYChart chart = new XYChart(CHART_WIDTH, CHART_HEIGHT);
        style(chart.getStyler(), quantity, training.length, finite);
        chart.setXAxisTitle("epoch");
        add(chart, "training", training, TRAINING);
        if (validation.length > 0) {
            add(chart, "validation", validation, VALIDATION);
        }
        Graphics2D part = sheet.part(x, top, CHART_WIDTH, CHART_HEIGHT);
        try {
            chart.paint(part, CHART_WIDTH, CHART_HEIGHT);
        } finally {
            part.dispose();
        }
    }

    private String summary(Quantity quantity, double[] training, double[] validation) {
        double[] curve = validation.length > 0 ? validation : training;
        int best = -1;
        for (int i = 0; i < curve.length; i++) {
            if (Double.isFinite(curve[i]) && (best < 0 || quantity.better(curve[i], curve[best]))) {
                best = i;
            }
        }
        String of = validation.length > 0 ? "validation" : "training";
        return best < 0
                ? of + ": no finite value"
                : "best " + of + " " + quantity.precise(curve[best]) + " at epoch " + (firstEpoch + best);
    }

    /** The place where it begins, for the next one to end before. */
    private double legend(String name, Color color, double right) {
        double textX = right - Text.width(name, body);
        sheet.text(name, textX, MARGIN + 15, body, Sheet.TEXT);
        sheet.line(textX - 28, MARGIN + 11, textX - 8, MARGIN + 11, 2.5f, color);
        sheet.disc(textX - 18, MARGIN + 11, 3.5, color);
        return textX - 28;
    }

    private void add(XYChart chart, String name, double[] values, Color color) {
        double[] epochs = IntStream.range(0, values.length)
                .mapToDouble(i -> firstEpoch + i)
                .toArray();
        double[] gaps = Arrays.stream(values)
                .map(value -> Double.isFinite(value) ? value : Double.NaN)
                .toArray();
        if (Arrays.stream(gaps).allMatch(Double::isNaN)) {
            return;
        }
        // A value between two gaps has no line, only its marker.
        boolean dotted = values.length <= 30 || Arrays.stream(gaps).anyMatch(Double::isNaN);
        XYSeries series = chart.addSeries(name, epochs, gaps);
        series.setLineColor(color);
        series.setLineStyle(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        series.setMarker(dotted ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setMarkerColor(color);
    }

    private void style(XYStyler styler, Quantity quantity, int epochs, double[] finite) {
        ChartStyle.apply(styler, small);
        double last = firstEpoch + epochs - 1;
        double side = Math.max(0.5, 0.03 * (epochs - 1));
        // Less than one epoch before the first, where a tick would name one that never was.
        double first = firstEpoch - Math.min(0.9, side);
        styler.setXAxisMin(first);
        styler.setXAxisMax(last + side);
        // At least one epoch between two ticks, so that all of them are whole numbers.
        styler.setXAxisTickMarkSpacingHint((int) Math.max(56, 0.85 * CHART_WIDTH / (last + side - first)));
        styler.setXAxisTickLabelsFormattingFunction(epoch -> String.valueOf(Math.round(epoch)));
        quantity.scale(styler, finite);
    }

    private enum Quantity {
        LOSS("Loss") {
            @Override
            boolean better(double value, double than) {
                return value < than;
            }

            @Override
            String precise(double value) {
                return Numbers.rounded(value);
            }

            @Override
            void scale(XYStyler styler, double[] finite) {
                double max = Arrays.stream(finite).max().orElseThrow();
                double min = Math.min(0, Arrays.stream(finite).min().orElseThrow());
                double room = max > min ? 0.03 * (max - min) : 1;
                styler.setYAxisMin(min - room);
                styler.setYAxisMax(max + room);
                styler.setYAxisTickLabelsFormattingFunction(Numbers::rounded);
            }
        },
        ACCURACY("Accuracy") {
            @Override
            boolean better(double value, double than) {
                return value > than;
            }

            @Override
            String precise(double value) {
                return String.format(Locale.ROOT, "%.2f %%", 100 * value);
            }

            @Override
            void scale(XYStyler styler, double[] finite) {
                double min = Arrays.stream(finite).min().orElseThrow();
                double max = Arrays.stream(finite).max().orElseThrow();
                double room = Math.max(0.005, 0.08 * (max - min));
                // A little beyond 0 and 1, so that a curve at the border is seen whole, but too little for a tick
                // there.
                double beyond = 0.03 * (max - min + 2 * room);
                styler.setYAxisMin(Math.max(-beyond, min - room));
                styler.setYAxisMax(Math.min(1 + beyond, max + room));
                styler.setYAxisTickLabelsFormattingFunction(value -> Numbers.rounded(100 * value) + " %");
            }
        };

        private final String title;

        Quantity(String title) {
            this.title = title;
        }

        abstract boolean better(double value, double than);

        abstract String precise(double value);

        abstract void scale(XYStyler styler, double[] finite);
    }
}

package dev.inkling.figures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import org.knowm.xchart.style.XYStyler;

/** The house style of charts: no boxes, a few hairlines, and our own fonts. */
final class ChartStyle {

    private ChartStyle() {}

    /** @param font of all letters; those of XChart's defaults are named, and need not be installed */
    static void apply(XYStyler styler, Font font) {
        styler.setBaseFont(font);
        styler.setChartTitleFont(font);
        styler.setLegendFont(font);
        styler.setAxisTitleFont(font);
        styler.setAxisTickLabelsFont(font);
        styler.setAnnotationTextFont(font);
        styler.setAnnotationTextPanelFont(font);
        styler.setToolTipFont(font);
        styler.setCursorFont(font);

        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setChartFontColor(Sheet.MUTED);
        styler.setAxisTickLabelsColor(Sheet.MUTED);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(Sheet.HAIRLINE);
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setAxisTicksLineVisible(false);
        styler.setAxisTicksMarksVisible(false);
        styler.setLegendVisible(false);
        styler.setChartTitleVisible(false);
        styler.setChartPadding(2);
        styler.setMarkerSize(6);
        styler.setPlotContentSize(1);
        styler.setPlotMargin(0);
    }
}

package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.InvalidInputException;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places in the page: margin 36, header 90, caption 24, cells 8 apart. */
class BatchFigureTest {

    private static final int GREEN = Sheet.RIGHT.getRGB() & 0xffffff;
    private static final int RED = Sheet.WRONG.getRGB() & 0xffffff;
    private static final int TOP = 36 + 90;

    private static BatchFigure.Row row(String truth, String predicted, Heatmap map) {
        return new BatchFigure.Row(Samples.seven(), Samples.prediction(truth, predicted, 0.98), map, "17");
    }

    @Test
    void digitOverlayAndMapStandSideBySide() {
        BufferedImage page = BatchFigure.render("Saliency", List.of(row("7", "7", Samples.fineSigned())));
        SourceImage seven = SourceImage.first(Samples.seven());
        DisplaySize size = new DisplaySize(140, 140);
        Pixels.assertSame(seven.picture(size), page, 36, TOP + 24);
        Pixels.assertSame(Overlay.of(seven, Samples.fineSigned(), size), page, 36 + 148, TOP + 24);
        Pixels.assertSame(ColoredMap.of(Samples.fineSigned(), seven, size), page, 36 + 296, TOP + 24);
    }

    @Test
    void marksTellRightFromWrong() {
        BufferedImage page = BatchFigure.render(
                "Grad-CAM",
                List.of(
                        row("7", "7", Samples.coarse()),
                        row("7", "1", Samples.coarse()),
                        row(null, "1", Samples.coarse())));
        // One column group: three lines of 24 + 140 + 20, 18 apart.
        Rectangle first = new Rectangle(36, TOP + 1, 14, 14);
        Rectangle second = new Rectangle(36, TOP + 202 + 1, 14, 14);
        assertThat(Pixels.count(page, first, GREEN)).isGreaterThan(55);
        assertThat(Pixels.count(page, first, RED)).isZero();
        assertThat(Pixels.count(page, second, RED)).isGreaterThan(55);
        assertThat(Pixels.count(page, second, GREEN)).isZero();
        Rectangle third = new Rectangle(36, TOP + 404, page.getWidth() - 72, 24);
        assertThat(Pixels.count(page, third, RED) + Pixels.count(page, third, GREEN))
                .isZero();
    }

    @Test
    void captionNamesTruthPredictionAndProbability() {
        BufferedImage seven = BatchFigure.render("Grad-CAM", List.of(row("7", "1", Samples.coarse())));
        for (BatchFigure.Row other : List.of(
                row("9", "1", Samples.coarse()),
                row("7", "4", Samples.coarse()),
                new BatchFigure.Row(Samples.seven(), Samples.prediction("7", "1", 0.53), Samples.coarse(), "17"))) {
            Rectangle difference = Pixels.difference(seven, BatchFigure.render("Grad-CAM", List.of(other)));
            assertThat(difference.isEmpty()).isFalse();
            assertThat(new Rectangle(56, TOP, 200, 20).contains(difference)).isTrue();
        }
    }

    @Test
    void eachMapHasItsOwnScaleAndSaysWhich() {
        BufferedImage one =
                BatchFigure.render("Occlusion", List.of(row("7", "7", Samples.map(Sign.POSITIVE, 1, 2, 0, 1))));
        BufferedImage other =
                BatchFigure.render("Occlusion", List.of(row("7", "7", Samples.map(Sign.POSITIVE, 1, 2, 0, 50))));
        Rectangle difference = Pixels.difference(one, other);
        assertThat(difference.isEmpty()).isFalse();
        assertThat(new Rectangle(36, TOP + 24 + 140, 436, 20).contains(difference))
                .isTrue();
    }

    @Test
    void anAllZeroMapIsReplacedByWords() {
        BufferedImage page = BatchFigure.render("Grad-CAM", List.of(row("7", "7", Samples.zeroByReLU())));
        Rectangle note = new Rectangle(36 + 148, TOP + 24, 288, 140);
        assertThat(Pixels.count(page, note, 0)).isZero();
        int words = 288 * 140 - Pixels.count(page, note, Sheet.SURFACE.getRGB() & 0xffffff);
        assertThat(words).isBetween(1000, 5000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 12, 13, 40, 100})
    void anyNumberOfImagesFits(int count) {
        List<BatchFigure.Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(row("7", i % 3 == 0 ? "1" : "7", Samples.fineSigned()));
        }
        BufferedImage page = BatchFigure.render("SmoothGrad", rows);
        Pixels.assertMargin(page, 35);
        int scale = count <= 4 ? 5 : count <= 12 ? 4 : 3;
        // The strongest pixel of each map; the legend's bar ends with a column of that colour, too.
        assertThat(Pixels.count(page, ColorMap.DIVERGING.rgb(1))).isEqualTo(count * scale * scale + ColorBar.HEIGHT);
        assertThat((double) page.getWidth() / page.getHeight()).isBetween(0.5, 2.2);
    }

    @Test
    void longNamesAndOddSizesAreCutBeforeTheMargin() {
        String label = "an exceptionally long label of a class";
        List<BatchFigure.Row> rows = new ArrayList<>();
        for (int[] size : new int[][] {{32, 32, 3}, {3, 200, 1}, {150, 7, 4}, {1, 1, 1}}) {
            rows.add(new BatchFigure.Row(
                    Samples.random(size[0], size[1], size[2]),
                    Samples.prediction(label, label + " indeed", 0.5),
                    Samples.map(Sign.SIGNED, 1, 2, -1.2345678e-10f, 1.2345678e-10f),
                    "a-rather-long-name-of-a-file-with-an-image.jpeg"));
        }
        Pixels.assertMargin(BatchFigure.render(label, rows), 35);
        for (BatchFigure.Row row : rows) {
            Pixels.assertMargin(BatchFigure.render(label + label, List.of(row)), 35);
        }
        Pixels.assertMargin(
                BatchFigure.render(
                        label,
                        List.of(new BatchFigure.Row(
                                Samples.random(3, 200, 1),
                                Samples.prediction(null, label, 0.5),
                                Samples.zeroByReLU(),
                                ""))),
                35);
    }

    @Test
    void refusesAnEmptyBatch() {
        assertThatThrownBy(() -> BatchFigure.render("Grad-CAM", List.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("picture of a batch without images, expected at least one");
    }
}

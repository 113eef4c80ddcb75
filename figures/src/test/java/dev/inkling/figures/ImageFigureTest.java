package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.FloatArrays;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.FloatNdArray;

/** Places in the page: margin 36, header 74, title 26, pictures 224 with 14 between them, columns 36 apart. */
class ImageFigureTest {

    private static final int OVERLAYS = 36 + 74 + 26;
    private static final int MAPS = OVERLAYS + 224 + 14;
    private static final int BARS = MAPS + 224 + 8;
    private static final int FIRST = 36 + 224 + 36;
    private static final int SECOND = FIRST + 224 + 36;
    private static final Prediction RIGHT = Samples.prediction("7", "7", 0.75, "9", 0.25, "2", 0.0);
    private static final Prediction WRONG = Samples.prediction("9", "7", 0.75, "9", 0.25, "2", 0.0);

    private static BufferedImage render(Prediction prediction, String target, Heatmap... maps) {
        List<Panel> panels = new ArrayList<>();
        for (Heatmap map : maps) {
            panels.add(new Panel("Grad-CAM", map));
        }
        return ImageFigure.render(Samples.seven(), prediction, target, panels);
    }

    @Test
    void digitOverlaysAndMapsAreInTheirPlaces() {
        BufferedImage page = render(RIGHT, "why 7", Samples.fineSigned(), Samples.coarse());
        SourceImage seven = SourceImage.first(Samples.seven());
        DisplaySize size = new DisplaySize(224, 224);
        Pixels.assertSame(seven.picture(size), page, 36, OVERLAYS);
        Pixels.assertSame(Overlay.of(Samples.seven(), Samples.fineSigned()), page, FIRST, OVERLAYS);
        Pixels.assertSame(ColoredMap.of(Samples.fineSigned(), seven, size), page, FIRST, MAPS);
        Pixels.assertSame(Overlay.of(Samples.seven(), Samples.coarse()), page, SECOND, OVERLAYS);
        Pixels.assertSame(ColoredMap.of(Samples.coarse(), seven, size), page, SECOND, MAPS);
    }

    @Test
    void colourBarsRunFromEndToEnd() {
        BufferedImage page = render(RIGHT, "why 7", Samples.fineSigned(), Samples.coarse());
        assertThat(Pixels.at(page, FIRST, BARS)).isEqualTo(ColorMap.DIVERGING.rgb(-1));
        assertThat(Pixels.at(page, FIRST + 223, BARS + 9)).isEqualTo(ColorMap.DIVERGING.rgb(1));
        assertThat(Pixels.at(page, SECOND, BARS)).isEqualTo(ColorMap.SEQUENTIAL.rgb(0));
        assertThat(Pixels.at(page, SECOND + 112, BARS)).isEqualTo(ColorMap.SEQUENTIAL.rgb(112 / 223.0));
        assertThat(Pixels.at(page, SECOND + 223, BARS + 9)).isEqualTo(ColorMap.SEQUENTIAL.rgb(1));
    }

    @Test
    void greenTickForRightAndRedCrossForWrong() {
        Rectangle mark = new Rectangle(36, 36, 24, 24);
        int green = Sheet.RIGHT.getRGB() & 0xffffff;
        int red = Sheet.WRONG.getRGB() & 0xffffff;
        BufferedImage right = render(RIGHT, "why 7", Samples.coarse());
        assertThat(Pixels.count(right, mark, green)).isGreaterThan(250);
        assertThat(Pixels.count(right, mark, red)).isZero();
        // The tick's corner is white, and so is the middle of the cross.
        assertThat(Pixels.at(right, 36 + 10, 36 + 16)).isEqualTo(Pixels.WHITE);
        assertThat(Pixels.at(right, 36 + 12, 36 + 6)).isEqualTo(green);
        BufferedImage wrong = render(WRONG, "why 7", Samples.coarse());
        assertThat(Pixels.count(wrong, mark, red)).isGreaterThan(250);
        assertThat(Pixels.count(wrong, mark, green)).isZero();
        assertThat(Pixels.at(wrong, 36 + 12, 36 + 12)).isEqualTo(Pixels.WHITE);
        assertThat(Pixels.at(wrong, 36 + 12, 36 + 6)).isEqualTo(red);
        BufferedImage unknown = render(Samples.prediction(null, "7", 0.75), "why 7", Samples.coarse());
        assertThat(Pixels.count(unknown, green)).isZero();
        assertThat(Pixels.count(unknown, red)).isZero();
    }

    @Test
    void barsAreAsLongAsProbable() {
        int firstBar = MAPS + 28 + 24;
        int secondBar = firstBar + 46;
        int green = Sheet.RIGHT.getRGB() & 0xffffff;
        int red = Sheet.WRONG.getRGB() & 0xffffff;
        int surface = Sheet.SURFACE.getRGB() & 0xffffff;
        BufferedImage page = render(WRONG, "why 7", Samples.coarse());
        // The predicted class is red because it is wrong; the true one is green.
        assertThat(Pixels.at(page, 36 + 168 - 5, firstBar)).isEqualTo(red);
        assertThat(Pixels.at(page, 36 + 168 + 2, firstBar)).isEqualTo(surface);
        assertThat(Pixels.at(page, 36 + 56 - 5, secondBar)).isEqualTo(green);
        assertThat(Pixels.at(page, 36 + 56 + 2, secondBar)).isEqualTo(surface);
        assertThat(Pixels.at(render(RIGHT, "why 7", Samples.coarse()), 36 + 168 - 5, firstBar))
                .isEqualTo(green);
    }

    @Test
    void onlyThreeClassesAreShown() {
        Prediction five = Samples.prediction("7", "7", 0.75, "9", 0.25, "2", 0.0, "1", 0.0, "3", 0.0);
        assertThat(Pixels.difference(render(RIGHT, "x", Samples.coarse()), render(five, "x", Samples.coarse())))
                .matches(Rectangle::isEmpty);
    }

    @Test
    void targetIsStatedInTheHeader() {
        Rectangle difference = Pixels.difference(
                render(RIGHT, "why 4, not 9", Samples.coarse()), render(RIGHT, "why 7", Samples.coarse()));
        assertThat(difference.isEmpty()).isFalse();
        assertThat(new Rectangle(36, 36 + 30, 400, 24).contains(difference)).isTrue();
    }

    /** Two maps of equal shares: only the numbers under the colour bar differ. */
    @Test
    void rawRangeIsPrinted() {
        BufferedImage one = render(RIGHT, "why 7", Samples.map(Sign.POSITIVE, 2, 2, 0, 1, 2, 4));
        BufferedImage other = render(RIGHT, "why 7", Samples.map(Sign.POSITIVE, 2, 2, 0, 0.001f, 0.002f, 0.004f));
        Rectangle difference = Pixels.difference(one, other);
        assertThat(difference.isEmpty()).isFalse();
        assertThat(difference.y).isBetween(BARS + 10, BARS + 24);
        assertThat(difference.y + difference.height).isBetween(BARS + 46, BARS + 54);
    }

    @Test
    void anAllZeroMapShowsTheDigitAndWords() {
        BufferedImage page = render(RIGHT, "why 7", Samples.zeroByReLU());
        SourceImage seven = SourceImage.first(Samples.seven());
        Pixels.assertSame(seven.picture(new DisplaySize(224, 224)), page, FIRST, OVERLAYS);
        Rectangle note = new Rectangle(FIRST, MAPS, 224, 224);
        int surface = Sheet.SURFACE.getRGB() & 0xffffff;
        int text = Sheet.TEXT.getRGB() & 0xffffff;
        assertThat(Pixels.count(page, note, 0)).isZero();
        assertThat(Pixels.count(page, note, surface)).isGreaterThan(224 * 224 * 9 / 10);
        assertThat(Pixels.count(page, note, text)).isGreaterThan(100);
        BufferedImage otherReason = render(RIGHT, "why 7", Samples.map(Sign.POSITIVE, 1, 1, 0));
        Rectangle difference = Pixels.difference(page, otherReason);
        assertThat(difference.intersects(note)).isTrue();
    }

    /** Below the unit, in a row of its own, which pages without a badge do not have. */
    @Test
    void aBadgeWarnsBelowTheMap() {
        String words = "class-insensitive: same map for a class with a name of many words";
        BufferedImage page = ImageFigure.render(
                Samples.seven(),
                RIGHT,
                "why 7",
                List.of(
                        new Panel("Grad-CAM", Samples.coarse(), Optional.of(words)),
                        new Panel("Grad-CAM", Samples.coarse())));
        BufferedImage without = render(RIGHT, "why 7", Samples.coarse(), Samples.coarse());
        assertThat(page.getHeight()).isEqualTo(without.getHeight() + 26);
        int red = Sheet.WRONG.getRGB() & 0xffffff;
        Rectangle first = new Rectangle(FIRST, MAPS + 224 + 82, 224, 20);
        assertThat(Pixels.count(page, first, red)).isGreaterThan(224 * 20 / 2);
        assertThat(Pixels.count(page, first, Pixels.WHITE)).isGreaterThan(100);
        assertThat(Pixels.count(page, new Rectangle(SECOND, MAPS + 224 + 82, 224, 20), red))
                .isZero();
        assertThat(Pixels.at(page, FIRST + 228, first.y + 10)).isEqualTo(Pixels.WHITE);
        Pixels.assertMargin(page, 35);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void nothingIsCutOff(int panels) {
        Heatmap[] maps = new Heatmap[panels];
        for (int i = 0; i < panels; i++) {
            maps[i] = i % 2 == 0 ? Samples.zeroByReLU() : Samples.coarse();
        }
        BufferedImage page = render(RIGHT, "why 7", maps);
        Pixels.assertMargin(page, 35);
        // Each map is somewhere: its end colour fills a quarter of a quarter.
        assertThat(Pixels.count(page, ColorMap.SEQUENTIAL.rgb(1))).isGreaterThanOrEqualTo(panels / 2 * 56 * 56);
    }

    @Test
    void longWordsAreCutBeforeTheMargin() {
        String label = "an exceptionally long label of a class with many words in it";
        String unit = "logits per unit of input, seen through a very long description of the unit of the values";
        Heatmap longUnit = Heatmap.of(
                new Attribution(
                        FloatArrays.of(new float[] {-1.2345678e-10f, 1.2345678e-10f}, 1, 1, 2, 1),
                        new Contract(Sign.SIGNED, false, unit)),
                0);
        for (FloatNdArray image : List.of(
                Samples.random(32, 32, 3),
                Samples.random(3, 200, 1),
                Samples.random(150, 7, 4),
                Samples.random(1, 1, 1),
                Samples.random(400, 300, 3))) {
            BufferedImage page = ImageFigure.render(
                    image,
                    Samples.prediction(label + " true", label, 0.5, label + " true", 0.5),
                    "why " + label + ", not " + label,
                    List.of(new Panel(label, longUnit)));
            Pixels.assertMargin(page, 35);
            BufferedImage alone =
                    ImageFigure.render(image, Samples.prediction(label, label, 0.5, label, 0.5), label, List.of());
            Pixels.assertMargin(alone, 35);
        }
    }
}

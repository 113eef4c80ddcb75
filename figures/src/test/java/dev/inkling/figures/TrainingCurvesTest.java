package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places in the page: margin 36, header 56, charts of 520 × 320, 40 apart. */
class TrainingCurvesTest {

    private static final int BLUE = 0x0a6bd3;
    private static final int GREY = 0x8a97a5;
    private static final Rectangle LOSS = new Rectangle(36, 92, 520, 320);
    private static final Rectangle ACCURACY = new Rectangle(596, 92, 520, 320);

    private static BufferedImage render(int epochs, int firstEpoch) {
        double[] loss = new double[epochs];
        double[] accuracy = new double[epochs];
        for (int i = 0; i < epochs; i++) {
            loss[i] = 2.0 / (i + 1);
            accuracy[i] = 1 - 0.8 / (i + 1);
        }
        double[] worse = Arrays.stream(loss).map(x -> x + 0.3).toArray();
        double[] lower = Arrays.stream(accuracy).map(x -> x - 0.1).toArray();
        return TrainingCurves.render(loss, worse, accuracy, lower, firstEpoch);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 20, 100})
    void bothCurvesAreInBothCharts(int epochs) {
        BufferedImage picture = render(epochs, 1);
        for (Rectangle chart : new Rectangle[] {LOSS, ACCURACY}) {
            assertThat(Pixels.count(picture, chart, BLUE)).isGreaterThan(15);
            assertThat(Pixels.count(picture, chart, GREY)).isGreaterThan(15);
        }
        Pixels.assertMargin(picture, 35);
    }

    @Test
    void lossFallsAndAccuracyRises() {
        BufferedImage picture = render(10, 1);
        Rectangle loss = extent(picture, LOSS, BLUE);
        Rectangle accuracy = extent(picture, ACCURACY, BLUE);
        assertThat(top(picture, loss, true)).isLessThan(top(picture, loss, false) - 150);
        assertThat(top(picture, accuracy, true)).isGreaterThan(top(picture, accuracy, false) + 150);
        // The validation loss is above the training loss, its accuracy below.
        assertThat(loss.y).isLessThan(extent(picture, LOSS, GREY).y);
        assertThat(accuracy.y).isGreaterThan(extent(picture, ACCURACY, GREY).y);
    }

    @Test
    void theFirstEpochNumbersTheAxis() {
        Rectangle difference = Pixels.difference(render(5, 1), render(5, 11));
        assertThat(difference.isEmpty()).isFalse();
        BufferedImage one = render(5, 1).getSubimage(36, 92, 520, 270);
        BufferedImage other = render(5, 11).getSubimage(36, 92, 520, 270);
        assertThat(Pixels.difference(one, other)).as("the curves").matches(Rectangle::isEmpty);
    }

    @Test
    void withoutValidationOnlyTheTrainingCurve() {
        BufferedImage picture =
                TrainingCurves.render(new double[] {2, 1}, new double[0], new double[] {0.5, 0.9}, new double[0], 1);
        assertThat(Pixels.count(picture, BLUE)).isZero();
        assertThat(Pixels.count(picture, LOSS, GREY)).isGreaterThan(100);
    }

    @Test
    void notFiniteValuesLeaveAGap() {
        double[] broken = {2, Double.NaN, 1, Double.POSITIVE_INFINITY, 0.5};
        double[] fine = {0.1, 0.2, 0.3, 0.4, 0.5};
        BufferedImage picture = TrainingCurves.render(broken, fine, fine, fine, 1);
        Pixels.assertMargin(picture, 35);
        // No line, but three markers.
        assertThat(Pixels.count(picture, LOSS, GREY)).isBetween(25, 80);
    }

    @Test
    void aDivergedTrainingSaysSo() {
        double[] nan = {Double.NaN, Double.NaN};
        double[] fine = {0.1, 0.2};
        BufferedImage picture = TrainingCurves.render(nan, nan, fine, fine, 1);
        int words = 520 * 320 - Pixels.count(picture, LOSS, Sheet.SURFACE.getRGB() & 0xffffff);
        assertThat(words).isBetween(500, 4000);
        assertThat(Pixels.count(picture, ACCURACY, BLUE)).isGreaterThan(15);
    }

    @Test
    void flatCurvesAreDrawn() {
        double[] zero = {0, 0, 0};
        double[] one = {1, 1, 1};
        BufferedImage picture = TrainingCurves.render(zero, zero, one, one, 1);
        assertThat(Pixels.count(picture, LOSS, BLUE)).isGreaterThan(300);
        assertThat(Pixels.count(picture, ACCURACY, BLUE)).isGreaterThan(300);
        Pixels.assertMargin(picture, 35);
    }

    @Test
    void lengthsMustAgree() {
        assertThatThrownBy(() -> TrainingCurves.render(new double[2], new double[1], new double[2], new double[1], 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("curves of 2, 1, 2 and 1 epochs (training loss, validation loss, training accuracy,"
                        + " validation accuracy); expected as many of each, at least one");
        assertThatThrownBy(() -> TrainingCurves.render(new double[0], new double[0], new double[0], new double[0], 1))
                .isInstanceOf(InvalidInputException.class);
    }

    private static Rectangle extent(BufferedImage picture, Rectangle part, int rgb) {
        Rectangle box = new Rectangle(0, 0, -1, -1);
        for (int y = part.y; y < part.y + part.height; y++) {
            for (int x = part.x; x < part.x + part.width; x++) {
                if (Pixels.at(picture, x, y) == rgb) {
                    box.add(new Rectangle(x, y, 1, 1));
                }
            }
        }
        return box;
    }

    /** The highest blue pixel in the first or the last columns of a curve. */
    private static int top(BufferedImage picture, Rectangle curve, boolean first) {
        return extent(
                        picture,
                        new Rectangle(first ? curve.x : curve.x + curve.width - 6, curve.y, 6, curve.height),
                        BLUE)
                .y;
    }
}

package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.InvalidInputException;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Places in the page: margin 36, header 92, the upper chart 560 × 400, 10 below it the lower one, 560 × 190. */
class ReliabilityDiagramTest {

    private static final int BLUE = 0x0a6bd3;
    private static final int TOO_SURE = 0xe3898e;
    private static final int TOO_UNSURE = 0x8fbcee;
    private static final int GREY = Sheet.NEUTRAL.getRGB() & 0xffffff;
    private static final Rectangle UPPER = new Rectangle(36, 128, 560, 400);
    private static final Rectangle LOWER = new Rectangle(36, 538, 560, 190);

    /** One bin of five has images. */
    private static BufferedImage one(int bin, double confidence, double accuracy, int images) {
        int[] counts = new int[5];
        double[] confidences = new double[5];
        double[] accuracies = new double[5];
        Arrays.fill(confidences, Double.NaN);
        Arrays.fill(accuracies, Double.NaN);
        counts[bin] = images;
        confidences[bin] = confidence;
        accuracies[bin] = accuracy;
        return ReliabilityDiagram.render(counts, confidences, accuracies, 0.1);
    }

    @Test
    void aBarIsAsHighAsTheAccuracyAndTheGapReachesTheConfidence() {
        BufferedImage sure = one(3, 0.7, 0.35, 10);
        int unit = extent(one(4, 1, 1, 10), UPPER, BLUE).height;
        assertThat(unit).isBetween(330, 400);
        Rectangle right = extent(sure, UPPER, BLUE);
        Rectangle gap = extent(sure, UPPER, TOO_SURE);
        assertThat((double) right.height / unit).isCloseTo(0.35, within(0.01));
        assertThat((double) gap.height / unit).isCloseTo(0.35, within(0.01));
        assertThat(gap.y + gap.height).as("the gap stands on the bar").isCloseTo(right.y, within(2));
        assertThat(Pixels.count(sure, UPPER, TOO_UNSURE)).isZero();
    }

    @Test
    void aModelLessSureThanRightHasTheOtherGap() {
        BufferedImage unsure = one(3, 0.7, 0.9, 10);
        int unit = extent(one(4, 1, 1, 10), UPPER, BLUE).height;
        assertThat((double) extent(unsure, UPPER, BLUE).height / unit).isCloseTo(0.7, within(0.01));
        assertThat((double) extent(unsure, UPPER, TOO_UNSURE).height / unit).isCloseTo(0.2, within(0.01));
        assertThat(Pixels.count(unsure, UPPER, TOO_SURE)).isZero();
    }

    @Test
    void theBinsOfBothChartsStandOneAboveTheOther() {
        for (int bin = 0; bin < 5; bin++) {
            BufferedImage page = one(bin, 0.5, 0.5, 12_345);
            Rectangle accuracy = extent(page, UPPER, BLUE);
            Rectangle images = extent(page, LOWER, GREY);
            assertThat(images.x).isCloseTo(accuracy.x, within(1));
            assertThat(images.width).isCloseTo(accuracy.width, within(1));
        }
    }

    @Test
    void oneImageIsSeenAmongMany() {
        int[] counts = {1, 0, 0, 0, 60_000};
        double[] all = {0.1, Double.NaN, Double.NaN, Double.NaN, 0.95};
        BufferedImage page = ReliabilityDiagram.render(counts, all, all, 0);
        Rectangle first = new Rectangle(LOWER.x, LOWER.y, 280, LOWER.height);
        assertThat(extent(page, first, GREY).height).isGreaterThanOrEqualTo(4);
        // Ten times as many images are as far up wherever they start.
        int ten = extent(one(4, 1, 1, 10), LOWER, GREY).height;
        assertThat(ten).isLessThan(LOWER.height);
        Pixels.assertMargin(page, 35);
    }

    @Test
    void theIdentityIsAlwaysThere() {
        BufferedImage empty = ReliabilityDiagram.render(new int[15], new double[15], new double[15], 0);
        assertThat(Pixels.count(empty, UPPER, BLUE)).isZero();
        assertThat(Pixels.count(empty, UPPER, Sheet.TEXT.getRGB() & 0xffffff)).isGreaterThan(50);
        Pixels.assertMargin(empty, 35);
    }

    @Test
    void theTitleTellsTheError() {
        double[] all = {0.5};
        Rectangle difference = Pixels.difference(
                ReliabilityDiagram.render(new int[] {3}, all, all, 0.0123),
                ReliabilityDiagram.render(new int[] {3}, all, all, 0.0456));
        assertThat(difference.isEmpty()).isFalse();
        assertThat(new Rectangle(36, 36, 400, 24).contains(difference)).isTrue();
    }

    @Test
    void largeNumbersKeepWithinThePage() {
        int[] counts = new int[15];
        double[] all = new double[15];
        Arrays.fill(counts, 2_000_000_000);
        Arrays.fill(all, 1);
        Pixels.assertMargin(ReliabilityDiagram.render(counts, all, all, 1), 35);
    }

    @Test
    void lengthsMustAgree() {
        assertThatThrownBy(() -> ReliabilityDiagram.render(new int[2], new double[1], new double[2], 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("reliability diagram of 2, 1 and 2 bins (images, confidence, accuracy);"
                        + " expected as many of each, at least one");
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
}

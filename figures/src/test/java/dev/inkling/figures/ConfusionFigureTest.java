package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfusionFigureTest {

    private static final int HIT = 0xe6e9ed;

    @Test
    void errorsAreColouredByTheirShareAndHitsAreNot() {
        // A share of 1 is rare: 5 of 5. The others are 1 % and nothing.
        BufferedImage page =
                ConfusionFigure.render(List.of("a", "b", "c"), new int[][] {{990, 10, 0}, {0, 700, 0}, {5, 0, 0}});

        Rectangle hits = extent(page, HIT);
        // Three cells of 46 on the diagonal, of which a hairline belongs to the grid.
        assertThat(hits.getSize()).isEqualTo(new Rectangle(3 * 46 - 1, 3 * 46 - 1).getSize());
        assertThat(cell(page, hits, 0, 1)).isEqualTo(rgb(0.01));
        assertThat(cell(page, hits, 2, 0)).isEqualTo(ColorMap.DIVERGING.rgb(1));
        assertThat(cell(page, hits, 2, 2)).as("a hit that never was").isEqualTo(HIT);
        assertThat(cell(page, hits, 0, 2)).isEqualTo(Pixels.WHITE);
        assertThat(cell(page, hits, 1, 0)).isEqualTo(Pixels.WHITE);
        Pixels.assertMargin(page, 35);
    }

    @Test
    void theScaleIsLogarithmicAndEvenTheSmallestErrorShows() {
        assertThat(rgb(1)).isEqualTo(ColorMap.DIVERGING.rgb(1));
        assertThat(rgb(0.001)).isEqualTo(rgb(1e-6)).isEqualTo(ColorMap.DIVERGING.rgb(0.14));
        assertThat(rgb(0.1)).isEqualTo(ColorMap.DIVERGING.rgb(0.14 + 0.86 * 2 / 3));
        assertThat(rgb(1e-6)).isNotEqualTo(Pixels.WHITE).isNotEqualTo(HIT);
    }

    @Test
    void eachCellSaysItsNumberAndNoOtherChanges() {
        BufferedImage one = ConfusionFigure.render(List.of("a", "b"), new int[][] {{90, 10}, {0, 100}});
        BufferedImage other = ConfusionFigure.render(List.of("a", "b"), new int[][] {{90, 10}, {0, 101}});
        Rectangle hits = extent(one, HIT);

        BufferedImage matrix = one.getSubimage(hits.x, hits.y, hits.width, hits.height);
        Rectangle difference = Pixels.difference(matrix, other.getSubimage(hits.x, hits.y, hits.width, hits.height));

        assertThat(difference.isEmpty()).isFalse();
        assertThat(new Rectangle(46, 46, 45, 45).contains(difference)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0,0,–", "0,7,0.0 %", "7,7,100.0 %", "1999,2000,>99.9 %", "998,1000,99.8 %"})
    void recallIsNeverRoundedToAllOfThem(int hits, long total, String expected) {
        assertThat(ConfusionFigure.recall(hits, total)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 13, 26, 31, 62, 81, 120})
    void anyNumberOfClassesWithLongLabelsFits(int classes) {
        List<String> labels = IntStream.range(0, classes)
                .mapToObj(k -> "an exceptionally long label of class number " + k)
                .toList();
        int[][] counts = new int[classes][classes];
        for (int k = 0; k < classes; k++) {
            counts[k][k] = 100_000;
            counts[k][(k + 1) % classes] += 12_345;
        }

        BufferedImage page = ConfusionFigure.render(labels, counts);

        Pixels.assertMargin(page, 35);
        assertThat(Pixels.count(page, HIT)).isGreaterThan(classes * 50);
    }

    /** Where a number is wider than its cell, it runs into the next: the borders between cells would not be clean. */
    @ParameterizedTest
    @ValueSource(ints = {2, 26, 62})
    void numbersKeepToTheirCells(int classes) {
        List<String> labels =
                IntStream.range(0, classes).mapToObj(String::valueOf).toList();
        int[][] counts = new int[classes][classes];
        for (int truth = 0; truth < classes; truth++) {
            for (int predicted = 0; predicted < classes; predicted++) {
                counts[truth][predicted] = 1_234_567;
            }
        }

        BufferedImage page = ConfusionFigure.render(labels, counts);

        Rectangle hits = extent(page, HIT);
        int cell = (hits.width + 1) / classes;
        assertThat(cell * classes).isEqualTo(hits.width + 1);
        for (int k = 1; k < classes; k++) {
            Rectangle border = new Rectangle(hits.x + k * cell - 1, hits.y, 1, hits.height);
            assertThat(Pixels.count(page, border, 0xe9ecef)).isEqualTo(hits.height);
        }
    }

    @Test
    void refusesWhatIsNoMatrix() {
        assertThatThrownBy(() -> ConfusionFigure.render(List.of("a", "b"), new int[][] {{1, 2}, {3}}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("confusion matrix of 2 rows for 2 classes; expected a row and a column for each, at least"
                        + " one");
        assertThatThrownBy(() -> ConfusionFigure.render(List.of(), new int[0][]))
                .isInstanceOf(InvalidInputException.class);
    }

    private static int rgb(double share) {
        return ConfusionFigure.color(share).getRGB() & 0xffffff;
    }

    /** The colour beside the number: in the upper left corner of a cell. */
    private static int cell(BufferedImage page, Rectangle hits, int truth, int predicted) {
        return Pixels.at(page, hits.x + 46 * predicted + 3, hits.y + 46 * truth + 3);
    }

    /** Of what has this colour above the legend, which repeats it. */
    private static Rectangle extent(BufferedImage page, int rgb) {
        Rectangle box = new Rectangle(0, 0, -1, -1);
        for (int y = 0; y < page.getHeight() - 36 - 66; y++) {
            for (int x = 0; x < page.getWidth(); x++) {
                if (Pixels.at(page, x, y) == rgb) {
                    box.add(new Rectangle(x, y, 1, 1));
                }
            }
        }
        return box;
    }
}

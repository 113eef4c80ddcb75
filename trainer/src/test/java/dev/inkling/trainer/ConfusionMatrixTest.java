package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.trainer.ConfusionMatrix.ClassScores;
import dev.inkling.trainer.ConfusionMatrix.ConfusedPair;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {

    private static final Offset<Double> EXACT = within(1e-15);

    /** Class 1 is never predicted, class 2 never there, class 3 neither. */
    private static final ConfusionMatrix GAPS =
            new ConfusionMatrix(new int[][] {{6, 0, 2, 0}, {3, 0, 1, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}});

    @Test
    void scoresByHand() {
        // Rows 10, 8, 5 images; columns 9, 10, 4.
        ConfusionMatrix matrix = new ConfusionMatrix(new int[][] {{7, 3, 0}, {1, 6, 1}, {1, 1, 3}});

        assertThat(matrix.images()).isEqualTo(23);
        assertThat(matrix.right()).isEqualTo(16);
        assertThat(matrix.accuracy()).isCloseTo(16 / 23.0, EXACT);
        assertScores(matrix.classes().get(0), 7 / 9.0, 7 / 10.0, 14 / 19.0, 10, 9);
        assertScores(matrix.classes().get(1), 6 / 10.0, 6 / 8.0, 12 / 18.0, 8, 10);
        assertScores(matrix.classes().get(2), 3 / 4.0, 3 / 5.0, 6 / 9.0, 5, 4);
        assertThat(matrix.macro().precision()).isCloseTo((7 / 9.0 + 6 / 10.0 + 3 / 4.0) / 3, EXACT);
        assertThat(matrix.macro().recall()).isCloseTo((7 / 10.0 + 6 / 8.0 + 3 / 5.0) / 3, EXACT);
        assertThat(matrix.macro().f1()).isCloseTo((14 / 19.0 + 12 / 18.0 + 6 / 9.0) / 3, EXACT);
    }

    @Test
    void aShareOfNothingIsUndefined() {
        assertScores(GAPS.classes().get(0), 6 / 9.0, 6 / 8.0, 12 / 17.0, 8, 9);
        assertScores(GAPS.classes().get(1), Double.NaN, 0, 0, 4, 0);
        assertScores(GAPS.classes().get(2), 0, Double.NaN, 0, 0, 3);
        assertScores(GAPS.classes().get(3), Double.NaN, Double.NaN, Double.NaN, 0, 0);
    }

    @Test
    void averagesAreOverTheClassesForWhichTheNumberIsDefined() {
        assertThat(GAPS.macro().precision()).isCloseTo((6 / 9.0 + 0) / 2, EXACT);
        assertThat(GAPS.macro().recall()).isCloseTo((6 / 8.0 + 0) / 2, EXACT);
        assertThat(GAPS.macro().f1()).isCloseTo(12 / 17.0 / 3, EXACT);
        ConfusionMatrix nothing = new ConfusionMatrix(new int[2][2]);
        assertThat(nothing.macro().f1()).isNaN();
        assertThat(nothing.accuracy()).isNaN();
    }

    @Test
    void confusedPairsInAFixedOrder() {
        // Class 0: 10 images, 1: 20, 2: 10, 3: 10.
        ConfusionMatrix matrix =
                new ConfusionMatrix(new int[][] {{5, 2, 0, 3}, {3, 12, 5, 0}, {2, 2, 6, 0}, {0, 0, 0, 10}});

        assertThat(matrix.confusedPairs())
                .containsExactly(
                        new ConfusedPair(1, 2, 5, 0.25),
                        // As many: first the larger share of its class.
                        new ConfusedPair(0, 3, 3, 0.3),
                        new ConfusedPair(1, 0, 3, 0.15),
                        // As large a share: in the order of the classes.
                        new ConfusedPair(0, 1, 2, 0.2),
                        new ConfusedPair(2, 0, 2, 0.2),
                        new ConfusedPair(2, 1, 2, 0.2));
        assertThat(new ConfusionMatrix(new int[][] {{4, 0}, {0, 0}}).confusedPairs())
                .isEmpty();
    }

    @Test
    void keepsItsCountsToItself() {
        int[][] counts = {{1, 0}, {0, 1}};
        ConfusionMatrix matrix = new ConfusionMatrix(counts);

        counts[0][0] = 9;
        matrix.counts()[1][1] = 9;

        assertThat(matrix).isEqualTo(new ConfusionMatrix(new int[][] {{1, 0}, {0, 1}}));
        assertThat(matrix.right()).isEqualTo(2);
    }

    @Test
    void refusesWhatIsNoMatrixOfCounts() {
        assertThatThrownBy(() -> new ConfusionMatrix(new int[][] {{1, 2}, {3}}))
                .hasMessage("expected 2 counts of at least 0 per row, found [3]");
        assertThatThrownBy(() -> new ConfusionMatrix(new int[][] {{1, -2}, {3, 4}}))
                .hasMessage("expected 2 counts of at least 0 per row, found [1, -2]");
    }

    /** Exactly: NaN is expected where it stands. */
    private static void assertScores(
            ClassScores found, double precision, double recall, double f1, int support, int predicted) {
        assertThat(found).isEqualTo(new ClassScores(precision, recall, f1, support, predicted));
    }
}

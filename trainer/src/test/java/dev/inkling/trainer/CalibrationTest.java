package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationTest {

    private static final Offset<Double> CLOSE = within(1e-15);

    private final Calibration.Tally tally = new Calibration.Tally();

    /** An image of class 0 or not, for which the model says class 0 with this confidence. */
    private void add(double confidence, boolean right) {
        tally.add(new double[] {confidence, 1 - confidence}, right ? 0 : 1, 0);
    }

    @Test
    void errorsByHand() {
        // Bin 9, (0.6, 0.667]: mean confidence 0.63, half right.
        add(0.62, true);
        add(0.64, false);
        // Bin 14, (0.933, 1]: mean confidence 0.97, two of three right.
        add(0.95, true);
        add(0.97, false);
        add(0.99, true);

        Calibration found = tally.calibration();

        assertThat(found.bins()).hasSize(15);
        assertBin(found.bins().get(9), 9 / 15.0, 10 / 15.0, 2, 0.63, 0.5);
        assertBin(found.bins().get(14), 14 / 15.0, 1, 3, 0.97, 2 / 3.0);
        double last = 0.97 - 2 / 3.0;
        assertThat(found.expectedError()).isCloseTo((2 * 0.13 + 3 * last) / 5, CLOSE);
        assertThat(found.maximumError()).isCloseTo(last, CLOSE);
        double squares = 0.38 * 0.38 + 0.64 * 0.64 + 0.05 * 0.05 + 0.97 * 0.97 + 0.01 * 0.01;
        assertThat(found.brierScore()).as("of both classes").isCloseTo(2 * squares / 5, CLOSE);
    }

    @Test
    void anUnsureModelThatIsRightIsOffAsWell() {
        add(0.5, true);

        assertThat(tally.calibration().expectedError()).isEqualTo(0.5);
        assertThat(tally.calibration().bins().get(7).gap()).isEqualTo(0.5);
    }

    @Test
    void anEmptyBinHasNoMeansAndNoGap() {
        add(1, true);

        Calibration found = tally.calibration();
        assertThat(found.bins().get(3)).isEqualTo(new Calibration.Bin(0.2, 4 / 15.0, 0, Double.NaN, Double.NaN));
        assertThat(found.bins().get(3).gap()).isZero();
        assertThat(found.expectedError()).isZero();
        assertThat(found.maximumError()).isZero();
        assertThat(found.brierScore()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void aBordersConfidenceBelongsToTheBinBelow(int border) {
        add(border / 15.0, true);
        add(Math.nextUp(border / 15.0) > 1 ? 1 : Math.nextUp(border / 15.0), true);

        int[] counts = tally.calibration().bins().stream()
                .mapToInt(Calibration.Bin::count)
                .toArray();
        int[] expected = new int[15];
        expected[border - 1]++;
        expected[Math.min(border, 14)]++;
        assertThat(counts).containsExactly(expected);
    }

    @Test
    void noConfidenceAtAllIsInTheFirstBin() {
        add(0, false);

        assertThat(tally.calibration().bins().get(0).count()).isEqualTo(1);
    }

    @Test
    void brierScoreOfManyClasses() {
        tally.add(new double[] {0.5, 0.3, 0.2}, 1, 0);
        tally.add(new double[] {0, 0, 1}, 0, 2);

        // 0.25 + 0.49 + 0.04, and the worst there is.
        assertThat(tally.calibration().brierScore()).isCloseTo((0.78 + 2) / 2, CLOSE);
    }

    @Test
    void aCalibratedModelHasNoError() {
        // Of 60 images 48 right at 0.8: a border, too.
        IntStream.range(0, 60).forEach(i -> add(0.8, i % 5 != 0));

        Calibration found = tally.calibration();
        assertThat(found.expectedError()).isCloseTo(0, within(1e-14));
        assertThat(found.bins().get(11).count()).isEqualTo(60);
    }

    private static void assertBin(
            Calibration.Bin bin, double from, double to, int count, double confidence, double accuracy) {
        assertThat(bin.from()).isEqualTo(from);
        assertThat(bin.to()).isEqualTo(to);
        assertThat(bin.count()).isEqualTo(count);
        assertThat(bin.confidence()).isCloseTo(confidence, CLOSE);
        assertThat(bin.accuracy()).isCloseTo(accuracy, CLOSE);
    }
}

package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.trainer.MnistFraming.Box;
import org.junit.jupiter.api.Test;

class MnistFramingTest {

    @Test
    void theBoxIsTheSmallestAroundTheInk() {
        float[] values = {
            0, 0, 0, 0, //
            0, 0, 0.2f, 0, //
            0, 0.9f, 0, 0, //
        };

        assertThat(MnistFraming.inkBox(values, 3, 4, 0)).isEqualTo(new Box(1, 1, 2, 2));
        assertThat(MnistFraming.inkBox(values, 3, 4, 0.2f)).isEqualTo(new Box(2, 1, 1, 1));
        assertThat(MnistFraming.inkBox(values, 3, 4, 0.9f).height()).isZero();
    }

    @Test
    void theCentreOfMassWeighsInk() {
        float[] values = {
            9, 9, 9, //
            9, 1, 3, //
            9, 0, 4, //
        };

        // Rows: (0·4 + 1·4) / 8; columns: (0·1 + 1·7) / 8.
        assertThat(MnistFraming.centreOfMass(values, 3, new Box(1, 1, 2, 2))).containsExactly(0.5, 0.875);
    }

    @Test
    void theCentreOfMassComesToTheMiddlePixel() {
        float[] values = {0, 0, 0, 0, 0.1f, 1, 0, 0, 0};

        float[] frame = MnistFraming.centred(values, 3, new Box(1, 1, 1, 2), 7, 9);

        // The centre is at column 10/11 of the box, which goes to column 4.
        assertThat(frame).hasSize(63);
        assertThat(frame[3 * 9 + 3]).isEqualTo(0.1f);
        assertThat(frame[3 * 9 + 4]).isEqualTo(1f);
    }

    @Test
    void inkNeverLeavesTheFrame() {
        float[] values = {1, 0.01f, 0.01f, 0.01f, 0.01f, 0.01f};

        float[] frame = MnistFraming.centred(values, 6, new Box(0, 0, 1, 6), 1, 7);

        assertThat(frame).containsExactly(0, 1, 0.01f, 0.01f, 0.01f, 0.01f, 0.01f);
    }

    @Test
    void otherSidesKeepTheProportion() {
        assertThat(MnistFraming.box(28)).isEqualTo(20);
        assertThat(MnistFraming.box(56)).isEqualTo(40);
        assertThat(MnistFraming.box(32)).isEqualTo(23);
        assertThat(MnistFraming.box(1)).isEqualTo(1);
    }
}

package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.trainer.MnistFraming.Box;
import org.junit.jupiter.api.Test;

class DrawingTest {

    private static final int BOX = 20;

    private static float at(float[] ink, int row, int column) {
        return ink[row * BOX + column];
    }

    /** Nib of radius 2 and soft rim of 0.5 on both sides: the line runs from (2.5, 2.5) to (17.5, 2.5). */
    @Test
    void aLineAsComputedByHand() {
        Drawing drawing = new Drawing();
        drawing.move(7, -3, 2, false);
        drawing.move(8, -3, 2, true);

        float[] ink = drawing.raster(BOX, 1);

        assertThat(at(ink, 0, 10)).isEqualTo(0.5f);
        assertThat(at(ink, 1, 10)).isEqualTo(1f);
        assertThat(at(ink, 4, 10)).isEqualTo(0.5f);
        assertThat(at(ink, 5, 10)).isZero();
        assertThat(at(ink, 2, 0)).isEqualTo(0.5f);
        assertThat(at(ink, 2, 19)).isEqualTo(0.5f);
        assertThat(at(ink, 0, 0)).isZero();
        assertThat(at(ink, 0, 1)).isEqualTo((float) (0.5 - (Math.sqrt(5) - 2)), within(1e-6f));
        assertThat(MnistFraming.inkBox(ink, BOX, BOX, 0)).isEqualTo(new Box(0, 0, 5, 20));
    }

    @Test
    void aSofterPenFadesMoreSlowly() {
        Drawing drawing = new Drawing();
        drawing.move(0, 0, 2, false);
        drawing.move(1, 0, 2, true);

        float[] ink = drawing.raster(BOX, 2);

        // The line lies at 3 now: distances to the edge are 0.5, −0.5 and −1.5.
        assertThat(at(ink, 0, 10)).isEqualTo(0.25f);
        assertThat(at(ink, 1, 10)).isEqualTo(0.75f);
        assertThat(at(ink, 2, 10)).isEqualTo(1f);
    }

    /** Radii 1 and 3: the line runs from (3.5, 1.5) to (3.5, 16.5). */
    @Test
    void theNibGrowsAlongTheLine() {
        Drawing drawing = new Drawing();
        drawing.move(0, 0, 1, false);
        drawing.move(0, 4, 3, true);

        float[] ink = drawing.raster(BOX, 1);

        double radius = 1 + 2 * (9.5 - 1.5) / 15;
        assertThat(at(ink, 9, 1)).isEqualTo((float) (0.5 - (2 - radius)), within(1e-6f));
        assertThat(at(ink, 1, 1)).isZero();
        assertThat(at(ink, 16, 1)).isEqualTo(1f);
    }

    @Test
    void aLiftedPenLeavesNoInk() {
        Drawing drawing = new Drawing();
        drawing.move(0, 0, 1, false);
        drawing.move(0, 1, 1, true);
        drawing.move(1, 0, 1, false);
        drawing.move(1, 1, 1, true);

        float[] ink = drawing.raster(BOX, 1);

        for (int row = 0; row < BOX; row++) {
            assertThat(at(ink, row, 10)).isZero();
        }
        assertThat(at(ink, 10, 1)).isEqualTo(1f);
        assertThat(at(ink, 10, 18)).isEqualTo(1f);
    }

    @Test
    void aThinLineOverAThickOneTakesNoInkAway() {
        Drawing drawing = new Drawing();
        drawing.move(0, 0, 2, false);
        drawing.move(1, 0, 2, true);
        drawing.move(0, 0, 1, false);
        drawing.move(1, 0, 1, true);

        float[] ink = drawing.raster(BOX, 1);

        assertThat(at(ink, 0, 10)).isEqualTo(0.5f);
        assertThat(at(ink, 1, 10)).isEqualTo(1f);
    }

    /** Far more points than any array begins with. */
    @Test
    void aSpiralFillsItsBox() {
        Drawing drawing = new Drawing();
        for (int i = 0; i <= 500; i++) {
            drawing.move(i * Math.cos(i / 20.0), i * Math.sin(i / 20.0), 1, i > 0);
        }

        Box box = MnistFraming.inkBox(drawing.raster(BOX, 1), BOX, BOX, 0);

        assertThat(Math.max(box.height(), box.width())).isEqualTo(BOX);
    }
}

package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttentionStripTest {

    /** Where the picture of a digit begins, and how far apart two are. */
    private static final int TOP = 40;

    private static final int PITCH = 148;

    private static final Prediction RIGHT = Samples.prediction("7", "7", 0.75, "9", 0.25);
    private static final Prediction WRONG = Samples.prediction("9", "7", 0.75, "9", 0.25);

    private static BufferedImage render(Prediction prediction, String moment, Heatmap... maps) {
        return AttentionStrip.render(
                Samples.seven(),
                prediction,
                moment,
                List.of(maps).stream().map(map -> new Panel("Grad-CAM", map)).toList());
    }

    @Test
    void imageAndOverlaysStandSideBySide() {
        BufferedImage strip = render(RIGHT, "epoch 3", Samples.coarse(), Samples.fineSigned());
        SourceImage seven = SourceImage.first(Samples.seven());
        DisplaySize size = new DisplaySize(140, 140);

        Pixels.assertSame(seven.picture(size), strip, 10, TOP);
        Pixels.assertSame(Overlay.of(seven, Samples.coarse(), size), strip, 10 + PITCH, TOP);
        Pixels.assertSame(Overlay.of(seven, Samples.fineSigned(), size), strip, 10 + 2 * PITCH, TOP);
        Pixels.assertMargin(strip, 6);
    }

    @Test
    void tellsRightFromWrong() {
        Rectangle mark = new Rectangle(10, 10, 20, 20);
        int green = Sheet.RIGHT.getRGB() & 0xffffff;
        int red = Sheet.WRONG.getRGB() & 0xffffff;

        BufferedImage right = render(RIGHT, "epoch 3", Samples.coarse());
        BufferedImage wrong = render(WRONG, "epoch 3", Samples.coarse());

        assertThat(Pixels.count(right, mark, green)).isGreaterThan(150);
        assertThat(Pixels.count(wrong, mark, red)).isGreaterThan(150);
        // And what it is, behind what it was taken for.
        Rectangle differs = Pixels.difference(right, wrong);
        assertThat(differs.getMaxX()).isGreaterThan(110);
        assertThat(differs.getMaxY()).isLessThan(TOP);
    }

    @Test
    void theMomentIsInTheUpperRightCorner() {
        Rectangle differs = Pixels.difference(
                render(RIGHT, "epoch 3", Samples.coarse()), render(RIGHT, "epoch 4", Samples.coarse()));

        assertThat(differs.x).isGreaterThan(280);
        assertThat(differs.getMaxY()).isLessThan(TOP);
    }

    @Test
    void everyStripOfAnImageHasOneSizeSoThatTheyCanBeLeafedThrough() {
        String name = "a class whose name is longer than anything that fits above these pictures";
        BufferedImage usual = render(RIGHT, "epoch 3", Samples.coarse());
        BufferedImage odd =
                render(Samples.prediction("the other " + name, name, 1.0), "epoch 10000", Samples.zeroByReLU());

        assertThat(odd.getWidth()).isEqualTo(usual.getWidth()).isEqualTo(10 + 140 + 8 + 140 + 10);
        assertThat(odd.getHeight()).isEqualTo(usual.getHeight());
        Pixels.assertMargin(odd, 6);
    }
}

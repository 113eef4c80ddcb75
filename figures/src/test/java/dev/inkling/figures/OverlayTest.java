package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class OverlayTest {

    private static final SourceImage SEVEN = SourceImage.first(Samples.seven());
    private static final DisplaySize SIZE = new DisplaySize(224, 224);

    @Test
    void zeroLeavesTheDigitUnchanged() {
        BufferedImage digit = SEVEN.picture(SIZE);
        BufferedImage overlay = Overlay.of(Samples.seven(), Samples.fineSigned());
        assertThat(overlay.getWidth()).isEqualTo(224);
        // Only the squares of the two values that are not zero: rows 3 and 20, columns 5 and 10, times 8.
        assertThat(Pixels.difference(digit, overlay)).isEqualTo(new Rectangle(40, 24, 48, 144));
        assertThat(Pixels.count(overlay, 0)).isEqualTo(Pixels.count(digit, 0) - 2 * 64);
    }

    @Test
    void opacityIsProportionalToMagnitude() {
        float[] values = {-1, -0.5f, 0, 0.5f, 1};
        FloatNdArray grey = FloatArrays.of(new float[] {0.2f, 0.2f, 0.2f, 0.2f, 0.2f}, 1, 1, 5, 1);
        BufferedImage overlay = Overlay.of(grey, Samples.map(Sign.SIGNED, 1, 5, values));
        int blue = ColorMap.DIVERGING.rgb(-1);
        int red = ColorMap.DIVERGING.rgb(1);
        assertThat(Pixels.at(overlay, 10, 10)).isEqualTo(mix(51, blue, 0.8));
        assertThat(Pixels.at(overlay, 44 + 10, 10)).isEqualTo(mix(51, blue, 0.4));
        assertThat(Pixels.at(overlay, 88 + 10, 10)).isEqualTo(0x333333);
        assertThat(Pixels.at(overlay, 132 + 10, 10)).isEqualTo(mix(51, red, 0.4));
        assertThat(Pixels.at(overlay, 176 + 10, 10)).isEqualTo(mix(51, red, 0.8));
    }

    @Test
    void positiveMapsTakeTheColourOfTheirValue() {
        BufferedImage overlay =
                Overlay.of(FloatArrays.of(new float[3], 1, 1, 3, 1), Samples.map(Sign.POSITIVE, 1, 3, 0, 2, 4));
        assertThat(Pixels.at(overlay, 5, 5)).isZero();
        assertThat(Pixels.at(overlay, 80, 5)).isEqualTo(mix(0, ColorMap.SEQUENTIAL.rgb(0.5), 0.4));
        assertThat(Pixels.at(overlay, 160, 5)).isEqualTo(mix(0, ColorMap.SEQUENTIAL.rgb(1), 0.8));
    }

    @Test
    void coloursOfTheBareMap() {
        BufferedImage bare = ColoredMap.of(Samples.fineSigned(), SEVEN, SIZE);
        assertThat(Pixels.at(bare, 5 * 8, 3 * 8)).isEqualTo(ColorMap.DIVERGING.rgb(1));
        assertThat(Pixels.at(bare, 5 * 8 + 7, 3 * 8 + 7)).isEqualTo(ColorMap.DIVERGING.rgb(1));
        assertThat(Pixels.at(bare, 10 * 8, 20 * 8)).isEqualTo(ColorMap.DIVERGING.rgb(-0.5));
        assertThat(Pixels.count(bare, ColorMap.DIVERGING.rgb(0))).isEqualTo(224 * 224 - 2 * 64);

        BufferedImage smooth = ColoredMap.of(Samples.coarse(), SEVEN, SIZE);
        assertThat(Pixels.at(smooth, 0, 0)).isEqualTo(ColorMap.SEQUENTIAL.rgb(1));
        assertThat(Pixels.at(smooth, 55, 55)).isEqualTo(ColorMap.SEQUENTIAL.rgb(1));
        assertThat(Pixels.at(smooth, 223, 223)).isEqualTo(ColorMap.SEQUENTIAL.rgb(0));
        // Column 112 lies at 112.5 / 112 − 0.5 of the raw columns: 0.624 of at most 0.75.
        double middle = 0.75 - (112.5 / 112 - 0.5) * (0.75 - 0.5);
        assertThat(Pixels.at(smooth, 112, 0)).isEqualTo(ColorMap.SEQUENTIAL.rgb(middle / 0.75));
    }

    @Test
    void withoutAMapOnlyTheGreyDigit() {
        BufferedImage overlay = Overlay.of(Samples.seven(), Samples.zeroByReLU());
        assertThat(Pixels.difference(SEVEN.picture(SIZE), overlay)).matches(Rectangle::isEmpty);
        Heatmap undefined = Samples.map(Sign.SIGNED, 1, 2, Float.NaN, 1);
        assertThat(Pixels.difference(SEVEN.picture(SIZE), Overlay.of(Samples.seven(), undefined)))
                .matches(Rectangle::isEmpty);
    }

    @Test
    void colourImagesBecomeGreyByLuma() {
        FloatNdArray primaries = FloatArrays.of(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, 1, 1, 3, 3);
        SourceImage image = SourceImage.first(primaries);
        assertThat(Pixels.at(image.picture(new DisplaySize(1, 3)), 0, 0)).isEqualTo(0xff0000);
        assertThat(Pixels.at(image.picture(new DisplaySize(1, 3)), 1, 0)).isEqualTo(0x00ff00);
        assertThat(Pixels.at(image.picture(new DisplaySize(1, 3)), 2, 0)).isEqualTo(0x0000ff);
        BufferedImage overlay = Overlay.of(primaries, Samples.map(Sign.SIGNED, 1, 3, 0, 0, 0));
        assertThat(Pixels.at(overlay, 0, 0)).isEqualTo(0x4c4c4c);
        assertThat(Pixels.at(overlay, 80, 0)).isEqualTo(0x969696);
        assertThat(Pixels.at(overlay, 160, 0)).isEqualTo(0x1d1d1d);
    }

    @Test
    void otherRangesAreStretched() {
        BufferedImage picture = SourceImage.first(FloatArrays.of(new float[] {-1, 0, 1}, 1, 1, 3, 1))
                .picture(new DisplaySize(1, 3));
        assertThat(Pixels.at(picture, 0, 0)).isZero();
        assertThat(Pixels.at(picture, 1, 0)).isEqualTo(0x808080);
        assertThat(Pixels.at(picture, 2, 0)).isEqualTo(0xffffff);
        BufferedImage dim = SourceImage.first(FloatArrays.of(new float[] {0.2f, Float.NaN}, 1, 1, 2, 1))
                .picture(new DisplaySize(1, 2));
        assertThat(Pixels.at(dim, 0, 0)).isEqualTo(0x333333);
        assertThat(Pixels.at(dim, 1, 0)).isZero();
    }

    @Test
    void saysWhichShapeItExpects() {
        assertThatThrownBy(() -> Overlay.of(FloatArrays.of(new float[4], 2, 2), Samples.coarse()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("picture of an image with shape [2, 2], expected (N, H, W, C) with at least one pixel");
    }

    private static int mix(int grey, int color, double opacity) {
        int r = (int) Math.round(grey + opacity * ((color >> 16 & 255) - grey));
        int g = (int) Math.round(grey + opacity * ((color >> 8 & 255) - grey));
        int b = (int) Math.round(grey + opacity * ((color & 255) - grey));
        return r << 16 | g << 8 | b;
    }
}

package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Attribution.Contract.Sign;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Measures the colours as drawn: from the 8-bit sRGB values back to CIELAB, written down on its own here. */
class ColorMapTest {

    @Test
    void stepsOfTheSequentialMapLookEquallyLarge() {
        double[] steps = steps(ColorMap.SEQUENTIAL, 0, 1, 16);
        double mean = DoubleStream.of(steps).average().orElseThrow();
        // The whole way is nearly twice that from black to white; rounding to 8 bits alone moves a step by some
        // percent.
        assertThat(16 * mean).isGreaterThan(170);
        assertThat(DoubleStream.of(steps).boxed())
                .allSatisfy(step -> assertThat(step).isBetween(0.9 * mean, 1.1 * mean));
    }

    @Test
    void stepsOfTheDivergingMapLookEquallyLarge() {
        double[] steps = steps(ColorMap.DIVERGING, -1, 1, 16);
        double mean = DoubleStream.of(steps).average().orElseThrow();
        assertThat(16 * mean).isGreaterThan(150);
        assertThat(DoubleStream.of(steps).boxed())
                .allSatisfy(step -> assertThat(step).isBetween(0.9 * mean, 1.1 * mean));
    }

    @Test
    void sequentialLightnessOnlyRises() {
        double[] lightness = IntStream.rangeClosed(0, 128)
                .mapToDouble(i -> lab(ColorMap.SEQUENTIAL.rgb(i / 128.0))[0])
                .toArray();
        assertThat(lightness).isSorted().doesNotHaveDuplicates();
        assertThat(lightness[0]).isLessThan(12);
        assertThat(lightness[128]).isGreaterThan(84);
    }

    @Test
    void divergingLightnessFallsEquallyToBothSides() {
        for (int i = 1; i <= 64; i++) {
            double[] negative = lab(ColorMap.DIVERGING.rgb(-i / 64.0));
            double[] positive = lab(ColorMap.DIVERGING.rgb(i / 64.0));
            assertThat(negative[0]).isCloseTo(positive[0], within(0.5));
            assertThat(chroma(negative)).isCloseTo(chroma(positive), within(1.0));
            assertThat(positive[0]).isLessThan(lab(ColorMap.DIVERGING.rgb((i - 1) / 64.0))[0]);
        }
    }

    @Test
    void zeroOfTheDivergingMapIsNeutralAndItsEndsAreBlueAndRed() {
        assertThat(ColorMap.DIVERGING.rgb(0)).isEqualTo(0xf6f6f6);
        assertThat(ColorMap.DIVERGING.rgb(-0.0)).isEqualTo(0xf6f6f6);
        double[] negative = lab(ColorMap.DIVERGING.rgb(-1));
        double[] positive = lab(ColorMap.DIVERGING.rgb(1));
        assertThat(hue(negative)).isCloseTo(284, within(1.0));
        assertThat(hue(positive)).isCloseTo(27, within(1.0));
    }

    @Test
    void numbersBeyondTheEndsHaveTheEndColours() {
        assertThat(ColorMap.SEQUENTIAL.rgb(-0.5)).isEqualTo(ColorMap.SEQUENTIAL.rgb(0));
        assertThat(ColorMap.SEQUENTIAL.rgb(1.0001)).isEqualTo(ColorMap.SEQUENTIAL.rgb(1));
        assertThat(ColorMap.DIVERGING.rgb(-7)).isEqualTo(ColorMap.DIVERGING.rgb(-1));
        assertThatThrownBy(() -> ColorMap.SEQUENTIAL.rgb(Double.NaN)).hasMessage("NaN has no colour");
    }

    @Test
    void signChoosesTheMap() {
        assertThat(ColorMap.of(Sign.SIGNED)).isSameAs(ColorMap.DIVERGING);
        assertThat(ColorMap.of(Sign.POSITIVE)).isSameAs(ColorMap.SEQUENTIAL);
        assertThat(ColorMap.DIVERGING.lowest()).isEqualTo(-1);
        assertThat(ColorMap.SEQUENTIAL.lowest()).isZero();
    }

    /** Published CIELAB (D65) coordinates of the sRGB primaries. */
    @Test
    void conversionFromLabIsThatOfTheStandard() {
        assertThat(new Lab(53.2408, 80.0925, 67.2032).rgb()).isEqualTo(0xff0000);
        assertThat(new Lab(87.7347, -86.1827, 83.1793).rgb()).isEqualTo(0x00ff00);
        assertThat(new Lab(32.2970, 79.1875, -107.8602).rgb()).isEqualTo(0x0000ff);
        assertThat(new Lab(100, 0, 0).rgb()).isEqualTo(0xffffff);
        assertThat(new Lab(53.585, 0, 0).rgb()).isEqualTo(0x808080);
        assertThat(new Lab(2, 0, 0).rgb()).isEqualTo(0x070707);
    }

    private static double[] steps(ColorMap colors, double from, double to, int count) {
        return IntStream.range(0, count)
                .mapToDouble(i -> {
                    double[] one = lab(colors.rgb(from + (to - from) * i / count));
                    double[] next = lab(colors.rgb(from + (to - from) * (i + 1) / count));
                    return Math.hypot(one[0] - next[0], Math.hypot(one[1] - next[1], one[2] - next[2]));
                })
                .toArray();
    }

    private static double chroma(double[] lab) {
        return Math.hypot(lab[1], lab[2]);
    }

    private static double hue(double[] lab) {
        return (Math.toDegrees(Math.atan2(lab[2], lab[1])) + 360) % 360;
    }

    private static double[] lab(int rgb) {
        double r = linear(rgb >> 16 & 255);
        double g = linear(rgb >> 8 & 255);
        double b = linear(rgb & 255);
        double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
        double y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
        double z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
        return new double[] {116 * y - 16, 500 * (x - y), 200 * (y - z)};
    }

    private static double linear(int channel) {
        double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    private static double f(double t) {
        return t > 216.0 / 24389 ? Math.cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
}

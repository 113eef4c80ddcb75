package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Verdict;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeatmapTest {

    @Test
    void sumsChannelsOfItsOwnImage() {
        Attribution attribution = new Attribution(
                FloatArrays.of(new float[] {9, 9, 9, 9, 1, 2, -4, 0.5f}, 2, 1, 2, 2),
                new Contract(Sign.SIGNED, false, "logits"));
        Heatmap map = Heatmap.of(attribution, 1);
        assertThat(map.values()).containsExactly(3, -3.5f);
        assertThat(map.height()).isEqualTo(1);
        assertThat(map.width()).isEqualTo(2);
        assertThat(map.min()).isEqualTo(-3.5f);
        assertThat(map.max()).isEqualTo(3);
        assertThat(map.limit()).isEqualTo(3.5f);
        assertThat(map.unit()).isEqualTo("logits");
        assertThat(map.verdict()).isEmpty();
        assertThatThrownBy(() -> Heatmap.of(attribution, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void rangeHasAllDigits() {
        Heatmap map = Samples.map(Sign.SIGNED, 1, 2, -0.012345678f, 1.2e-7f);
        assertThat(map.range()).isEqualTo("−0.012345678 to 1.2e−7");
        String[] ends = map.range().replace('−', '-').split(" to ");
        assertThat(Float.parseFloat(ends[0])).isEqualTo(map.min());
        assertThat(Float.parseFloat(ends[1])).isEqualTo(map.max());
    }

    @Test
    void signedMapsScaleSymmetricallyAndPositiveOnesFromZero() {
        DisplaySize size = new DisplaySize(1, 2);
        assertThat(Samples.map(Sign.SIGNED, 1, 2, -1, 4).shown(1, 2, size)).containsExactly(-0.25f, 1);
        assertThat(Samples.map(Sign.SIGNED, 1, 2, -4, 1).shown(1, 2, size)).containsExactly(-1, 0.25f);
        assertThat(Samples.map(Sign.POSITIVE, 1, 2, 1, 4).shown(1, 2, size)).containsExactly(0.25f, 1);
        assertThat(Samples.map(Sign.POSITIVE, 1, 2, 1e-45f, 3e-45f).shown(1, 2, size))
                .containsExactly(0.5f, 1);
    }

    /** A promise that a method breaks must not hide its negative values. */
    @Test
    void negativeValuesAreNeverShownAsPositive() {
        assertThat(Samples.map(Sign.POSITIVE, 1, 2, -1, 4).sign()).isEqualTo(Sign.SIGNED);
        assertThat(Samples.map(Sign.POSITIVE, 1, 2, 0, 4).sign()).isEqualTo(Sign.POSITIVE);
        assertThat(Samples.map(Sign.SIGNED, 1, 2, 0, 4).sign()).isEqualTo(Sign.SIGNED);
    }

    @Test
    void mapsAsFineAsTheImageStayCrispAndOthersAreInterpolated() {
        Heatmap map = Samples.map(Sign.POSITIVE, 1, 2, 0, 1);
        DisplaySize size = new DisplaySize(1, 4);
        assertThat(map.shown(1, 2, size)).containsExactly(0, 0, 1, 1);
        assertThat(map.shown(1, 4, size)).containsExactly(0, 0.25f, 0.75f, 1);
        assertThat(map.resized(1, 4)).containsExactly(0, 0.25f, 0.75f, 1);
    }

    @Test
    void saysWhatItsNumbersSay() {
        assertThat(text(Samples.zeroByReLU()))
                .startsWith("all zero: every value was negative before the ReLU (−3.2 to −0.1);");
        assertThat(text(Samples.map(Sign.SIGNED, 1, 3, -0.5f, -0.5f, -0.5f)))
                .isEqualTo("constant: every value is −0.5, so no place stands out");
        Attribution two = new Attribution(
                        FloatArrays.of(new float[8], 2, 2, 2, 1), new Contract(Sign.POSITIVE, false, "logits"))
                .with("signed minimum", 0, -5)
                .with("signed maximum", 0, -2);
        assertThat(text(Heatmap.of(two, 0))).isEqualTo("all zero: nothing counts for the target here");
        assertThat(text(Heatmap.of(two, 1))).contains("(−5 to −2)");
    }

    @Test
    void saysWhatIsKnownBetter() {
        Verdict dead = new Verdict(Verdict.Kind.ALL_ZERO, "layer 'x' is dead");
        Heatmap map = Heatmap.of(Samples.attribution(Sign.SIGNED, 1, 2, 0, 0), 0, Optional.of(dead));
        assertThat(map.verdict()).contains(dead);
    }

    @Test
    void channelsThatCancelLeaveNothingToSee() {
        assertThat(text(Samples.map(Sign.SIGNED, 1, 2, 1, -1, -0.5f, 0.5f)))
                .isEqualTo("all zero: the channels cancel each other at every place");
        assertThat(text(Samples.map(Sign.SIGNED, 1, 2, 1, 2, 2.5f, 0.5f)))
                .isEqualTo("constant: the channels add up to 3 at every place");
    }

    private static String text(Heatmap map) {
        return map.verdict().orElseThrow().text();
    }

    @Test
    void notFinite() {
        Heatmap map =
                Samples.map(Sign.POSITIVE, 1, 5, Float.NaN, 2, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1);
        assertThat(text(map)).isEqualTo("not finite: of 5 values 1 are NaN and 2 infinite, so the map says nothing");
        assertThat(map.min()).isEqualTo(1);
        assertThat(map.max()).isEqualTo(2);
        Heatmap nothing = Samples.map(Sign.POSITIVE, 1, 1, Float.NaN);
        assertThat(nothing.verdict()).isPresent();
        assertThat(nothing.range()).isEqualTo("0 to 0");
    }
}

package dev.inkling.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Numbers, words and predictions. */
class NumbersTest {

    @Test
    void exactNumbersKeepAllDigits() {
        assertThat(Numbers.exact(-0f)).isEqualTo("0");
        assertThat(Numbers.exact(3)).isEqualTo("3");
        assertThat(Numbers.exact(-0.012345678f)).isEqualTo("−0.012345678");
        assertThat(Numbers.exact(1e10f)).isEqualTo("1e10");
        assertThat(Numbers.exact(-1.5e-7f)).isEqualTo("−1.5e−7");
    }

    @Test
    void roundedNumbersHaveThreeDigits() {
        assertThat(Numbers.rounded(0)).isEqualTo("0");
        assertThat(Numbers.rounded(-0.0)).isEqualTo("0");
        assertThat(Numbers.rounded(-3.2f)).isEqualTo("−3.2");
        assertThat(Numbers.rounded(0.000123456)).isEqualTo("0.000123");
        assertThat(Numbers.rounded(0.0000123456)).isEqualTo("1.23e−5");
        assertThat(Numbers.rounded(9.999)).isEqualTo("10");
        assertThat(Numbers.rounded(-1234567)).isEqualTo("−1.23e6");
        assertThat(Numbers.rounded(100)).isEqualTo("100");
        assertThat(Numbers.rounded(Double.NEGATIVE_INFINITY)).isEqualTo("−Infinity");
    }

    @Test
    void onlyACertainProbabilityIsOne() {
        assertThat(Numbers.probability(1, 3)).isEqualTo("1.000");
        assertThat(Numbers.probability(0, 3)).isEqualTo("0.000");
        assertThat(Numbers.probability(0.99996, 3)).isEqualTo(">0.999");
        assertThat(Numbers.probability(0.00004, 3)).isEqualTo("<0.001");
        assertThat(Numbers.probability(0.98, 2)).isEqualTo("0.98");
    }

    @Test
    void predictionsAreRightOrWrongOrUnknown() {
        assertThat(Samples.prediction("7", "7", 0.9).right()).contains(true);
        assertThat(Samples.prediction("7", "1", 0.9, "7", 0.1).right()).contains(false);
        assertThat(Samples.prediction(null, "1", 0.9).right()).isEmpty();
        assertThat(new Prediction.Score("7", 1.0000001).probability()).isEqualTo(1);
    }

    @Test
    void impossiblePredictionsAreRefused() {
        assertThatThrownBy(() -> new Prediction.Score("7", Double.NaN))
                .hasMessage("probability of '7' is NaN, expected 0 to 1");
        assertThatThrownBy(() -> new Prediction.Score("7", 1.5))
                .hasMessage("probability of '7' is 1.5, expected 0 to 1");
        assertThatThrownBy(() -> Samples.prediction("7"))
                .hasMessage("prediction without a class, expected at least one");
        assertThatThrownBy(() -> Samples.prediction("7", "1", 0.1, "7", 0.9))
                .hasMessageStartingWith("predictions are not in descending order");
    }

    @Test
    void textIsCutToFit() {
        var font = Fonts.regular(12);
        assertThat(Text.fit("short", font, 200)).isEqualTo("short");
        String cut = Text.fit("Golden Retriever", font, 60);
        assertThat(cut).startsWith("Gol").endsWith("…");
        assertThat(Text.width(cut, font)).isLessThanOrEqualTo(60);
        assertThat(Text.fit("Golden", font, 1)).isEqualTo("…");
    }

    @Test
    void textIsWrappedBetweenWords() {
        var font = Fonts.regular(12);
        double width = Text.width("the score does", font) + 1;
        assertThat(Text.wrap("the score does not change here", font, width, 9))
                .isEqualTo(List.of("the score does", "not change", "here"));
        assertThat(Text.wrap("the score does not change here", font, width, 2))
                .hasSize(2)
                .last()
                .asString()
                .endsWith("…");
        assertThat(Text.wrap("inseparablylongwordfirst and more", font, width, 3))
                .allSatisfy(line -> assertThat(Text.width(line, font)).isLessThanOrEqualTo(width));
    }
}

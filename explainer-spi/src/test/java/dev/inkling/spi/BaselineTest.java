package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.FloatNdArray;

class BaselineTest {

    private static final Model MODEL = model(new ValueRange(-1, 3));
    private static final FloatNdArray TWO = images(2);

    @ParameterizedTest
    @CsvSource({"black, -1", "white, 3", "0, 0", "0.5, 0.5", "-7, -7", "1e3, 1000"})
    void isOneValueEverywhere(String text, float value) {
        FloatNdArray baselines = Baseline.valueOf(text).forImages(MODEL, TWO);
        assertThat(baselines.shape()).isEqualTo(TWO.shape());
        assertThat(FloatArrays.flat(baselines)).containsOnly(value);
    }

    @Test
    void uniformNoiseFillsTheRangeByImageAndSeed() {
        SplittableRandom random = new SplittableRandom(4);
        Model large = model(new ValueRange(-1, 3), 60, 70);
        float[] pixels = new float[2 * 4200];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        FloatNdArray both = FloatArrays.of(pixels, 2, 60, 70, 1);
        float[] noise = FloatArrays.flat(Baseline.valueOf("uniform").forImages(large, both));
        double mean = 0;
        for (float value : noise) {
            assertThat(value).isBetween(-1f, 3f);
            mean += value / noise.length;
        }
        assertThat(mean).isBetween(0.94, 1.06); // 4/√12 over √8400 is 0.013
        float[] first = Arrays.copyOf(noise, 4200);
        float[] second = Arrays.copyOfRange(noise, 4200, 8400);
        assertThat(first).isNotEqualTo(second);
        FloatNdArray alone = FloatArrays.of(Arrays.copyOfRange(pixels, 4200, 8400), 1, 60, 70, 1);
        assertThat(FloatArrays.flat(Baseline.valueOf("uniform:0").forImages(large, alone)))
                .isEqualTo(second);
        assertThat(FloatArrays.flat(Baseline.valueOf("uniform:1").forImages(large, both)))
                .isNotEqualTo(noise);
    }

    @Test
    void blursEachImage() {
        float[] expected = FloatArrays.flat(TWO);
        GaussianBlur blur = new GaussianBlur(1.5, 2, 3, 1);
        blur.apply(expected, 0, expected, 0);
        blur.apply(expected, 6, expected, 6);
        assertThat(FloatArrays.flat(Baseline.valueOf("blur:1.5").forImages(MODEL, TWO)))
                .isEqualTo(expected);
        assertThat(TWO).isEqualTo(images(2));
    }

    @Test
    void theMeanIsThatOfTheBackground() {
        Model model = new BackgroundModel(
                MODEL, FloatArrays.of(new float[] {0, 2, 4, 6, 8, 1, 1, 0, 0, 2, 2, 2}, 2, 2, 3, 1));
        assertThat(FloatArrays.flat(Baseline.valueOf("mean").forImages(model, TWO)))
                .containsExactly(0.5f, 1, 2, 4, 5, 1.5f, 0.5f, 1, 2, 4, 5, 1.5f);
    }

    @Test
    void theMeanNeedsABackground() {
        assertThatThrownBy(() -> Baseline.valueOf("mean").forImages(MODEL, TWO))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "model 'box' does not offer Background, a set of reference images, which is needed here; give it one"
                                + " with '--background', in a program with BackgroundModel");
    }

    @Test
    void anImageOfOnesOwnStandsForAll() {
        float[] own = {1, 2, 3, 4, 5, 6};
        Baseline baseline = new Baseline.Image(FloatArrays.of(own, 1, 2, 3, 1));
        own[0] = 9;
        assertThat(FloatArrays.flat(baseline.forImages(MODEL, TWO)))
                .containsExactly(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6);
        assertThatThrownBy(() -> new Baseline.Image(images(2)).forImages(MODEL, TWO))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("baseline has shape [2, 2, 3, 1], expected one image: (1, H, W, C)");
        assertThatThrownBy(() -> new Baseline.Image(FloatArrays.of(own, 1, 3, 2, 1)).forImages(MODEL, TWO))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("image is 3×2×1, model 'box' expects 2×3×1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "black",
                "white",
                "0",
                "-1",
                "0.5",
                "1.0E30",
                "uniform:0",
                "uniform:-3",
                "blur:5",
                "blur:0.5",
                "mean"
            })
    void isWrittenAsItIsRead(String text) {
        assertThat(Baseline.valueOf(text)).hasToString(text).isEqualTo(Baseline.valueOf(text));
    }

    @ParameterizedTest
    @CsvSource({"0.0, 0", "-0, 0", "1e0, 1", "uniform, uniform:0", "blur:5.0, blur:5"})
    void otherSpellingsAreTheSame(String text, String written) {
        assertThat(Baseline.valueOf(text)).isEqualTo(Baseline.valueOf(written)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Black", "grey", "blur", "blur:", "blur:x", "uniform:", "uniform:1.5", "mean:2", "0,5"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Baseline.valueOf(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "expected a baseline such as black, white, 0.5, uniform, uniform:7 (a seed), blur:5 (pixels)"
                                + " or mean, found '" + text + "'");
    }

    @Test
    void numbersOutOfBoundsAreRefused() {
        assertThatThrownBy(() -> Baseline.valueOf("NaN"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("baseline is NaN, expected a finite number");
        assertThatThrownBy(() -> Baseline.valueOf("1e39"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("baseline is 1.0E39, expected a finite number");
        for (String sigma : new String[] {"0.0", "-1.0", "1001.0", "NaN"}) {
            assertThatThrownBy(() -> Baseline.valueOf("blur:" + sigma))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("blur's sigma is " + sigma + ", expected above 0, up to 1000 pixels");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"black", "0", "uniform", "blur:1"})
    void imagesThatDoNotFitAreRefused(String text) {
        assertThatThrownBy(() -> Baseline.valueOf(text).forImages(MODEL, FloatArrays.of(new float[6], 1, 3, 2, 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("image is 3×2×1, model 'box' expects 2×3×1");
    }

    @Test
    void isAnOptionLikeAnyOther() {
        record With(
                @Option(value = "0", help = "a baseline") Baseline baseline) {}

        With options = Options.parse(With.class, Map.of("baseline", "blur:2"));
        assertThat(options).isEqualTo(new With(new Baseline.Blur(2)));
        assertThat(Options.values(options)).containsExactly(Map.entry("baseline", "blur:2"));
        assertThat(Options.specs(With.class).get(0).type()).isEqualTo("baseline");
    }

    private static FloatNdArray images(int count) {
        float[] pixels = new float[count * 6];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i * i % 7;
        }
        return FloatArrays.of(pixels, count, 2, 3, 1);
    }

    private static Model model(ValueRange range) {
        return model(range, 2, 3);
    }

    private static Model model(ValueRange range, int height, int width) {
        return new Model() {
            @Override
            public ModelSignature signature() {
                return new ModelSignature("box", height, width, 1, range, List.of("a", "b"), List.of());
            }

            @Override
            public FloatNdArray scores(FloatNdArray images) {
                throw new AssertionError("a baseline asks for no scores");
            }

            @Override
            public <T> Optional<T> capability(Class<T> type) {
                return Optional.empty();
            }
        };
    }
}

package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {

    enum Rule {
        GAUSS_LEGENDRE,
        TRAPEZOID
    }

    record Everything(
            @Option(value = "50", min = 1, max = 1000, help = "an int")
            int samples,

            @Option(value = "-7", help = "a long") long seed,

            @Option(value = "0.15", min = 0, help = "a double")
            double noiseLevel,

            @Option(value = "true", help = "a boolean") boolean absolute,
            @Option(value = "", help = "a string") String layer,

            @Option(value = "gauss-legendre", help = "a choice")
            Rule rule,

            @Option(value = "2x3", help = "an extent") Extent windowSize) {}

    record Nothing() {}

    record Pair(
            @Option(value = "1", help = "lower") int low,
            @Option(value = "2", help = "upper") int high) {
        Pair {
            if (low > high) {
                throw new InvalidInputException("low is %d%%, above high", low);
            }
        }
    }

    @Test
    void defaultsAreThoseOfTheAnnotations() {
        assertThat(Options.defaults(Everything.class))
                .isEqualTo(new Everything(50, -7, 0.15, true, "", Rule.GAUSS_LEGENDRE, new Extent(2, 3)));
        assertThat(Options.defaults(Nothing.class)).isEqualTo(new Nothing());
    }

    @Test
    void parsesEveryType() {
        assertThat(Options.parse(
                        Everything.class,
                        Map.of(
                                "samples", "1000",
                                "seed", "9223372036854775807",
                                "noise-level", "1e-3",
                                "absolute", "false",
                                "layer", "block3/conv2",
                                "rule", "trapezoid",
                                "window-size", "5")))
                .isEqualTo(new Everything(
                        1000, Long.MAX_VALUE, 0.001, false, "block3/conv2", Rule.TRAPEZOID, new Extent(5, 5)));
    }

    @Test
    void valuesAreReadBackAsTheyAreWritten() {
        Everything options = new Everything(3, 4, 0.5, false, "conv", Rule.TRAPEZOID, new Extent(1, 2));
        Map<String, String> values = Options.values(options);
        assertThat(values)
                .containsExactly(
                        Map.entry("samples", "3"),
                        Map.entry("seed", "4"),
                        Map.entry("noise-level", "0.5"),
                        Map.entry("absolute", "false"),
                        Map.entry("layer", "conv"),
                        Map.entry("rule", "trapezoid"),
                        Map.entry("window-size", "1x2"));
        assertThat(Options.parse(Everything.class, values)).isEqualTo(options);
    }

    @Test
    void specsSayWhatAnOptionTakes() {
        List<OptionSpec> specs = Options.specs(Everything.class);
        assertThat(specs)
                .extracting(OptionSpec::name)
                .containsExactly("samples", "seed", "noise-level", "absolute", "layer", "rule", "window-size");
        assertThat(specs)
                .extracting(OptionSpec::type)
                .containsExactly("int", "long", "double", "boolean", "string", "choice", "extent");
        assertThat(specs.get(0)).isEqualTo(new OptionSpec("samples", "int", "50", "an int", 1, 1000, List.of()));
        assertThat(specs.get(5).choices()).containsExactly("gauss-legendre", "trapezoid");
    }

    @Test
    void unknownNamesAreRefusedWithThoseThatExist() {
        refused(
                Everything.class,
                Map.of("sample", "5"),
                "no option 'sample'; options: samples, seed, noise-level, absolute, layer, rule, window-size");
        refused(Nothing.class, Map.of("sample", "5"), "no option 'sample'; there are no options");
    }

    @Test
    void valuesOutOfBoundsAreRefused() {
        refused(Everything.class, Map.of("samples", "0"), "option 'samples': expected 1 to 1000, found 0");
        refused(Everything.class, Map.of("samples", "1001"), "option 'samples': expected 1 to 1000, found 1001");
        refused(
                Everything.class,
                Map.of("noise-level", "-0.1"),
                "option 'noise-level': expected at least 0, found -0.1");
    }

    @Test
    void valuesOfAnotherTypeAreRefused() {
        refused(Everything.class, Map.of("samples", "5.0"), "option 'samples': expected a whole number, found '5.0'");
        refused(
                Everything.class,
                Map.of("samples", "99999999999"),
                "option 'samples': expected a whole number, found '99999999999'");
        refused(Everything.class, Map.of("seed", ""), "option 'seed': expected a whole number, found ''");
        refused(
                Everything.class,
                Map.of("noise-level", "lots"),
                "option 'noise-level': expected a number, found 'lots'");
        refused(Everything.class, Map.of("noise-level", "NaN"), "option 'noise-level': expected a number, found 'NaN'");
        refused(
                Everything.class,
                Map.of("noise-level", "Infinity"),
                "option 'noise-level': expected a number, found 'Infinity'");
        refused(Everything.class, Map.of("absolute", "yes"), "option 'absolute': expected true or false, found 'yes'");
        refused(
                Everything.class,
                Map.of("rule", "GAUSS_LEGENDRE"),
                "option 'rule': expected one of gauss-legendre, trapezoid, found 'GAUSS_LEGENDRE'");
        refused(
                Everything.class,
                Map.of("window-size", "4by4"),
                "option 'window-size': expected an extent such as 4 or 2x3, found '4by4'");
    }

    @Test
    void allProblemsAreToldAtOnce() {
        refused(
                Everything.class,
                Map.of("samples", "0", "absolute", "maybe", "nose", "1"),
                "no option 'nose'; options: samples, seed, noise-level, absolute, layer, rule, window-size;"
                        + " option 'samples': expected 1 to 1000, found 0;"
                        + " option 'absolute': expected true or false, found 'maybe'");
    }

    @Test
    void contradictionsAreToldInTheRecordsOwnWords() {
        assertThat(Options.parse(Pair.class, Map.of("low", "2"))).isEqualTo(new Pair(2, 2));
        refused(Pair.class, Map.of("low", "3"), "low is 3%, above high");
    }

    record Unannotated(@Option(value = "1", help = "fine") int first, int second) {}

    record Unreadable(
            @Option(value = "1", help = "no valueOf") StringBuilder text) {}

    record WrongDefault(
            @Option(value = "0", min = 1, help = "below its own bound")
            int count) {}

    @Test
    void mistakesOfTheAuthorAreNamed() {
        assertThatThrownBy(() -> Options.specs(Unannotated.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(Unannotated.class.getName() + ".second is not annotated with @Option");
        assertThatThrownBy(() -> Options.defaults(Unreadable.class))
                .hasMessageContaining("options of type java.lang.StringBuilder cannot be read:"
                        + " it has no public static valueOf(String)");
        assertThatThrownBy(() -> Options.defaults(WrongDefault.class))
                .hasMessage("option 'count': expected at least 1, found 0");
    }

    private static void refused(Class<? extends Record> type, Map<String, String> given, String message) {
        assertThatThrownBy(() -> Options.parse(type, given))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }
}

package dev.inkling.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainerSpecTest {

    private static final Set<String> WRAPPERS = Set.of("noise-tunnel", "twice");

    private static List<ExplainerSpec> parseList(String text) {
        return ExplainerSpec.parseList(text, WRAPPERS);
    }

    private static ExplainerSpec parse(String text) {
        return ExplainerSpec.parse(text, WRAPPERS);
    }

    @Test
    void aPlusAfterAWrapperBeginsWhatItIsAround() {
        ExplainerSpec cam = new ExplainerSpec("grad-cam", Map.of("layer", "a+b", "relu", "false"));
        ExplainerSpec tunnel =
                new ExplainerSpec("noise-tunnel", Map.of("samples", "20", "noise", "1e+0"), Optional.of(cam));
        assertThat(parseList("saliency,noise-tunnel:samples=20,noise=1e+0+grad-cam:layer=a+b,relu=false,rise"))
                .containsExactly(new ExplainerSpec("saliency", Map.of()), tunnel, new ExplainerSpec("rise", Map.of()));
    }

    @Test
    void wrappersNest() {
        ExplainerSpec spec = parse("twice+noise-tunnel:seed=1 + twice + grad-cam");
        assertThat(spec.toString()).isEqualTo("twice+noise-tunnel:seed=1+twice+grad-cam");
        assertThat(spec.wrapped().get().wrapped().get().wrapped()).contains(new ExplainerSpec("grad-cam", Map.of()));
    }

    @Test
    void namesAreJoinedWhoeverTheyAre() {
        assertThat(parse("nosie-tunnel+grad-cam"))
                .isEqualTo(new ExplainerSpec(
                        "nosie-tunnel", Map.of(), Optional.of(new ExplainerSpec("grad-cam", Map.of()))));
    }

    @Test
    void commasSeparateBothExplainersAndOptions() {
        assertThat(parseList("grad-cam,smooth-grad:samples=50,seed=1,occlusion:window=3x3,saliency"))
                .containsExactly(
                        new ExplainerSpec("grad-cam", Map.of()),
                        new ExplainerSpec("smooth-grad", Map.of("samples", "50", "seed", "1")),
                        new ExplainerSpec("occlusion", Map.of("window", "3x3")),
                        new ExplainerSpec("saliency", Map.of()));
    }

    @Test
    void anOptionedExplainerRightAfterAnotherIsTheNext() {
        assertThat(parseList("smooth-grad:seed=1,smooth-grad:seed=2"))
                .containsExactly(
                        new ExplainerSpec("smooth-grad", Map.of("seed", "1")),
                        new ExplainerSpec("smooth-grad", Map.of("seed", "2")));
    }

    @Test
    void aColonOrAnEqualsSignInsideAValueBelongsToIt() {
        assertThat(parseList("grad-cam:layer=block3/conv2:0,relu=a=b,unit=x:y"))
                .containsExactly(
                        new ExplainerSpec("grad-cam", Map.of("layer", "block3/conv2:0", "relu", "a=b", "unit", "x:y")));
    }

    @Test
    void anEmptyValueIsAValue() {
        assertThat(parse("grad-cam:layer=").options()).isEqualTo(Map.of("layer", ""));
    }

    @Test
    void spacesAroundThePartsDoNotMatter() {
        assertThat(parseList(" grad-cam , smooth-grad : samples = 50 , seed = 1 "))
                .containsExactly(
                        new ExplainerSpec("grad-cam", Map.of()),
                        new ExplainerSpec("smooth-grad", Map.of("samples", "50", "seed", "1")));
    }

    @Test
    void optionsKeepTheirOrder() {
        assertThat(parse("x:d=1,a=2,c=3,b=4").options().keySet()).containsExactly("d", "a", "c", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grad-cam",
                "smooth-grad:samples=50,seed=1",
                "grad-cam:layer=",
                "noise-tunnel:seed=1+grad-cam:layer=a+b"
            })
    void aSpecIsWrittenAsItIsTyped(String text) {
        assertThat(parse(text)).hasToString(text);
        assertThat(parseList(text + ",saliency"))
                .extracting(ExplainerSpec::toString)
                .isEqualTo(List.of(text, "saliency"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                   | empty explainer in ''; expected names separated by commas, such as grad-cam,saliency
            a,,b                 | empty explainer in 'a,,b'; expected names separated by commas, such as grad-cam,saliency
            a,                   | empty explainer in 'a,'; expected names separated by commas, such as grad-cam,saliency
            seed=1               | option 'seed=1' has no explainer before it; expected NAME:seed=1
            grad-cam,seed=1      | option 'seed=1' follows 'grad-cam' without a colon; expected grad-cam:seed=1
            a:x=1,b,seed=1       | option 'seed=1' follows 'b' without a colon; expected b:seed=1
            a:                   | explainer 'a': expected KEY=VALUE after the colon, found ''
            a:samples            | explainer 'a': expected KEY=VALUE after the colon, found 'samples'
            a:=5                 | explainer 'a': expected KEY=VALUE after the colon, found '=5'
            a:x=1,=5             | explainer 'a': expected KEY=VALUE after the colon, found '=5'
            :x=1                 | no explainer's name before the colon in ':x=1'
            a:x=1,x=2            | explainer 'a': option 'x' is given twice
            twice+a,x=1          | option 'x=1' follows 'a' without a colon; expected a:x=1
            twice:x=1+a:x=1,x=2  | explainer 'a': option 'x' is given twice
            twice:+a             | explainer 'twice': expected KEY=VALUE after the colon, found '+a'
            +a                   | no explainer's name before the colon in '+a'
            twice+               | no explainer's name before the colon in ''
            """)
    void wrongListsAreRefused(String text, String message) {
        assertThatThrownBy(() -> parseList(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }

    @Test
    void oneMeansOne() {
        assertThatThrownBy(() -> parse("grad-cam,saliency"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("expected one explainer, found 2 in 'grad-cam,saliency'");
    }
}

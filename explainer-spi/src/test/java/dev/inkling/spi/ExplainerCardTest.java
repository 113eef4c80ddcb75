package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainerCardTest {

    @ParameterizedTest
    @ValueSource(strings = {"rise", "grad-cam", "lrp-epsilon", "score2-cam", "noise-tunnel+other+grad-cam"})
    void namesAreLowerCaseWordsJoinedByHyphens(String name) {
        assertThat(card(name, Set.of()).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Grad-CAM",
                "grad_cam",
                "grad-",
                "-cam",
                "grad--cam",
                "2cam",
                "grad cam",
                "grad-cam++",
                "+grad-cam",
                "a+-b"
            })
    void otherNamesAreRefused(String name) {
        assertThatThrownBy(() -> card(name, Set.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "explainer name '" + name + "' is not lower-case words joined by hyphens, such as grad-cam");
    }

    @Test
    void needsKeepTheirOrderAndAreItsOwn() {
        Set<Class<?>> needs = new LinkedHashSet<>(List.of(Propagation.class, Gradients.class, Layers.class));
        ExplainerCard card = card("many", needs);
        needs.clear();
        assertThat(card.needs()).containsExactly(Propagation.class, Gradients.class, Layers.class);
    }

    @Test
    void aMethodExplainsTheTargetWithAnyLayersUnlessItSaysOtherwise() {
        ExplainerCard plain = card("plain", Set.of());
        assertThat(plain.targeted()).isTrue();
        assertThat(plain.layers()).isEmpty();

        Set<ModelSignature.Layer.Kind> layers = EnumSet.of(ModelSignature.Layer.Kind.ATTENTION);
        ExplainerCard other = new ExplainerCard(
                "other",
                plain.title(),
                plain.summary(),
                plain.paper(),
                plain.family(),
                plain.needs(),
                layers,
                false,
                plain.contract());
        layers.clear();
        assertThat(other.targeted()).isFalse();
        assertThat(other.layers()).containsExactly(ModelSignature.Layer.Kind.ATTENTION);
    }

    private static ExplainerCard card(String name, Set<Class<?>> needs) {
        return new ExplainerCard(
                name,
                "Title",
                "Summary.",
                "Paper",
                ExplainerCard.Family.GRADIENT,
                needs,
                new Contract(Sign.SIGNED, false, "logits"));
    }
}

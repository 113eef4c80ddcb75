package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrapperCardTest {

    private static final ExplainerCard CAM = new ExplainerCard(
            "cam",
            "CAM",
            "Where it looks.",
            "A paper. https://example.org/cam",
            ExplainerCard.Family.CAM,
            Set.of(Layers.class, Gradients.class),
            Set.of(ModelSignature.Layer.Kind.ATTENTION),
            false,
            new Contract(Sign.POSITIVE, true, "logits"));

    @Test
    void whatIsWrappedKeepsAllButItsNameNeedsAndContract() {
        Contract contract = new Contract(Sign.SIGNED, false, "(logits)²");
        ExplainerCard card =
                card("many", Set.of(Background.class, Gradients.class)).around(CAM, contract);
        assertThat(card.name()).isEqualTo("many+cam");
        assertThat(card.title()).isEqualTo("Many + CAM");
        assertThat(card.summary()).isEqualTo("Many times: Where it looks.");
        assertThat(card.paper()).isEqualTo("Another. https://example.org/many A paper. https://example.org/cam");
        assertThat(card.needs()).containsExactlyInAnyOrder(Background.class, Gradients.class, Layers.class);
        assertThat(card.contract()).isEqualTo(contract);
        assertThat(card.family()).isEqualTo(CAM.family());
        assertThat(card.layers()).isEqualTo(CAM.layers());
        assertThat(card.targeted()).isFalse();
        assertThat(card("outer", Set.of()).around(card, contract).name()).isEqualTo("outer+many+cam");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Many", "a+b", "a-"})
    void otherNamesAreRefused(String name) {
        assertThatThrownBy(() -> card(name, Set.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "wrapper name '" + name + "' is not lower-case words joined by hyphens, such as noise-tunnel");
    }

    private static WrapperCard card(String name, Set<Class<?>> needs) {
        return new WrapperCard(name, "Many", "Many times:", "Another. https://example.org/many", needs);
    }
}

package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttributionTest {

    private static final Contract CONTRACT = new Contract(Sign.SIGNED, true, "logits");

    /** Two maps of one row, three columns, two channels. */
    private static final Attribution TWO =
            new Attribution(FloatArrays.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 2, 1, 3, 2), CONTRACT);

    @Test
    void axesAreImagesRowsColumnsChannels() {
        assertThat(TWO.count()).isEqualTo(2);
        assertThat(TWO.height()).isEqualTo(1);
        assertThat(TWO.width()).isEqualTo(3);
        assertThat(TWO.channels()).isEqualTo(2);
    }

    @Test
    void anImageKeepsItsPartOfEverything() {
        Attribution second = TWO.with("delta", 0.5f, -0.5f).image(1);
        assertThat(second.values().shape().asArray()).containsExactly(1, 1, 3, 2);
        assertThat(FloatArrays.flat(second.values())).containsExactly(6, 7, 8, 9, 10, 11);
        assertThat(second.contract()).isEqualTo(CONTRACT);
        assertThat(second.diagnostics()).containsOnlyKeys("delta");
        assertThat(second.diagnostics().get("delta")).containsExactly(-0.5f);
    }

    @Test
    void anImageThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> TWO.image(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void diagnosticsStayInTheOrderInWhichTheyWereAdded() {
        Attribution more = TWO.with("z", 1, 2).with("a", 3, 4);
        assertThat(more.diagnostics().keySet()).containsExactly("z", "a");
        assertThat(TWO.diagnostics()).isEmpty();
    }

    @Test
    void everyImageHasItsDiagnostic() {
        assertThatThrownBy(() -> TWO.with("delta", 1, 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("diagnostic 'delta' has 3 numbers, expected one for each of 2 images");
        assertThatThrownBy(() -> new Attribution(TWO.values(), CONTRACT, Map.of("error", new float[1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("diagnostic 'error' has 1 numbers, expected one for each of 2 images");
    }

    @Test
    void otherShapesAreRefused() {
        assertThatThrownBy(() -> new Attribution(FloatArrays.of(new float[6], 2, 3), CONTRACT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attribution has shape [2, 3], expected (N, h, w, c)");
    }
}

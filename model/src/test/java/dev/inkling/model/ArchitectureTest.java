package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void referenceNetworkHasThePublishedNumberOfParameters() {
        assertThat(new Architecture(28, 28, 1, 10, Design.REFERENCE).parameterCount())
                .isEqualTo(322_922);
    }

    @Test
    void parametersFollowTheFormula() {
        // convolution: 9·in·out + out bias + 2·out of batch normalisation; dense: in·out + out
        long convolutions = (9 * 2 * 4 + 3 * 4)
                + (9 * 4 * 4 + 3 * 4)
                + (9 * 4 * 5 + 3 * 5)
                + (9 * 5 * 5 + 3 * 5)
                + (9 * 5 * 6 + 3 * 6)
                + (9 * 6 * 6 + 3 * 6);
        long dense = 6 * 7 + 7 + 7 * 3 + 3;
        assertThat(ModelFixtures.SMALL.parameterCount()).isEqualTo(convolutions + dense);
    }

    @Test
    void refusesWhatCanNotBeBuilt() {
        assertThatThrownBy(() -> new Architecture(2, 2, 1, 10, new Design(List.of(1, 2, 3), 2, 8, 0.5)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("images of 2×2 are too small to be halved 2 times");
        assertThatThrownBy(() -> new Architecture(8, 8, 1, 1, new Design(List.of(4), 1, 8, 0.5)))
                .hasMessage("a classifier needs at least 2 classes, found 1");
        assertThatThrownBy(() -> new Architecture(8, 8, 1, 2, new Design(List.of(4), 1, 8, 1.0)))
                .hasMessage("dropout is 1.0, expected 0 to below 1");
    }
}

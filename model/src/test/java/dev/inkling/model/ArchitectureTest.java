package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.model.Architecture.Parameter;
import dev.inkling.spi.InvalidInputException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {

    @Test
    void referenceNetworkHasThePublishedNumberOfParameters() {
        assertThat(new Architecture(28, 28, 1, 10, Design.REFERENCE).parameterCount())
                .isEqualTo(322_922);
    }

    /** By hand, with two 3×3 convolutions in each of the blocks 32, 64, 128 and a kernel, a bias, γ and β for each shortcut. */
    @ParameterizedTest
    @CsvSource({"false, false, 322922", "true, false, 333866", "false, true, 323051", "true, true, 333995"})
    void optionsAddToTheReferenceNetwork(boolean residual, boolean attention, long parameters) {
        Design design = new Design(List.of(32, 64, 128), 2, residual, attention, 256, 0.25);
        assertThat(new Architecture(28, 28, 1, 10, design).parameterCount()).isEqualTo(parameters);
    }

    /** Convolution: 9·in·out + out, and 2·out of batch normalisation. Shortcut the same with 1·in·out. Dense: in·out + out. */
    @ParameterizedTest
    @MethodSource("combinations")
    void parametersFollowTheFormula(
            int h, int w, int c, int k, int a, int b, int n, boolean residual, boolean attention) {
        int units = 7;
        long first = 9 * c * a + 3 * a + (n - 1) * (9 * a * a + 3 * a);
        long second = 9 * a * b + 3 * b + (n - 1) * (9 * b * b + 3 * b);
        long shortcuts = (c == a ? 0 : c * a + 3 * a) + (a == b ? 0 : a * b + 3 * b);
        long head = b * units + units + units * k + k;
        Architecture architecture =
                new Architecture(h, w, c, k, new Design(List.of(a, b), n, residual, attention, units, 0));
        assertThat(architecture.parameterCount())
                .isEqualTo(first + second + (residual ? shortcuts : 0) + (attention ? b + 1 : 0) + head);
    }

    static Stream<Arguments> combinations() {
        int[][] images = {{28, 28, 1, 10}, {32, 32, 3, 10}, {9, 7, 3, 2}, {2, 3, 5, 4}};
        int[][] blocks = {{3, 3}, {4, 6}, {5, 2}};
        return Stream.of(images)
                .flatMap(image -> Stream.of(blocks)
                        .flatMap(block -> IntStream.range(0, 12)
                                .mapToObj(i -> Arguments.of(
                                        image[0],
                                        image[1],
                                        image[2],
                                        image[3],
                                        block[0],
                                        block[1],
                                        1 + i / 4,
                                        i % 2 == 1,
                                        i / 2 % 2 == 1))));
    }

    @Test
    void arraysAreNamedAfterTheirLayers() {
        Design design = new Design(List.of(4, 4), 1, true, true, 6, 0);
        assertThat(new Architecture(9, 7, 3, 2, design).parameters())
                .containsExactly(
                        new Parameter("block1/conv1/kernel", List.of(3L, 3L, 3L, 4L)),
                        new Parameter("block1/conv1/bias", List.of(4L)),
                        new Parameter("block1/conv1/gamma", List.of(4L)),
                        new Parameter("block1/conv1/beta", List.of(4L)),
                        new Parameter("block1/shortcut/kernel", List.of(1L, 1L, 3L, 4L)),
                        new Parameter("block1/shortcut/bias", List.of(4L)),
                        new Parameter("block1/shortcut/gamma", List.of(4L)),
                        new Parameter("block1/shortcut/beta", List.of(4L)),
                        new Parameter("block2/conv1/kernel", List.of(3L, 3L, 4L, 4L)),
                        new Parameter("block2/conv1/bias", List.of(4L)),
                        new Parameter("block2/conv1/gamma", List.of(4L)),
                        new Parameter("block2/conv1/beta", List.of(4L)),
                        new Parameter("attention/kernel", List.of(1L, 1L, 4L, 1L)),
                        new Parameter("attention/bias", List.of(1L)),
                        new Parameter("dense/kernel", List.of(4L, 6L)),
                        new Parameter("dense/bias", List.of(6L)),
                        new Parameter("logits/kernel", List.of(6L, 2L)),
                        new Parameter("logits/bias", List.of(2L)));
    }

    @Test
    void refusesWhatCanNotBeBuilt() {
        assertThatThrownBy(() -> new Architecture(2, 2, 1, 10, new Design(List.of(1, 2, 3), 2, false, false, 8, 0.5)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("images of 2×2 are too small to be halved 2 times");
        // As many halvings as an int has bits, where a shift by their number would be one by none.
        Design deep = new Design(Collections.nCopies(33, 1), 1, false, false, 8, 0);
        assertThatThrownBy(() -> new Architecture(28, 28, 1, 10, deep))
                .hasMessage("images of 28×28 are too small to be halved 32 times");
        assertThatThrownBy(() -> new Architecture(8, 8, 1, 1, new Design(List.of(4), 1, false, false, 8, 0.5)))
                .hasMessage("a classifier needs at least 2 classes, found 1");
        assertThatThrownBy(() -> new Architecture(8, 8, 1, 2, new Design(List.of(4), 1, false, false, 8, 1.0)))
                .hasMessage("dropout is 1.0, expected 0 to below 1");
    }
}

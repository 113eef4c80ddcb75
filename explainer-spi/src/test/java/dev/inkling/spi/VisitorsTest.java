package dev.inkling.spi;

import static dev.inkling.spi.Formula.Input.ACTIVATION;
import static dev.inkling.spi.Formula.Input.CONTRIBUTION;
import static dev.inkling.spi.Formula.Input.GRADIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

/** Models that know only whole batches show them image by image. */
class VisitorsTest {

    private static final FloatNdArray IMAGES = FloatArrays.of(new float[2], 2, 1, 1, 1);
    private static final Targets TARGETS = Targets.classes(2, 0, 1);

    private final List<String> visits = new ArrayList<>();

    private static FloatNdArray rising(int from, long... shape) {
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
        for (int i = 0; i < values.length; i++) {
            values[i] = from + i;
        }
        return FloatArrays.of(values, shape);
    }

    @Test
    void layers() {
        Layers layers = mock(Layers.class, CALLS_REAL_METHODS);
        doReturn(rising(1, 2, 1, 2, 1)).when(layers).activations("conv", IMAGES);
        doReturn(new Layers.LayerGradients(rising(1, 2, 1, 2, 1), rising(5, 2, 1, 2, 1)))
                .when(layers)
                .gradients("conv", IMAGES, TARGETS);
        Layers.Visitor visitor = (image, values) -> visits.add(image + text(values));
        layers.visit("conv", IMAGES, TARGETS, List.of(ACTIVATION), visitor);
        layers.visit("conv", IMAGES, TARGETS, List.of(GRADIENT, ACTIVATION.sumOverPlaces()), visitor);
        assertThat(visits).containsExactly("0[1.0, 2.0]", "1[3.0, 4.0]", "0[5.0, 6.0][3.0]", "1[7.0, 8.0][7.0]");
    }

    @Test
    void biases() {
        Biases biases = mock(Biases.class, CALLS_REAL_METHODS);
        doReturn(List.of(
                        new Biases.Contribution("conv", rising(1, 2, 1, 2, 1)),
                        new Biases.Contribution("dense", rising(8, 2, 1, 1, 1))))
                .when(biases)
                .contributions(IMAGES, TARGETS);
        biases.visit(
                IMAGES,
                TARGETS,
                List.of(CONTRIBUTION, CONTRIBUTION.maximum()),
                (image, operation, shape, values) -> visits.add(image + operation + shape + text(values)));
        assertThat(visits)
                .containsExactly(
                        "0conv[1, 2, 1][1.0, 2.0][2.0]",
                        "0dense[1, 1, 1][8.0][8.0]",
                        "1conv[1, 2, 1][3.0, 4.0][4.0]",
                        "1dense[1, 1, 1][9.0][9.0]");
    }

    @Test
    void whatThereIsNotIsRefused() {
        Layers layers = mock(Layers.class, CALLS_REAL_METHODS);
        Layers.Visitor visitor = (image, values) -> visits.add("shown");
        assertThatThrownBy(() -> layers.visit("conv", IMAGES, TARGETS, List.of(), visitor))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("there are no formulas; expected at least one");
        assertThatThrownBy(() -> layers.visit("conv", IMAGES, TARGETS, List.of(CONTRIBUTION.relu()), visitor))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("a formula reads CONTRIBUTION; expected only ")
                .hasMessageContainingAll("ACTIVATION", "GRADIENT");
        Formula number = new Formula.Constant(2).plus(1);
        assertThatThrownBy(() -> layers.visit("conv", IMAGES, TARGETS, List.of(ACTIVATION, number), visitor))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("a formula reads nothing; expected ");
        Biases biases = mock(Biases.class, CALLS_REAL_METHODS);
        assertThatThrownBy(() -> biases.visit(
                        IMAGES, TARGETS, List.of(ACTIVATION), (image, operation, shape, values) -> visits.add("shown")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("a formula reads ACTIVATION; expected only [CONTRIBUTION]");
        assertThat(visits).isEmpty();
    }

    private static String text(List<float[]> values) {
        return values.stream().map(Arrays::toString).collect(Collectors.joining());
    }
}

package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
        Layers.Visitor visitor = (image, activations, gradients) ->
                visits.add(image + Arrays.toString(activations) + Arrays.toString(gradients));
        layers.activations("conv", IMAGES, visitor);
        layers.gradients("conv", IMAGES, TARGETS, visitor);
        assertThat(visits)
                .containsExactly("0[1.0, 2.0][]", "1[3.0, 4.0][]", "0[1.0, 2.0][5.0, 6.0]", "1[3.0, 4.0][7.0, 8.0]");
    }

    @Test
    void biases() {
        Biases biases = mock(Biases.class, CALLS_REAL_METHODS);
        doReturn(List.of(
                        new Biases.Contribution("conv", rising(1, 2, 1, 2, 1)),
                        new Biases.Contribution("dense", rising(8, 2, 1, 1, 1))))
                .when(biases)
                .contributions(IMAGES, TARGETS);
        biases.contributions(
                IMAGES,
                TARGETS,
                (image, operation, shape, values) -> visits.add(image + operation + shape + Arrays.toString(values)));
        assertThat(visits)
                .containsExactly(
                        "0conv[1, 2, 1][1.0, 2.0]",
                        "0dense[1, 1, 1][8.0]",
                        "1conv[1, 2, 1][3.0, 4.0]",
                        "1dense[1, 1, 1][9.0]");
    }
}

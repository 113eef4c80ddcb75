package dev.inkling.spi;

import static dev.inkling.spi.Formula.Input.ACTIVATION;
import static dev.inkling.spi.Formula.Input.GRADIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

/** By hand, of maps with two rows of three places and two channels. */
class FormulaTest {

    private static final Shape MAPS = Shape.of(2, 3, 2);
    private static final float[] A = {1, -2, 0, 4, 3, 0, 5, 6, -1, 2, 4, -4};
    private static final float[] G = {2, 1, 0, -1, 4, 0, -2, 3, 1, 1, 0, 2};

    private static float[] of(Formula formula) {
        return Formula.evaluate(List.of(formula), Map.of(ACTIVATION, A, GRADIENT, G), MAPS)
                .get(0);
    }

    @Test
    void ofEachValue() {
        assertThat(of(ACTIVATION)).containsExactly(A).isNotSameAs(A);
        assertThat(of(ACTIVATION.relu())).containsExactly(1, 0, 0, 4, 3, 0, 5, 6, 0, 2, 4, 0);
        assertThat(of(ACTIVATION.magnitude())).containsExactly(1, 2, 0, 4, 3, 0, 5, 6, 1, 2, 4, 4);
        assertThat(of(ACTIVATION.plus(0.5f)).clone()).startsWith(1.5f, -1.5f).endsWith(4.5f, -3.5f);
    }

    @Test
    void ofTwo() {
        assertThat(of(ACTIVATION.minus(GRADIENT))).containsExactly(-1, -3, 0, 5, -1, 0, 7, 3, -2, 1, 4, -6);
        assertThat(of(ACTIVATION.times(GRADIENT))).containsExactly(2, -2, 0, -4, 12, 0, -10, 18, -1, 2, 0, -8);
        assertThat(of(ACTIVATION.over(GRADIENT))).containsExactly(0.5f, -2, 0, -4, 0.75f, 0, -2.5f, 2, -1, 2, 0, -2);
    }

    @Test
    void reductions() {
        assertThat(of(ACTIVATION.sumOverPlaces())).containsExactly(12, 6);
        assertThat(of(ACTIVATION.meanOverPlaces())).containsExactly(2, 1);
        assertThat(of(ACTIVATION.minimumOverPlaces())).containsExactly(-1, -4);
        assertThat(of(ACTIVATION.sumOverChannels())).containsExactly(-1, 4, 3, 11, 1, 0);
        assertThat(of(ACTIVATION.minimum())).containsExactly(-4);
        assertThat(of(ACTIVATION.maximum())).containsExactly(6);
    }

    /** A side of 1 meets all of the other's: one value for each channel, for each place, and one for all. */
    @Test
    void repeated() {
        assertThat(of(ACTIVATION.minus(ACTIVATION.meanOverPlaces())))
                .containsExactly(-1, -3, -2, 3, 1, -1, 3, 5, -3, 1, 2, -5);
        assertThat(of(ACTIVATION.sumOverChannels().times(GRADIENT)))
                .containsExactly(-2, -1, 0, -4, 12, 0, -22, 33, 1, 1, 0, 0);
        assertThat(of(ACTIVATION.sumOverPlaces().times(ACTIVATION.sumOverChannels())))
                .containsExactly(-12, -6, 48, 24, 36, 18, 132, 66, 12, 6, 0, 0);
        assertThat(of(ACTIVATION.times(GRADIENT.meanOverPlaces()).sumOverChannels()))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(5 / 6f - 2, 4, 2.5f, 25 / 6f + 6, -5 / 6f + 2, 20 / 6f - 4);
    }

    @Test
    void innerProducts() {
        assertThat(of(ACTIVATION.innerProductsOfChannels())).containsExactly(52, 10, 10, 76);
        float[] ofPlaces = of(ACTIVATION.innerProductsOfPlaces());
        assertThat(ofPlaces).hasSize(36).startsWith(5, -8, 3, -7, -5, 12);
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 6; j++) {
                assertThat(ofPlaces[i * 6 + j]).isEqualTo(A[2 * i] * A[2 * j] + A[2 * i + 1] * A[2 * j + 1]);
            }
        }
    }

    @Test
    void shapes() {
        assertThat(ACTIVATION.sumOverPlaces().shape(MAPS)).isEqualTo(Shape.of(1, 1, 2));
        assertThat(ACTIVATION.sumOverChannels().shape(MAPS)).isEqualTo(Shape.of(2, 3, 1));
        assertThat(ACTIVATION.sumOverChannels().times(GRADIENT.maximum()).shape(MAPS))
                .isEqualTo(Shape.of(2, 3, 1));
        assertThat(ACTIVATION.innerProductsOfPlaces().shape(MAPS)).isEqualTo(Shape.of(6, 6, 1));
        assertThat(ACTIVATION.innerProductsOfChannels().shape(MAPS)).isEqualTo(Shape.of(2, 2, 1));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Formula formula = ACTIVATION.innerProductsOfPlaces().times(GRADIENT);
        assertThatThrownBy(() -> of(formula))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("[6, 6, 1] meets [2, 3, 2] in ")
                .hasMessageEndingWith("; expected equal sides, or a side of 1");
    }

    /** A model keeps what it has made of a formula for the next that is equal. */
    @Test
    void equalParts() {
        assertThat(ACTIVATION.times(GRADIENT.meanOverPlaces()).plus(2))
                .isEqualTo(ACTIVATION.times(GRADIENT.meanOverPlaces()).plus(2))
                .isNotEqualTo(ACTIVATION.times(GRADIENT.meanOverPlaces()).plus(3))
                .isNotEqualTo(ACTIVATION.times(GRADIENT.sumOverPlaces()).plus(2));
        assertThat(ACTIVATION.times(GRADIENT).inputs()).containsExactly(ACTIVATION, GRADIENT);
        assertThat(GRADIENT.plus(2).inputs()).containsExactly(GRADIENT);
    }
}

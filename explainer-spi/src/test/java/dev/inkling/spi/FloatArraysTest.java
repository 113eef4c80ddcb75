package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.index.Indices;

class FloatArraysTest {

    @Test
    void valuesAreInRowMajorOrder() {
        FloatNdArray array = FloatArrays.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
        assertThat(array.getFloat(0, 2)).isEqualTo(2);
        assertThat(array.getFloat(1, 0)).isEqualTo(3);
    }

    @Test
    void ofWraps() {
        float[] values = {0, 1};
        FloatNdArray array = FloatArrays.of(values, 2);
        values[1] = 7;
        assertThat(array.getFloat(1)).isEqualTo(7);
    }

    @Test
    void flatCopies() {
        FloatNdArray array = FloatArrays.of(new float[] {0, 1}, 1, 2);
        FloatArrays.flat(array)[1] = 7;
        assertThat(array.getFloat(0, 1)).isEqualTo(1);
    }

    @Test
    void flatReadsSlicesAndForeignArrays() {
        FloatNdArray array = FloatArrays.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
        assertThat(FloatArrays.flat(array.slice(Indices.all(), Indices.at(1)))).containsExactly(1, 4);
        FloatNdArray foreign = NdArrays.ofFloats(Shape.of(1, 2));
        foreign.setFloat(5, 0, 1);
        assertThat(FloatArrays.flat(foreign)).containsExactly(0, 5);
    }

    @Test
    void aShapeOfAnotherSizeIsRefused() {
        assertThatThrownBy(() -> FloatArrays.of(new float[5], 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape [2, 3] holds 6 values, found 5");
    }
}

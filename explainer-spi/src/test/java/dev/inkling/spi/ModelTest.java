package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class ModelTest {

    @Test
    void aModelThatLacksACapabilityNamesIt() {
        Model blackBox = new Model() {
            @Override
            public ModelSignature signature() {
                return new ModelSignature("box", 1, 1, 1, ModelSignature.ValueRange.UNIT, List.of("a", "b"), List.of());
            }

            @Override
            public FloatNdArray scores(FloatNdArray images) {
                return FloatArrays.of(new float[2], 1, 2);
            }

            @Override
            public <T> Optional<T> capability(Class<T> type) {
                return Optional.empty();
            }
        };
        assertThatThrownBy(() -> blackBox.require(Gradients.class))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("model 'box' does not offer Gradients, which this explainer needs; use an explainer that"
                        + " needs less (perturbation methods need scores only)");
    }
}

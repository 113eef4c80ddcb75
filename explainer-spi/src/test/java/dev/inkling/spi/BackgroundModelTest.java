package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class BackgroundModelTest {

    private static final FloatNdArray TWO = FloatArrays.of(new float[] {1, 2, 3, 4}, 2, 1, 2, 1);

    @Test
    void offersTheImagesAndEverythingOfTheModel() {
        Model box = new Box();
        BackgroundModel model = new BackgroundModel(box, TWO);
        assertThat(model.require(Background.class).images()).isEqualTo(TWO);
        assertThat(model.capability(Box.class)).containsSame((Box) box);
        assertThat(model.capability(Gradients.class)).isEmpty();
        assertThat(model.signature()).isEqualTo(box.signature());
        assertThat(model.scores(TWO)).isEqualTo(box.scores(TWO));
    }

    @Test
    void replacesTheModelsOwn() {
        Model first = new BackgroundModel(new Box(), TWO);
        FloatNdArray one = FloatArrays.of(new float[] {5, 6}, 1, 1, 2, 1);
        assertThat(new BackgroundModel(first, one).require(Background.class).images())
                .isEqualTo(one);
    }

    @Test
    void nobodyElseHoldsTheImages() {
        FloatNdArray given = FloatArrays.of(new float[] {1, 2}, 1, 1, 2, 1);
        Background background = new BackgroundModel(new Box(), given);
        given.setFloat(9, 0, 0, 0, 0);
        background.images().setFloat(8, 0, 0, 1, 0);
        assertThat(FloatArrays.flat(background.images())).containsExactly(1, 2);
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> new BackgroundModel(new Box(), FloatArrays.of(new float[4], 2, 2, 1, 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("image is 2×1×1, model 'box' expects 1×2×1");
        assertThatThrownBy(() ->
                        new BackgroundModel(new Box(), FloatArrays.of(new float[] {1, 2, 3, Float.NaN}, 2, 1, 2, 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("image 1 holds NaN at row 0, column 1; expected finite numbers");
    }

    /** Scores are the image's two pixels. */
    private static final class Box implements Model {

        @Override
        public ModelSignature signature() {
            return new ModelSignature("box", 1, 2, 1, ModelSignature.ValueRange.UNIT, List.of("a", "b"), List.of());
        }

        @Override
        public FloatNdArray scores(FloatNdArray images) {
            return FloatArrays.of(FloatArrays.flat(images), images.shape().get(0), 2);
        }

        @Override
        public <T> Optional<T> capability(Class<T> type) {
            return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
        }
    }
}

package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;

class ModelSignatureTest {

    private static final Layer FIRST = new Layer("block1/conv1", Layer.Kind.CONVOLUTION, 28, 28, 32);
    private static final Layer LAST = new Layer("block1/conv2", Layer.Kind.CONVOLUTION, 28, 28, 32);
    private static final Layer POOL = new Layer("block1/pool", Layer.Kind.POOLING, 14, 14, 32);
    private static final Layer DENSE = new Layer("logits", Layer.Kind.DENSE, 1, 1, 2);
    private static final ModelSignature SIGNATURE = signature(FIRST, LAST, POOL, DENSE);

    @Test
    void countsFollowFromShapes() {
        ModelSignature signature =
                new ModelSignature("rgb", 4, 5, 3, ValueRange.UNIT, List.of("a", "b", "c"), List.of());
        assertThat(signature.classCount()).isEqualTo(3);
        assertThat(signature.imageSize()).isEqualTo(60);
    }

    @Test
    void findsLayersByName() {
        assertThat(SIGNATURE.layer("block1/pool")).isEqualTo(POOL);
        refused(
                () -> SIGNATURE.layer("conv3"),
                "model 'mnist' has no layer 'conv3'; its layers: block1/conv1, block1/conv2, block1/pool, logits");
        refused(() -> signature().layer("conv3"), "model 'mnist' has no layer 'conv3'; its layers: none");
    }

    @Test
    void lastConvolutionIsNeitherThePoolAfterItNorTheFirst() {
        assertThat(SIGNATURE.lastConvolution()).isEqualTo(LAST);
        refused(() -> signature(DENSE).lastConvolution(), "model 'mnist' shows no convolution layer; name a layer");
    }

    @Test
    void imagesThatFitAreCounted() {
        assertThat(SIGNATURE.requireImages(NdArrays.ofFloats(Shape.of(7, 28, 28, 1))))
                .isEqualTo(7);
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        refused(images(2, 27, 28, 1), "image is 27×28×1, model 'mnist' expects 28×28×1");
        refused(images(2, 28, 27, 1), "image is 28×27×1, model 'mnist' expects 28×28×1");
        refused(images(2, 28, 28, 3), "image is 28×28×3, model 'mnist' expects 28×28×1");
        refused(images(28, 28, 1), "images have shape [28, 28, 1], expected (N, 28, 28, 1)");
        refused(images(0, 28, 28, 1), "the batch holds no image; expected at least one");
    }

    @Test
    void impossibleSignaturesAreRefused() {
        refused(
                () -> new ModelSignature("odd", 28, 0, 1, ValueRange.UNIT, List.of("a", "b"), List.of()),
                "model 'odd' declares images of 28×0×1; every side must be at least 1");
        refused(
                () -> new ModelSignature("odd", 28, 28, 1, ValueRange.UNIT, List.of("a"), List.of()),
                "model 'odd' declares 1 classes; expected at least 2");
        refused(() -> new ValueRange(1, 1), "value range [1.0, 1.0] is empty");
        refused(() -> new ValueRange(0, Float.NaN), "value range [0.0, NaN] is empty");
    }

    @Test
    void keepsItsOwnLists() {
        List<String> labels = new ArrayList<>(List.of("a", "b"));
        ModelSignature signature = new ModelSignature("own", 1, 1, 1, ValueRange.UNIT, labels, List.of());
        labels.add("c");
        assertThat(signature.labels()).containsExactly("a", "b");
    }

    private static ModelSignature signature(Layer... layers) {
        return new ModelSignature("mnist", 28, 28, 1, ValueRange.UNIT, List.of("0", "1"), List.of(layers));
    }

    private static ThrowingCallable images(long... shape) {
        return () -> SIGNATURE.requireImages(NdArrays.ofFloats(Shape.of(shape)));
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessage(message);
    }

    @Test
    void layersOfAKindKeepTheirOrder() {
        ModelSignature signature = withLayers(FIRST, POOL, LAST, DENSE);
        assertThat(signature.requireLayers(Layer.Kind.CONVOLUTION)).containsExactly(FIRST, LAST);
        assertThat(signature.requireLayers(Layer.Kind.DENSE)).containsExactly(DENSE);
    }

    @Test
    void aKindThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> withLayers(FIRST, LAST).requireLayers(Layer.Kind.POOLING))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("model 'box' has no pooling layer");
        assertThatThrownBy(() -> withLayers(FIRST, DENSE).requireLayers(Layer.Kind.ATTENTION))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("model 'box' has no attention layer; train one with '--attention'");
    }

    @Test
    void aPixelThatIsNotFiniteIsNamed() {
        ModelSignature signature = new ModelSignature("odd", 3, 4, 2, ValueRange.UNIT, List.of("a", "b"), List.of());
        for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            float[] pixels = new float[2 * 24];
            pixels[24 + (2 * 4 + 3) * 2 + 1] = value;
            refused(
                    () -> signature.requireImages(FloatArrays.of(pixels, 2, 3, 4, 2)),
                    "image 1 holds " + value + " at row 2, column 3; expected finite numbers");
        }
    }

    /** Each of them times 0 is 0, of either sign. */
    @Test
    void anyFiniteNumberIsAPixel() {
        ModelSignature signature = new ModelSignature("odd", 1, 3, 2, ValueRange.UNIT, List.of("a", "b"), List.of());
        float[] pixels = {Float.MAX_VALUE, -Float.MAX_VALUE, -0f, Float.MIN_VALUE, -1, 300};
        assertThat(signature.requireImages(FloatArrays.of(pixels, 1, 1, 3, 2))).isEqualTo(1);
    }

    /** In the first place and in the last, where the first image and the last are. */
    @Test
    void theFirstOfSeveralPixelsThatAreNotFiniteIsNamed() {
        ModelSignature signature = new ModelSignature("odd", 2, 2, 1, ValueRange.UNIT, List.of("a", "b"), List.of());
        float[] pixels = new float[3 * 4];
        pixels[11] = Float.NaN;
        refused(
                () -> signature.requireImages(FloatArrays.of(pixels, 3, 2, 2, 1)),
                "image 2 holds NaN at row 1, column 1; expected finite numbers");
        pixels[0] = Float.POSITIVE_INFINITY;
        refused(
                () -> signature.requireImages(FloatArrays.of(pixels, 3, 2, 2, 1)),
                "image 0 holds Infinity at row 0, column 0; expected finite numbers");
    }

    @Test
    void theShapeAloneSaysNothingOfTheValues() {
        float[] pixels = new float[2 * 784];
        pixels[3] = Float.NaN;
        assertThat(SIGNATURE.requireShape(FloatArrays.of(pixels, 2, 28, 28, 1))).isEqualTo(2);
        refused(
                () -> SIGNATURE.requireShape(NdArrays.ofFloats(Shape.of(2, 27, 28, 1))),
                "image is 27×28×1, model 'mnist' expects 28×28×1");
    }

    private static ModelSignature withLayers(Layer... layers) {
        return new ModelSignature("box", 28, 28, 1, ModelSignature.ValueRange.UNIT, List.of("a", "b"), List.of(layers));
    }
}

package dev.inkling.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.FloatNdArray;

class ClosedFormModelsTest {

    static Stream<Model> models() {
        return Stream.of(
                LinearModel.random(1, 3, 2, 2, 3),
                QuadraticModel.random(2, 3, 2, 2, 3),
                ConvolutionModel.random(3, 5, 4, 2, 3, 3),
                AttentionModel.random(4, 5, 4, 2, 3),
                PlainModelTest.everyOperation(),
                new ConstantModel(3, 2, 2, 1, 2, 3),
                new DenseModel(
                        3,
                        2,
                        2,
                        List.of(
                                new DenseModel.Layer(random(12, 7), random(1, 7)[0], true),
                                new DenseModel.Layer(random(7, 3), random(1, 3)[0], false))));
    }

    @ParameterizedTest
    @MethodSource("models")
    void gradientsAreFiniteDifferences(Model model) {
        ModelSignature signature = model.signature();
        float[] image = random(1, signature.imageSize())[0];
        Targets targets = Targets.of(FloatArrays.of(new float[] {1, -0.5f, 2}, 1, 3));
        float[] gradient =
                FloatArrays.flat(model.require(Gradients.class).gradients(images(signature, image), targets));
        float step = 1f / 1024;
        for (int i = 0; i < image.length; i++) {
            float[] above = image.clone();
            float[] below = image.clone();
            above[i] += step;
            below[i] -= step;
            float difference = (targets.scores(model.scores(images(signature, above)))[0]
                            - targets.scores(model.scores(images(signature, below)))[0])
                    / (2 * step);
            assertThat(gradient[i]).isCloseTo(difference, within(2e-3f));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void anImageInABatchIsTheImageAlone(Model model) {
        ModelSignature signature = model.signature();
        float[][] rows = random(2, signature.imageSize());
        float[] both = Arrays.copyOf(rows[0], 2 * rows[0].length);
        System.arraycopy(rows[1], 0, both, rows[0].length, rows[1].length);
        float[] together = FloatArrays.flat(model.scores(images(signature, both)));
        assertThat(Arrays.copyOfRange(together, 3, 6))
                .isEqualTo(FloatArrays.flat(model.scores(images(signature, rows[1]))));
    }

    @ParameterizedTest
    @MethodSource("models")
    void wrongImagesAndTargetsAreRefused(Model model) {
        ModelSignature signature = model.signature();
        float[] image = random(1, signature.imageSize())[0];
        Gradients gradients = model.require(Gradients.class);
        assertThatThrownBy(() -> gradients.gradients(images(signature, image), Targets.classes(3, 0, 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("targets are (2, 3), expected (1, 3)");
        assertThatThrownBy(() -> model.scores(FloatArrays.of(new float[4], 1, 2, 2, 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("image is 2×2×1, model '" + signature.name() + "' expects ");
        image[1] = Float.NaN;
        assertThatThrownBy(() -> model.scores(images(signature, image)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("an image holds NaN, expected finite numbers");
    }

    @Test
    void aLinearModelsGradientIsItsWeights() {
        LinearModel model = new LinearModel(1, 2, 1, new float[][] {{1, 2}, {3, 4}}, new float[] {10, 20});
        FloatNdArray image = FloatArrays.of(new float[] {0.5f, 0.25f}, 1, 1, 2, 1);
        assertThat(FloatArrays.flat(model.scores(image))).containsExactly(11.25f, 22);
        assertThat(FloatArrays.flat(model.gradients(image, Targets.classes(2, 1))))
                .containsExactly(2, 4);
        for (Rule rule : List.of(new Rule.Guided(), new Rule.Deconvnet())) {
            assertThat(FloatArrays.flat(
                            model.propagate(image, Targets.classes(2, 1), rule).values()))
                    .containsExactly(2, 4);
        }
    }

    /** Every weight shows as a digit of its own. */
    @Test
    void aConvolutionByHand() {
        ConvolutionModel model = new ConvolutionModel(
                2,
                3,
                new float[][][][] {{{{1}}, {{10}}, {{100}}}, {{{1000}}, {{10_000}}, {{100_000}}}},
                new float[] {7},
                new float[][] {{1, 2}},
                new float[] {0, -1});
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 2, 3, 1);
        assertThat(FloatArrays.flat(model.scores(image))).containsExactly(654_328, 1_308_655);
        assertThat(FloatArrays.flat(model.gradients(image, Targets.classes(2, 1))))
                .containsExactly(2, 20, 200, 2000, 20_000, 200_000);
    }

    @Test
    void aQuadraticModelByHand() {
        QuadraticModel model = new QuadraticModel(
                1,
                2,
                1,
                new float[][][] {{{2, 1}, {1, 4}}, {{0, 0}, {0, 0}}},
                new float[][] {{1, -1}, {5, 6}},
                new float[] {7, 8});
        FloatNdArray image = FloatArrays.of(new float[] {1, 2}, 1, 1, 2, 1);
        // ½ (2·1 + 2·1·2 + 4·4) + (1 − 2) + 7 = 17; 5 + 12 + 8 = 25.
        assertThat(FloatArrays.flat(model.scores(image))).containsExactly(17, 25);
        assertThat(FloatArrays.flat(model.gradients(image, Targets.classes(2, 0))))
                .containsExactly(5, 8);
        float[][][] lopsided = {{{2, 1}, {0, 4}}, {{0, 0}, {0, 0}}};
        assertThatThrownBy(() -> new QuadraticModel(1, 2, 1, lopsided, new float[2][2], new float[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("matrix 0 is not symmetric at 1, 0");
    }

    /** Scores ln 4·x of pixels 1, ½, 0: attention (4, 2, 1) / 7. */
    @Test
    void attentionByHand() {
        float[][] values = {{7, 0}, {0, 7}, {14, 7}};
        AttentionModel model = new AttentionModel(1, 3, new float[][][] {{{(float) Math.log(4)}}}, values);
        FloatNdArray image = FloatArrays.of(new float[] {1, 0.5f, 0}, 1, 1, 3, 1);
        assertThat(model.signature().layers())
                .extracting(layer -> layer.name() + " " + layer.kind())
                .containsExactly("conv1 CONVOLUTION", "attention ATTENTION", "dense1 DENSE");
        assertThat(FloatArrays.flat(model.activations("attention", image)))
                .containsExactly(new float[] {4 / 7f, 2 / 7f, 1 / 7f}, within(1e-6f));
        assertThat(FloatArrays.flat(model.scores(image))).containsExactly(new float[] {6, 3}, within(1e-5f));
        assertThat(FloatArrays.flat(model.gradients("attention", image, Targets.classes(2, 0))
                        .gradients()))
                .containsExactly(7, 0, 14);
        // Of logit 0: aᵢ·(vᵢ − 6)·ln 4.
        float ln4 = (float) Math.log(4);
        assertThat(FloatArrays.flat(model.gradients(image, Targets.classes(2, 0))))
                .containsExactly(new float[] {4 / 7f * ln4, -12 / 7f * ln4, 8 / 7f * ln4}, within(1e-5f));
        assertThatThrownBy(() -> model.propagate(image, Targets.classes(2, 0), new Rule.Lrp(LrpRule.zPlus())))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("LRP has no rule for operation 'attention' of type Softmax");
    }

    /** Every weight shows as a digit of its own. */
    @Test
    void attentionsKernelIsReadRowByRow() {
        AttentionModel model = new AttentionModel(
                2,
                2,
                new float[][][] {{{1, 10}, {100, 1000}}, {{10_000, 100_000}, {1_000_000, 10_000_000}}},
                new float[1][2]);
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 2, 2);
        assertThat(FloatArrays.flat(model.activations("conv1", image))).containsExactly(87_654_321f);
        assertThat(FloatArrays.flat(model.activations("attention", image))).containsExactly(1);
    }

    @Test
    void layersAreNamedBeforeAndAfterTheirRelu() {
        assertThat(ConvolutionModel.example().signature().layers())
                .extracting(ModelSignature.Layer::name)
                .containsExactly("conv1", "relu1", "dense1", "relu2");
        assertThat(ConvolutionModel.example().signature().lastConvolution().name())
                .isEqualTo("relu1");
        assertThat(DenseModel.example().signature().layers())
                .extracting(ModelSignature.Layer::name)
                .containsExactly("dense1", "dense2", "relu2", "dense3");
        ConvolutionModel model = ConvolutionModel.random(1, 5, 4, 1, 2, 3);
        FloatNdArray image = images(model.signature(), random(1, 20)[0]);
        assertThatThrownBy(() -> model.activations("conv9", image))
                .hasMessage("model 'convolution' has no layer 'conv9'; its layers: conv1, relu1, dense1");
        assertThatThrownBy(() -> model.scoresFrom("conv1", FloatArrays.of(new float[12], 1, 2, 3, 2)))
                .hasMessage("activations of layer 'conv1' have shape [1, 2, 3, 2], expected (N, 3, 2, 2)");
    }

    @Test
    void capabilitiesAreWhatMakesSense() {
        for (Class<?> capability : List.of(Gradients.class, Layers.class, Propagation.class)) {
            assertThat(ConvolutionModel.example().capability(capability)).isPresent();
            assertThat(QuadraticModel.random(1, 1, 1, 1, 2)
                            .capability(capability)
                            .isPresent())
                    .isEqualTo(capability == Gradients.class);
        }
    }

    @Test
    void aBlackBoxHidesAllButWhatItOffers() {
        ConvolutionModel model = ConvolutionModel.example();
        assertThat(new BlackBox(model).capability(Gradients.class)).isEmpty();
        assertThat(new BlackBox(model, Layers.class).capability(Gradients.class))
                .isEmpty();
        assertThat(new BlackBox(model, Layers.class).capability(Layers.class)).contains(model);
        FloatNdArray image = FloatArrays.of(new float[16], 1, 4, 4, 1);
        assertThat(new BlackBox(model).scores(image)).isEqualTo(model.scores(image));
    }

    @Test
    void theConstantModelIgnoresItsImage() {
        ConstantModel model = new ConstantModel(2, 3, 1, 4, 5);
        FloatNdArray images = images(model.signature(), random(1, 12)[0]);
        assertThat(FloatArrays.flat(model.scores(images))).containsExactly(4, 5, 4, 5);
        assertThat(FloatArrays.flat(model.gradients(images, Targets.classes(2, 0, 1))))
                .containsOnly(0);
        assertThat(model.signature().lastConvolution().name()).isEqualTo("conv1");
    }

    @Test
    void givenWeightsAreChecked() {
        assertThatThrownBy(() -> new LinearModel(1, 2, 1, new float[3][2], new float[2]))
                .hasMessage("found 3 rows of weights, expected 2");
        assertThatThrownBy(() -> new LinearModel(1, 2, 1, new float[2][3], new float[2]))
                .hasMessage("a row of weights holds 3 values, the bias 2");
    }

    private static FloatNdArray images(ModelSignature signature, float[] values) {
        return FloatArrays.of(
                values,
                values.length / signature.imageSize(),
                signature.height(),
                signature.width(),
                signature.channels());
    }

    private static float[][] random(int rows, int columns) {
        return Weights.random(new SplittableRandom(31L * rows + columns), rows, columns);
    }
}

package dev.inkling.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

/** Every operation by hand; their derivatives are checked by finite differences in {@link ClosedFormModelsTest}. */
class PlainModelTest {

    private static final Extent ONE = new Extent(1, 1);
    private static final Extent TWO = new Extent(2, 2);
    private static final Extent THREE = new Extent(3, 3);

    /** All that a builder has in one model of images 7×6×2 and three classes; activations as smooth as they come. */
    static PlainModel everyOperation() {
        SplittableRandom random = new SplittableRandom(8);
        return PlainModel.builder("everything", 7, 6, 2)
                .convolution("conv1", kernel(random, 3, 3, 2, 3), Weights.random(random, 3), ONE, Padding.SAME)
                .normalization("norm1", Weights.random(random, 3), Weights.random(random, 3))
                .tanh("tanh1")
                .depthwiseConvolution(
                        "depth", kernel(random, 3, 2, 3, 2), Weights.random(random, 6), TWO, Padding.of(1))
                .elu("elu1")
                .maxPool("max", THREE, TWO, Padding.SAME)
                .from("tanh1")
                .averagePool("average", TWO, new Extent(3, 4), Padding.SAME)
                .convolution("fit", kernel(random, 1, 1, 3, 2), new float[2], ONE, Padding.VALID)
                .convolution("conv2", kernel(random, 2, 2, 2, 2), Weights.random(random, 2), ONE, Padding.SAME)
                .leakyRelu("leaky", 0.25f)
                .add("sum", "leaky", "fit")
                .from("max")
                .averagePool("narrow", new Extent(1, 1), ONE, Padding.of(0))
                .globalMean("mean")
                .from("sum")
                .convolution("scores", kernel(random, 1, 1, 2, 1), new float[1], ONE, Padding.VALID)
                .softmax("attention")
                .weightedSum("attended", "sum", "attention")
                .concatenate("both", "attended", "mean")
                .dense("dense", Weights.random(random, 8, 5), Weights.random(random, 5))
                .relu("relu")
                .dense("logits", Weights.random(random, 5, 3), Weights.random(random, 3))
                .build();
    }

    private static float[][][][] kernel(SplittableRandom random, int rows, int columns, int channels, int filters) {
        float[][][][] kernel = new float[rows][columns][][];
        for (float[][][] row : kernel) {
            Arrays.setAll(row, column -> Weights.random(random, channels, filters));
        }
        return kernel;
    }

    /** A 2×2 kernel of digits: the sum of what a window meets shows each weight's place. */
    private static final float[][][][] DIGITS = {{{{1}}, {{10}}}, {{{100}}, {{1000}}}};

    private static float[] output(PlainModelBuilder builder, String layer, float... image) {
        PlainModel model = builder.dense("logits", new float[size(builder)][2], new float[2])
                .build();
        return FloatArrays.flat(model.activations(
                layer,
                FloatArrays.of(
                        image,
                        1,
                        model.signature().height(),
                        model.signature().width(),
                        model.signature().channels())));
    }

    private static int size(PlainModelBuilder builder) {
        return builder.nodes.get(builder.nodes.size() - 1).operation().size();
    }

    @Test
    void samePaddingPutsTheOddZeroAtTheEnd() {
        // 3×3 with a window of 2: one row of zeros below, one column at the right.
        assertThat(output(
                        PlainModel.builder("same", 3, 3, 1).convolution("c", DIGITS, new float[1], ONE, Padding.SAME),
                        "c",
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        9))
                .containsExactly(5421, 6532, 603, 8754, 9865, 906, 87, 98, 9);
        // Stride 2: ⌈3 / 2⌉ = 2 windows, which begin at 0 and 2.
        assertThat(output(
                        PlainModel.builder("same", 3, 3, 1).convolution("c", DIGITS, new float[1], TWO, Padding.SAME),
                        "c",
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        9))
                .containsExactly(5421, 603, 87, 9);
    }

    @Test
    void paddingOfOneIsOnEverySide() {
        // Stride 2 over 5×5 padded: windows begin at −1 and 1.
        assertThat(output(
                        PlainModel.builder("of", 3, 3, 1).convolution("c", DIGITS, new float[] {1}, TWO, Padding.of(1)),
                        "c",
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        9))
                .containsExactly(1001, 3201, 7041, 9866);
        // With SAME a window of 3 at stride 2 over 4×4 begins at 0, with padding of 1 at −1.
        float[][][][] first = {{{{1}}, {{0}}, {{0}}}, {{{0}}, {{0}}, {{0}}}, {{{0}}, {{0}}, {{0}}}};
        float[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        assertThat(output(
                        PlainModel.builder("same", 4, 4, 1).convolution("c", first, new float[1], TWO, Padding.SAME),
                        "c",
                        image))
                .containsExactly(1, 3, 9, 11);
        assertThat(output(
                        PlainModel.builder("of", 4, 4, 1).convolution("c", first, new float[1], TWO, Padding.of(1)),
                        "c",
                        image))
                .containsExactly(0, 0, 0, 6);
    }

    @Test
    void channelsOfADepthwiseConvolutionStayApart() {
        float[][][][] kernel = {{{{1, 10}, {100, 1000}}}};
        assertThat(output(
                        PlainModel.builder("depthwise", 1, 2, 2)
                                .depthwiseConvolution("d", kernel, new float[] {0, 0, 0, 5}, ONE, Padding.VALID),
                        "d",
                        1,
                        2,
                        3,
                        4))
                .containsExactly(1, 10, 200, 2005, 3, 30, 400, 4005);
    }

    @Test
    void pools() {
        float[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        assertThat(output(PlainModel.builder("max", 3, 3, 1).maxPool("p", TWO, TWO, Padding.SAME), "p", image))
                .containsExactly(5, 6, 8, 9);
        assertThat(output(PlainModel.builder("max", 3, 3, 1).maxPool("p", TWO, ONE, Padding.VALID), "p", image))
                .containsExactly(5, 6, 8, 9);
        // Padding never wins, and is not counted in a mean.
        assertThat(output(PlainModel.builder("max", 1, 1, 1).maxPool("p", TWO, ONE, Padding.SAME), "p", -7))
                .containsExactly(-7);
        assertThat(output(PlainModel.builder("mean", 3, 3, 1).averagePool("p", TWO, TWO, Padding.SAME), "p", image))
                .containsExactly(3, 4.5f, 7.5f, 9);
        assertThat(output(PlainModel.builder("mean", 1, 2, 2).globalMean("p"), "p", 1, 20, 3, 40))
                .containsExactly(2, 30);
    }

    /** The gradient of a tie goes to the first in row-major order, and overlapping windows add up. */
    @Test
    void aTieGoesToTheFirst() {
        PlainModel model = PlainModel.builder("ties", 2, 3, 1)
                .maxPool("pool", TWO, ONE, Padding.VALID)
                .dense("logits", new float[][] {{1, 0}, {10, 0}}, new float[2])
                .build();
        FloatNdArray image = FloatArrays.of(new float[] {1, 2, 2, 2, 0, 2}, 1, 2, 3, 1);
        assertThat(FloatArrays.flat(model.gradients(image, Targets.classes(2, 0))))
                .containsExactly(0, 11, 0, 0, 0, 0);
    }

    @Test
    void activations() {
        float[] image = {-1, 0.5f, 7};
        assertThat(output(PlainModel.builder("a", 1, 3, 1).relu("f"), "f", image))
                .containsExactly(0, 0.5f, 7);
        assertThat(output(PlainModel.builder("a", 1, 3, 1).relu6("f"), "f", image))
                .containsExactly(0, 0.5f, 6);
        assertThat(output(PlainModel.builder("a", 1, 3, 1).leakyRelu("f", 0.25f), "f", image))
                .containsExactly(-0.25f, 0.5f, 7);
        assertThat(output(PlainModel.builder("a", 1, 3, 1).elu("f"), "f", image))
                .containsExactly(new float[] {-0.632121f, 0.5f, 7}, within(1e-6f));
        assertThat(output(PlainModel.builder("a", 1, 3, 1).tanh("f"), "f", image))
                .containsExactly(new float[] {-0.761594f, 0.462117f, 0.999998f}, within(1e-6f));
        assertThat(output(
                        PlainModel.builder("a", 1, 3, 1).normalization("f", new float[] {2}, new float[] {1}),
                        "f",
                        image))
                .containsExactly(-1, 2, 15);
    }

    @Test
    void branchesAreAddedAndJoined() {
        PlainModelBuilder builder = PlainModel.builder("branches", 1, 2, 2)
                .relu("relu")
                .add("sum", "relu", PlainModelBuilder.IMAGE)
                .from(PlainModelBuilder.IMAGE)
                .convolution("conv", new float[][][][] {{{{1}, {10}}}}, new float[1], ONE, Padding.VALID)
                .concatenate("both", "sum", "conv");
        assertThat(output(builder, "both", 1, -2, -3, 4)).containsExactly(2, -2, -19, -3, 8, 37);
    }

    @Test
    void layersSayWhatTheyAre() {
        assertThat(everyOperation().signature().layers())
                .extracting(layer -> layer.name() + " " + layer.kind())
                .contains(
                        "tanh1 CONVOLUTION",
                        "depth CONVOLUTION",
                        "elu1 CONVOLUTION",
                        "max POOLING",
                        "sum CONVOLUTION",
                        "mean POOLING",
                        "attention ATTENTION",
                        "attended POOLING",
                        "logits DENSE");
        assertThat(everyOperation().signature().layer("max")).isEqualTo(new Layer("max", Layer.Kind.POOLING, 2, 2, 6));
    }

    @Test
    void scoresFollowFromALayerUnlessTheImageHasAWayAroundIt() {
        PlainModel model = everyOperation();
        FloatNdArray image = FloatArrays.of(Weights.random(new SplittableRandom(5), 84), 1, 7, 6, 2);
        for (String layer : new String[] {"conv1", "tanh1", "both", "dense", "logits"}) {
            assertThat(FloatArrays.flat(model.scoresFrom(layer, model.activations(layer, image))))
                    .as(layer)
                    .containsExactly(FloatArrays.flat(model.scores(image)), within(1e-5f));
        }
        assertThatThrownBy(() -> model.scoresFrom("conv2", model.activations("conv2", image)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "the scores of model 'everything' do not follow from layer 'conv2' alone, for the image has a"
                                + " way around it");
    }

    /** As the interface's own implementation has it: against copies in which the channel is 0, for two images. */
    @Test
    void aScoreDropsByWhatAChannelBrings() {
        PlainModel model = everyOperation();
        FloatNdArray images = FloatArrays.of(Weights.random(new SplittableRandom(6), 168), 2, 7, 6, 2);
        FloatNdArray activations = model.activations("conv1", images);
        int channels = (int) activations.shape().get(3);
        int classes = model.signature().classCount();
        Targets targets = Targets.contrast(classes, new int[] {0, 1}, new int[] {1, 0});
        float[] whole = targets.scores(model.scores(images));
        float[][] found = new float[2][];
        model.visit(
                "conv1",
                images,
                targets,
                List.of(Formula.Input.SCORE_DROP),
                (image, values) -> found[image] = values.get(0).clone());
        for (int c = 0; c < channels; c++) {
            float[] values = FloatArrays.flat(activations);
            for (int i = c; i < values.length; i += channels) {
                values[i] = 0;
            }
            FloatNdArray copies = FloatArrays.of(values, activations.shape().asArray());
            float[] without = targets.scores(model.scoresFrom("conv1", copies));
            for (int n = 0; n < 2; n++) {
                assertThat(found[n][c])
                        .as("image %d, channel %d", n, c)
                        .isCloseTo(whole[n] - without[n], within(1e-5f));
            }
        }
        assertThat(found[0]).hasSize(channels);
        assertThat(found[0][0]).isNotCloseTo(found[1][0], within(1e-3f));

        Targets one = Targets.classes(classes, 0);
        assertThatThrownBy(() ->
                        model.visit("conv1", images, one, List.of(Formula.Input.SCORE_DROP), (image, values) -> {}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("1 targets for 2 images; expected one for each");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        PlainModelBuilder builder = PlainModel.builder("wrong", 2, 3, 1).relu("relu");
        assertThatThrownBy(() -> builder.convolution("conv", new float[2][2][3][4], new float[4], ONE, Padding.VALID))
                .hasMessage("'conv' has 3 input channels of its kernel, expected 1");
        assertThatThrownBy(() -> builder.convolution("conv", new float[2][2][1][4], new float[5], ONE, Padding.VALID))
                .hasMessage("'conv' has 4 filters of its kernel, expected 5");
        assertThatThrownBy(
                        () -> builder.maxPool("pool", THREE, ONE, Padding.VALID).build())
                .hasMessage("a window of 3 does not fit into 2");
        assertThatThrownBy(() -> PlainModel.builder("wrong", 2, 3, 1)
                        .maxPool("pool", TWO, TWO, Padding.VALID)
                        .add("sum", "pool", "image"))
                .hasMessage("'sum' adds 'image' of 2×3×1 to 'pool' of 1×1×1");
        assertThatThrownBy(() -> PlainModel.builder("wrong", 2, 3, 1).from("relu"))
                .hasMessage("there is no operation 'relu' yet; there are image");
        assertThatThrownBy(() -> PlainModel.builder("wrong", 2, 3, 1).relu("a").relu("a"))
                .hasMessage("two operations are called 'a'");
        assertThatThrownBy(
                        () -> PlainModel.builder("wrong", 2, 3, 1).softmax("a").add("b", "c"))
                .hasMessage("there is no operation 'c' yet; there are image, a");
        assertThatThrownBy(() -> PlainModel.builder("empty", 2, 3, 1).build())
                .hasMessage("model 'empty' has no operation");
    }
}

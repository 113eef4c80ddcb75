package dev.inkling.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.explainers.Credit;
import dev.inkling.explainers.KernelShap;
import dev.inkling.explainers.ShapleyOptions;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Layers.LayerGradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.Segments;
import dev.inkling.spi.Targets;
import dev.inkling.tck.LinearModel;
import dev.inkling.tck.PlainModel;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.FloatNdArray;

/** The numbers that other libraries' own tests hold, worked out by hand: README.md says which is tested where. */
class GroundTruthTest {

    private static final Targets FIRST_OF_FOUR = Targets.classes(4, 0);
    private static final Targets FIRST_OF_TWO = Targets.classes(2, 0);

    /** One convolution. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            saliency        | absolute=false                   | images   | 0,1,1,1, 0,1,1,1, 0,1,1,1, 0,0,0,0
            grad-cam        | layer=conv1,relu=false           | images   | 11.25,13.5, 20.25,22.5
            grad-cam        | layer=relu1                      | images   | 0,4, 28,32.5
            grad-cam        | layer=conv1,relu=false           | plus-one | 14.5,19, 32.5,37
            guided-backprop |                                  | images   | 0,1,1,1, 1,3,3,2, 1,3,3,2, 1,2,2,1
            guided-backprop |                                  | plus-one | 1,2,2,1, 2,4,4,2, 2,4,4,2, 1,2,2,1
            guided-grad-cam | layer=relu1,resize=nearest       | images   | 0,0,4,4, 0,0,12,8, 28,84,97.5,65, 28,56,65,32.5
            """)
    void oneConvolution(String explainer, String options, String images, String expected) {
        Network network = Network.read("one-convolution");
        assertThat(explain(PlainArithmetic.model(network), explainer, options, network.array(images), FIRST_OF_FOUR))
                .containsExactly(numbers(expected), within(1e-3f));
    }

    @Test
    void gradCamOfEachChannel() {
        Network network = Network.read("one-convolution");
        LayerGradients found =
                PlainArithmetic.model(network).gradients("conv1", network.array("images"), FIRST_OF_FOUR);
        float[] activations = FloatArrays.flat(found.activations());
        float[] gradients = FloatArrays.flat(found.gradients());
        float[][] weighted = new float[2][4];
        for (int c = 0; c < 2; c++) {
            int channel = c;
            float weight = (float) IntStream.range(0, 4)
                    .mapToDouble(place -> gradients[2 * place + channel])
                    .average()
                    .orElseThrow();
            for (int place = 0; place < 4; place++) {
                weighted[c][place] = weight * activations[2 * place + c];
            }
        }
        assertThat(weighted[0]).containsExactly(-3.75f, 3, 23.25f, 30);
        assertThat(weighted[1]).containsExactly(15, 10.5f, -3, -7.5f);
    }

    /** Dense layers. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            feature-ablation    | segments=pixels,baseline=0                | images    | 80,200,120
            occlusion           | window=1,stride=1,baseline=0              | images    | 80,200,120
            occlusion           | window=1x2,stride=1x2,baseline=0          | images    | 280,280,120
            occlusion           | window=1x2,stride=1,baseline=10           | images    | 200,220,240
            feature-ablation    | segments=grid:1x2,baseline=0              | images    | 280,280,120
            feature-ablation    | segments=grid:1x2,baseline=4              | images    | 248,248,104
            kernel-shap         | segments=pixels,baseline=0                | images    | 76.66667,196.66667,116.66667
            permutation-shapley | segments=pixels,baseline=0                | images    | 76.66667,196.66667,116.66667
            kernel-shap         | segments=grid:1x2,credit=whole,baseline=0 | images    | 275,275,115
            permutation-shapley | segments=grid:1x2,credit=whole,baseline=0 | images    | 275,275,115
            grad-cam            | layer=dense1                              | one-pixel | 400
            """)
    void multiLayer(String explainer, String options, String images, String expected) {
        Network network = Network.read("multi-layer");
        assertThat(explain(PlainArithmetic.model(network), explainer, options, network.array(images), FIRST_OF_TWO))
                .containsExactly(numbers(expected), within(1e-3f));
    }

    /** A baseline of its own for each pixel is for programs; the scores are linear between it and the image. */
    @Test
    void shapleyValuesAgainstABaselineImage() {
        Network network = Network.read("multi-layer");
        Baseline baseline = new Baseline.Image(FloatArrays.of(new float[] {10, 20, 10}, 1, 1, 3, 1));
        ShapleyOptions options = new ShapleyOptions(Segments.valueOf("pixels"), baseline, 8, Credit.WHOLE, 0);
        assertThat(FloatArrays.flat(new KernelShap(options)
                        .explain(PlainArithmetic.model(network), network.array("images"), FIRST_OF_TWO)
                        .values()))
                .containsExactly(new float[] {40, 120, 80}, within(1e-3f));
    }

    /** Gradient times activation and conductance are no explainers here; the capability has what they are made of. */
    @Test
    void gradientTimesActivationAndConductance() {
        Network network = Network.read("multi-layer");
        PlainModel model = PlainArithmetic.model(network);
        FloatNdArray image = network.array("one-pixel");
        assertThat(gradientTimesActivation(model, "dense1", image)).containsExactly(0, 400, 0);
        assertThat(gradientTimesActivation(model, "relu1", image)).containsExactly(90, 101, 101, 101);
        assertThat(conductance(model, "dense1", image)).containsExactly(new float[] {0, 390, 0}, within(0.5f));
        assertThat(conductance(model, "relu1", image)).containsExactly(new float[] {90, 100, 100, 100}, within(0.5f));
    }

    private static float[] gradientTimesActivation(PlainModel model, String layer, FloatNdArray image) {
        LayerGradients found = model.gradients(layer, image, FIRST_OF_TWO);
        float[] product = FloatArrays.flat(found.activations());
        float[] gradients = FloatArrays.flat(found.gradients());
        for (int i = 0; i < product.length; i++) {
            product[i] *= gradients[i];
        }
        return product;
    }

    /** ∫ ∂s/∂y dy along the straight path from black, by steps in whose middle the gradient is taken. */
    private static float[] conductance(PlainModel model, String layer, FloatNdArray image) {
        int steps = 500;
        float[] sums = null;
        float[] before = FloatArrays.flat(model.activations(layer, scaled(image, 0)));
        for (int step = 0; step < steps; step++) {
            float[] gradients =
                    FloatArrays.flat(model.gradients(layer, scaled(image, (step + 0.5) / steps), FIRST_OF_TWO)
                            .gradients());
            float[] after = FloatArrays.flat(model.activations(layer, scaled(image, (step + 1.0) / steps)));
            sums = sums == null ? new float[after.length] : sums;
            for (int i = 0; i < sums.length; i++) {
                sums[i] += gradients[i] * (after[i] - before[i]);
            }
            before = after;
        }
        return sums;
    }

    private static FloatNdArray scaled(FloatNdArray image, double factor) {
        float[] values = FloatArrays.flat(image);
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) factor;
        }
        return FloatArrays.of(values, image.shape().asArray());
    }

    /** Where scores are linear, the map is the same all around: the greatest sensitivity is 0. */
    @Test
    void saliencyOfAPiecewiseLinearModelIsNotSensitive() {
        Network network = Network.read("multi-layer");
        PlainModel model = PlainArithmetic.model(network);
        float[] here = explain(model, "saliency", "", network.array("images"), FIRST_OF_TWO);
        Random random = new Random(4);
        for (int i = 0; i < 10; i++) {
            float[] near = FloatArrays.flat(network.array("images"));
            for (int pixel = 0; pixel < near.length; pixel++) {
                near[pixel] += 0.02f * (2 * random.nextFloat() - 1);
            }
            assertThat(explain(model, "saliency", "", FloatArrays.of(near, 1, 1, 3, 1), FIRST_OF_TWO))
                    .containsExactly(here);
        }
    }

    /**
     * Regions of 2×2 are set to zero in the order of their mean |gradient|, largest first; after each the mean over two images of
     * the squared score.
     */
    @Test
    void perturbationCurve() {
        float[][] weights = new float[16][2];
        Arrays.setAll(weights, i -> new float[] {i, 0});
        LinearModel model = new LinearModel(4, 4, 1, weights, new float[2]);
        float[] pixels = new float[32];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i;
        }
        Targets targets = Targets.classes(2, 0, 0);
        assertThat(targets.scores(model.scores(images(pixels)))).containsExactly(1240, 3160);
        float[] map = explain(model, "saliency", "", images(pixels), targets);
        double[] curve = new double[4];
        for (int step = 0; step < curve.length; step++) {
            for (float score : targets.scores(model.scores(images(pixels)))) {
                curve[step] += score * score / 2.0;
            }
            for (int n = 0; n < 2; n++) {
                zero(pixels, n, order(map, n)[step]);
            }
        }
        assertThat(curve).containsExactly(5761600, 1654564, 182672, 21284);
    }

    private static FloatNdArray images(float[] pixels) {
        return FloatArrays.of(pixels.clone(), 2, 4, 4, 1);
    }

    private static int[] order(float[] map, int n) {
        return IntStream.range(0, 4)
                .boxed()
                .sorted((a, b) -> Double.compare(sum(map, n, b), sum(map, n, a)))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double sum(float[] map, int n, int region) {
        return region(n, region).mapToDouble(i -> map[i]).sum();
    }

    private static void zero(float[] pixels, int n, int region) {
        region(n, region).forEach(i -> pixels[i] = 0);
    }

    private static IntStream region(int n, int region) {
        int corner = 16 * n + region / 2 * 8 + region % 2 * 2;
        return IntStream.of(corner, corner + 1, corner + 4, corner + 5);
    }

    static float[] explain(Model model, String explainer, String options, FloatNdArray images, Targets targets) {
        return FloatArrays.flat(Explainers.named(explainer, Explainers.options(options))
                .explain(model, images, targets)
                .values());
    }

    static float[] numbers(String text) {
        String[] numbers = text.split(",");
        float[] values = new float[numbers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(numbers[i].strip());
        }
        return values;
    }
}

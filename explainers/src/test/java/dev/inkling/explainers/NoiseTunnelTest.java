package dev.inkling.explainers;

import static dev.inkling.explainers.Examples.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.explainers.NoiseTunnel.Mode;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.ImageRandom;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import dev.inkling.tck.ConvolutionModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.ndarray.FloatNdArray;

class NoiseTunnelTest {

    private static final ConvolutionModel CONVOLUTION = ConvolutionModel.random(5, 5, 4, 2, 3, 3);
    private static final Targets TWO = Targets.contrast(3, new int[] {0, 2}, new int[] {1, 0});
    private static final int SIZE = 5 * 4 * 2;
    private static final FloatNdArray IMAGES = Examples.random(CONVOLUTION.signature(), 2);

    /** Around the signed gradient it is SmoothGrad, to the bit. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void aroundTheGradientIsSmoothGrad(Mode mode) {
        Attribution tunnel =
                tunnel(new Saliency(new Saliency.Options(false)), 9, mode).explain(CONVOLUTION, IMAGES, TWO);
        Attribution smooth = new SmoothGrad(new SmoothGrad.Options(9, 0.2, mode, 5)).explain(CONVOLUTION, IMAGES, TWO);
        assertThat(tunnel.values()).isEqualTo(smooth.values());
        assertThat(tunnel.contract()).isEqualTo(smooth.contract());
    }

    /** A map of another size than the image: copy by copy, with 200 copies in two batches. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void equalsAPlainComputationAroundAClassActivationMap(Mode mode) {
        Explainer cam = new GradCam(Options.parse(GradCam.Options.class, Map.of("relu", "false")));
        Attribution found = tunnel(cam, 200, mode).explain(CONVOLUTION, IMAGES, TWO);
        assertThat(found.values().shape().asArray()).containsExactly(2, 3, 2, 1);
        for (int n = 0; n < 2; n++) {
            List<float[]> maps = new ArrayList<>();
            for (float[] copy : copies(n, 200)) {
                maps.add(values(cam.explain(CONVOLUTION, FloatArrays.of(copy, 1, 5, 4, 2), TWO.rows(n, n + 1))));
            }
            for (int i = 0; i < 6; i++) {
                double mean = 0;
                double square = 0;
                for (float[] map : maps) {
                    mean += map[i] / 200.0;
                    square += (double) map[i] * map[i] / 200;
                }
                double expected = switch (mode) {
                    case MEAN -> mean;
                    case SQUARE -> square;
                    case VARIANCE -> square - mean * mean;
                };
                assertThat((double) values(found)[n * 6 + i]).isCloseTo(expected, within(1e-5 * Math.max(1, square)));
            }
        }
    }

    @Test
    void diagnosticsAreMeansOverTheCopies() {
        Explainer guided = new GuidedIntegratedGradients(
                new GuidedIntegratedGradients.Options(2, 0.25, 0.3, new Baseline.Constant(0)));
        float[] found = tunnel(guided, 150, Mode.SQUARE)
                .explain(CONVOLUTION, IMAGES, TWO)
                .diagnostics()
                .get("convergence delta");
        for (int n = 0; n < 2; n++) {
            double mean = 0;
            for (float[] copy : copies(n, 150)) {
                mean += guided.explain(CONVOLUTION, FloatArrays.of(copy, 1, 5, 4, 2), TWO.rows(n, n + 1))
                                .diagnostics()
                                .get("convergence delta")[0]
                        / 150.0;
            }
            assertThat((double) found[n]).isCloseTo(mean, within(1e-5));
        }
    }

    private static List<float[]> copies(int image, int samples) {
        float[] pixels = Arrays.copyOfRange(FloatArrays.flat(IMAGES), image * SIZE, (image + 1) * SIZE);
        float[] sorted = pixels.clone();
        Arrays.sort(sorted);
        double deviation = 0.2 * ((double) sorted[SIZE - 1] - sorted[0]);
        RandomGenerator random = ImageRandom.of(5, pixels, 0, SIZE);
        List<float[]> copies = new ArrayList<>();
        for (int copy = 0; copy < samples; copy++) {
            float[] noisy = new float[SIZE];
            for (int i = 0; i < SIZE; i++) {
                noisy[i] = (float) (pixels[i] + deviation * random.nextGaussian());
            }
            copies.add(noisy);
        }
        return copies;
    }

    @Test
    void copiesAreExplainedABoundedNumberAtATime() {
        Map<Targets, List<Long>> batches = new ConcurrentHashMap<>();
        Explainer counting = (model, images, targets) -> {
            batches.computeIfAbsent(targets.rows(0, 1), image -> new ArrayList<>())
                    .add(images.shape().get(0));
            assertThat(targets.count()).isEqualTo(Math.toIntExact(images.shape().get(0)));
            return new Attribution(images, new Attribution.Contract(Sign.SIGNED, true, "pixels"));
        };
        Attribution map = tunnel(counting, 300, Mode.MEAN).explain(CONVOLUTION, IMAGES, TWO);
        // Each image's in order; several images may be at work at once.
        assertThat(batches)
                .hasSize(2)
                .allSatisfy((image, sizes) -> assertThat(sizes).containsExactly(128L, 128L, 44L));
        assertThat(map.contract()).isEqualTo(new Attribution.Contract(Sign.SIGNED, false, "pixels"));
        assertThat(tunnel(counting, 2, Mode.VARIANCE)
                        .explain(CONVOLUTION, IMAGES, TWO)
                        .contract())
                .isEqualTo(new Attribution.Contract(Sign.POSITIVE, false, "(pixels)²"));
    }

    /** The mean of noise tunnels' maps, each around copies of a copy. */
    @Test
    void tunnelsNest() {
        Explainer inner = tunnel(new InputXGradient(), 3, Mode.VARIANCE);
        Attribution found = tunnel(inner, 2, Mode.MEAN).explain(CONVOLUTION, IMAGES, TWO);
        for (int n = 0; n < 2; n++) {
            double[] mean = new double[SIZE];
            for (float[] copy : copies(n, 2)) {
                float[] map = values(inner.explain(CONVOLUTION, FloatArrays.of(copy, 1, 5, 4, 2), TWO.rows(n, n + 1)));
                for (int i = 0; i < SIZE; i++) {
                    mean[i] += map[i] / 2.0;
                }
            }
            for (int i = 0; i < SIZE; i++) {
                assertThat((double) values(found)[n * SIZE + i]).isCloseTo(mean[i], within(1e-6));
            }
        }
        assertThat(found.contract().unit()).isEqualTo("(logits)²");
    }

    @Test
    void theCardIsThatOfWhatIsWrappedWithItsOwnContract() {
        ExplainerCard card = new NoiseTunnel.Provider()
                .card()
                .around(
                        new GradCam.Provider().card(),
                        new NoiseTunnel.Provider()
                                .contract(
                                        new GradCam.Provider().card().contract(),
                                        Options.parse(NoiseTunnel.Options.class, Map.of("mode", "square"))));
        assertThat(card.name()).isEqualTo("noise-tunnel+grad-cam");
        assertThat(card.title()).isEqualTo("Noise tunnel + Grad-CAM");
        assertThat(card.needs())
                .isEqualTo(new GradCam.Provider().card().needs())
                .doesNotContain(Gradients.class);
        assertThat(card.family()).isEqualTo(ExplainerCard.Family.CAM);
        assertThat(card.contract().sign()).isEqualTo(Sign.POSITIVE);
        assertThat(card.contract().unit()).startsWith("(").endsWith(")²");
    }

    private static NoiseTunnel tunnel(Explainer explainer, int samples, Mode mode) {
        return new NoiseTunnel(explainer, new NoiseTunnel.Options(samples, 0.2, mode, 5));
    }
}

package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.spi.Bilinear;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Layers;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * What a runtime without Inkling is told, against what explainers are told: the signatures' gradients are made of other
 * operations than TensorFlow's own.
 */
class ExplanationSignaturesTest {

    private static final int COUNT = 3;
    private static final int[] PREDICTED = {-1, -1, -1};

    @TempDir
    Path folder;

    /** Images as digits are: black, where all windows of a pooling tie, with something in the middle. */
    private static float[] images(Architecture architecture) {
        float[] pixels = RandomWeights.images(architecture, COUNT, 11);
        int row = architecture.width() * architecture.channels();
        for (int i = 0; i < pixels.length; i++) {
            int y = i / row % architecture.height();
            if (y < 2 || y >= architecture.height() - 1) {
                pixels[i] = 0;
            }
        }
        return pixels;
    }

    @ParameterizedTest
    @MethodSource("dev.inkling.model.ModelFixtures#architectures")
    void signaturesSayWhatExplainersAreTold(Architecture architecture) {
        ModelFixtures.write(folder, architecture, RandomWeights.of(architecture, 5));
        float[] pixels = images(architecture);
        int h = architecture.height();
        int w = architecture.width();
        int c = architecture.channels();
        FloatNdArray images = FloatArrays.of(pixels, COUNT, h, w, c);
        try (TensorFlowModel model = TensorFlowModel.load(folder);
                Signatures signatures = new Signatures(folder, architecture)) {
            Targets predicted = Targets.predicted(model.scores(images));
            Gradients gradients = model.require(Gradients.class);
            float[] gradient = FloatArrays.flat(gradients.gradients(images, predicted));

            float[] absolute = gradient.clone();
            for (int i = 0; i < absolute.length; i++) {
                absolute[i] = Math.abs(absolute[i]);
            }
            assertClose(
                    signatures.explain("saliency", pixels, PREDICTED, Map.of()).get("map"), absolute);
            assertClose(
                    signatures
                            .explain("guided_backprop", pixels, PREDICTED, Map.of())
                            .get("map"),
                    FloatArrays.flat(model.require(Propagation.class)
                            .propagate(images, predicted, new Propagation.Rule.Guided())
                            .values()));

            int[] classes = {1, 0, 1};
            FloatNdArray chosen = gradients.gradients(images, Targets.classes(architecture.classes(), classes));
            float[] ofChosen = FloatArrays.flat(chosen);
            float[] found =
                    signatures.explain("saliency", pixels, classes, Map.of()).get("map");
            for (int i = 0; i < found.length; i++) {
                ofChosen[i] = Math.abs(ofChosen[i]);
            }
            assertClose(found, ofChosen);

            gradCam(model, images, predicted, signatures.explain("grad_cam", pixels, PREDICTED, Map.of()));
            integratedGradients(model, pixels, predicted, signatures);
            smoothGrad(model, pixels, predicted, signatures);
        }
    }

    private static void gradCam(
            TensorFlowModel model, FloatNdArray images, Targets targets, Map<String, float[]> found) {
        ModelSignature.Layer layer = model.signature().lastConvolution();
        Layers.LayerGradients told = model.require(Layers.class).gradients(layer.name(), images, targets);
        float[] activations = FloatArrays.flat(told.activations());
        float[] gradients = FloatArrays.flat(told.gradients());
        int places = layer.height() * layer.width();
        float[] maps = new float[COUNT * places];
        for (int n = 0; n < COUNT; n++) {
            double[] means = new double[layer.channels()];
            for (int i = 0; i < places * layer.channels(); i++) {
                means[i % layer.channels()] += gradients[n * places * layer.channels() + i] / places;
            }
            for (int place = 0; place < places; place++) {
                double sum = 0;
                for (int k = 0; k < layer.channels(); k++) {
                    sum += means[k] * activations[(n * places + place) * layer.channels() + k];
                }
                maps[n * places + place] = (float) Math.max(0, sum);
            }
        }
        assertClose(found.get("map"), maps);
        ModelSignature signature = model.signature();
        int size = signature.height() * signature.width();
        float[] resized = new float[COUNT * size];
        for (int n = 0; n < COUNT; n++) {
            float[] map = Arrays.copyOfRange(maps, n * places, (n + 1) * places);
            float[] larger = Bilinear.resize(map, layer.height(), layer.width(), signature.height(), signature.width());
            System.arraycopy(larger, 0, resized, n * size, size);
        }
        assertClose(found.get("resized"), resized);
    }

    private static void integratedGradients(
            TensorFlowModel model, float[] pixels, Targets targets, Signatures signatures) {
        int steps = 7;
        float[] mean = new float[pixels.length];
        for (int step = 0; step < steps; step++) {
            float[] along = pixels.clone();
            for (int i = 0; i < along.length; i++) {
                along[i] *= (step + 0.5f) / steps;
            }
            add(mean, model, along, targets, steps);
        }
        double[] delta = new double[COUNT];
        FloatNdArray black = shaped(model, new float[pixels.length]);
        float[] atImage = targets.scores(model.scores(shaped(model, pixels)));
        float[] atBlack = targets.scores(model.scores(black));
        for (int i = 0; i < mean.length; i++) {
            mean[i] *= pixels[i];
            delta[i / (mean.length / COUNT)] += mean[i];
        }
        Map<String, float[]> found =
                signatures.explain("integrated_gradients", pixels, PREDICTED, Map.of("steps", TInt32.scalarOf(steps)));
        assertClose(found.get("map"), mean);
        for (int n = 0; n < COUNT; n++) {
            assertThat((double) found.get("convergence_delta")[n])
                    .isCloseTo(delta[n] - (atImage[n] - atBlack[n]), within(1e-4));
        }
        // Fifty steps where a runtime leaves them out: near enough to be complete.
        float[] byDefault = signatures
                .explain("integrated_gradients", pixels, PREDICTED, Map.of())
                .get("convergence_delta");
        for (int n = 0; n < COUNT; n++) {
            assertThat(Math.abs(byDefault[n])).isLessThan(0.05f + 0.05f * Math.abs(atImage[n] - atBlack[n]));
        }
    }

    private static void smoothGrad(TensorFlowModel model, float[] pixels, Targets targets, Signatures signatures) {
        int samples = 4;
        int size = pixels.length / COUNT;
        Random random = new Random(3);
        float[] draws = new float[samples * size];
        for (int i = 0; i < draws.length; i++) {
            draws[i] = (float) random.nextGaussian();
        }
        float[] mean = new float[pixels.length];
        for (int sample = 0; sample < samples; sample++) {
            float[] noisy = pixels.clone();
            for (int n = 0; n < COUNT; n++) {
                float least = Float.POSITIVE_INFINITY;
                float most = Float.NEGATIVE_INFINITY;
                for (int i = n * size; i < (n + 1) * size; i++) {
                    least = Math.min(least, pixels[i]);
                    most = Math.max(most, pixels[i]);
                }
                for (int i = 0; i < size; i++) {
                    noisy[n * size + i] += 0.2f * (most - least) * draws[sample * size + i];
                }
            }
            add(mean, model, noisy, targets, samples);
        }
        ModelSignature signature = model.signature();
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("noise", TFloat32.scalarOf(0.2f));
        inputs.put(
                "draws",
                TFloat32.tensorOf(
                        Shape.of(samples, signature.height(), signature.width(), signature.channels()),
                        DataBuffers.of(draws)));
        assertClose(signatures.explain("smooth_grad", pixels, PREDICTED, inputs).get("map"), mean);
    }

    private static FloatNdArray shaped(TensorFlowModel model, float[] pixels) {
        ModelSignature signature = model.signature();
        return FloatArrays.of(pixels, COUNT, signature.height(), signature.width(), signature.channels());
    }

    private static void add(float[] mean, TensorFlowModel model, float[] pixels, Targets targets, int count) {
        float[] gradient = FloatArrays.flat(model.require(Gradients.class).gradients(shaped(model, pixels), targets));
        for (int i = 0; i < mean.length; i++) {
            mean[i] += gradient[i] / count;
        }
    }

    @ParameterizedTest
    @MethodSource("dev.inkling.model.ModelFixtures#architectures")
    void bytesAreClassifiedAsTheImageTheyStandFor(Architecture architecture) {
        ModelFixtures.write(folder, architecture, RandomWeights.of(architecture, 5));
        float[] pixels = images(architecture);
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            int level = Math.round(pixels[i] * 255);
            bytes[i] = (byte) level;
            pixels[i] = level / 255f;
        }
        try (TensorFlowModel model = TensorFlowModel.load(folder);
                Signatures signatures = new Signatures(folder, architecture)) {
            FloatNdArray images = shaped(model, pixels);
            Map<String, float[]> found = signatures.run(
                    "classify_uint8", Map.of("image", TUint8.tensorOf(signatures.imageShape(), DataBuffers.of(bytes))));
            assertClose(found.get("logits"), FloatArrays.flat(model.scores(images)));
            assertClose(found.get("probabilities"), FloatArrays.flat(model.probabilities(images)));
            int[] predicted = Targets.predictedClasses(model.scores(images));
            for (int n = 0; n < COUNT; n++) {
                assertThat(found.get("class_index")[n]).isEqualTo(predicted[n]);
            }
        }
    }

    /** Within 1e-5 of the largest value. */
    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isGreaterThan(0);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).as("value %d", i).isCloseTo(expected[i], within(1e-5f * largest));
        }
    }

    /** A model as a runtime that knows nothing of Inkling sees it. */
    private static final class Signatures implements AutoCloseable {

        private final SavedModelBundle bundle;
        private final Architecture architecture;

        Signatures(Path folder, Architecture architecture) {
            this.bundle = SavedModelBundle.load(folder.toString(), "serve");
            this.architecture = architecture;
        }

        Shape imageShape() {
            return Shape.of(COUNT, architecture.height(), architecture.width(), architecture.channels());
        }

        Map<String, float[]> explain(String name, float[] pixels, int[] classes, Map<String, ? extends Tensor> more) {
            Map<String, Tensor> inputs = new HashMap<>(more);
            inputs.put("image", TFloat32.tensorOf(imageShape(), DataBuffers.of(pixels)));
            inputs.put("class_index", TInt32.vectorOf(classes));
            return run(name, inputs);
        }

        /** Closes the inputs. */
        Map<String, float[]> run(String name, Map<String, ? extends Tensor> inputs) {
            SignatureDef signature = bundle.metaGraphDef().getSignatureDefOrThrow(name);
            Session.Runner runner = bundle.session().runner();
            inputs.forEach(
                    (key, tensor) -> runner.feed(signature.getInputsOrThrow(key).getName(), tensor));
            Map<String, float[]> outputs = new LinkedHashMap<>();
            signature.getOutputsMap().values().forEach(output -> runner.fetch(output.getName()));
            try (Result result = runner.run()) {
                int i = 0;
                for (String key : signature.getOutputsMap().keySet()) {
                    outputs.put(key, floats(result.get(i++)));
                }
            } finally {
                inputs.values().forEach(Tensor::close);
            }
            return outputs;
        }

        private static float[] floats(Tensor tensor) {
            float[] values = new float[Math.toIntExact(tensor.shape().size())];
            if (tensor instanceof TInt32 whole) {
                int[] numbers = new int[values.length];
                whole.copyTo(DataBuffers.of(numbers));
                for (int i = 0; i < values.length; i++) {
                    values[i] = numbers[i];
                }
            } else {
                ((TFloat32) tensor).copyTo(DataBuffers.of(values));
            }
            return values;
        }

        @Override
        public void close() {
            bundle.close();
        }
    }
}

package dev.inkling.model;

import dev.inkling.model.backward.ReverseWalk;
import dev.inkling.spi.ModelSignature.Layer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceMin;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.op.math.Mean;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Explanations as signatures of an exported model, so that a runtime without Inkling can ask why. Their values are those of the
 * explainers of the same name under default options, but that {@code integrated_gradients} takes the midpoint rule, whose nodes
 * are arithmetic for any number of steps.
 *
 * <p>Each takes {@code image} (N, H, W, C) and {@code class_index} int32 (N), where −1 means the class that the model predicts.
 *
 * <ul>
 *   <li>{@code saliency}, {@code guided_backprop}: {@code map} (N, H, W, C), in logits per unit of input
 *   <li>{@code grad_cam}: {@code map} (N, h, w, 1), in logits, of the last convolution; {@code resized} (N, H, W, 1), the same by
 *       half-pixel bilinear interpolation
 *   <li>{@code integrated_gradients}: also takes {@code steps} int32 (), 50 by default; {@code map} (N, H, W, C), in logits, and
 *       {@code convergence_delta} (N). The path begins at 0. All N · steps images are one batch
 *   <li>{@code smooth_grad}: also takes {@code noise} (), 0.15 by default, a share of each image's range, and {@code draws}
 *       (samples, H, W, C), standard normal, 50 fixed ones by default; {@code map} (N, H, W, C). All N · samples images are one batch
 *   <li>{@code classify_uint8}: takes {@code image} uint8 (N, H, W, C) alone; {@code logits}, {@code probabilities} (N, K) and
 *       {@code class_index} int32 (N)
 * </ul>
 *
 * <p>A default holds where a runtime lets inputs of a signature be left out, as TensorFlow's sessions do.
 */
final class ExplanationSignatures {

    private static final int STEPS = 50;
    private static final int SAMPLES = 50;
    private static final float NOISE = 0.15f;
    private static final String SCOPE = "signatures";

    private final Graph graph;
    private final Ops tf;
    private final Architecture architecture;
    private final FrozenWeights weights;
    private final Operand<TFloat32> image;
    private final Network.Built network;

    /** The input {@code class_index}, and the weights of the logits that follow from it, (N, K). */
    private final Placeholder<TInt32> classIndex;

    private final Operand<TFloat32> target;
    private final Map<String, SignatureDef> signatures = new LinkedHashMap<>();

    private ExplanationSignatures(
            Graph graph,
            Architecture architecture,
            FrozenWeights weights,
            Operand<TFloat32> image,
            Network.Built network) {
        this.graph = graph;
        this.tf = Ops.create(graph).withSubScope(SCOPE);
        this.architecture = architecture;
        this.weights = weights;
        this.image = image;
        this.network = network;
        this.classIndex =
                tf.withName("class_index").placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
        Operand<TInt32> predicted = predicted(tf, network.logits());
        Operand<TInt32> chosen = tf.select(tf.math.less(classIndex, tf.constant(0)), predicted, classIndex);
        this.target = tf.oneHot(chosen, tf.constant(architecture.classes()), tf.constant(1f), tf.constant(0f));
    }

    /**
     * Adds the explanations to a graph that holds the network.
     *
     * @return a signature each, by name
     */
    static Map<String, SignatureDef> add(
            Graph graph,
            Architecture architecture,
            FrozenWeights weights,
            Operand<TFloat32> image,
            Network.Built network) {
        ExplanationSignatures signatures = new ExplanationSignatures(graph, architecture, weights, image, network);
        signatures.saliency();
        signatures.guidedBackprop();
        signatures.gradCam();
        signatures.integratedGradients();
        signatures.smoothGrad();
        signatures.classifyBytes();
        return signatures.signatures;
    }

    private static Operand<TInt32> predicted(Ops tf, Operand<TFloat32> logits) {
        return tf.math.argMax(logits, tf.constant(1), TInt32.class);
    }

    private void saliency() {
        Operand<TFloat32> gradient = gradient("saliency", image, network.logits(), target, false);
        sign(
                "saliency",
                Map.of(),
                Map.of("map", tf.withSubScope("saliency").math.abs(gradient)));
    }

    private void guidedBackprop() {
        sign(
                "guided_backprop",
                Map.of(),
                Map.of("map", gradient("guided_backprop", image, network.logits(), target, true)));
    }

    private void gradCam() {
        Ops scope = tf.withSubScope("grad_cam");
        Operand<TFloat32> activations = lastConvolution();
        Operand<TFloat32> gradient = gradient("grad_cam", activations, network.logits(), target, false);
        Operand<TFloat32> channels = scope.math.mean(gradient, scope.constant(new int[] {1, 2}), Mean.keepDims(true));
        Operand<TFloat32> map = scope.nn.relu(scope.reduceSum(
                scope.math.mul(activations, channels), scope.constant(new int[] {3}), ReduceSum.keepDims(true)));
        Operand<TFloat32> resized = scope.image.resizeBilinear(
                map,
                scope.constant(new int[] {architecture.height(), architecture.width()}),
                ResizeBilinear.halfPixelCenters(true));
        sign("grad_cam", Map.of(), Map.of("map", map, "resized", resized));
    }

    private Operand<TFloat32> lastConvolution() {
        Operand<TFloat32> last = null;
        for (Network.NamedOutput named : network.layers()) {
            last = named.layer().kind() == Layer.Kind.CONVOLUTION ? named.output() : last;
        }
        return last;
    }

    private void integratedGradients() {
        Ops scope = tf.withSubScope("integrated_gradients");
        Operand<TInt32> steps = scope.withName("steps").placeholderWithDefault(scope.constant(STEPS), Shape.scalar());
        Operand<TFloat32> count = scope.dtypes.cast(steps, TFloat32.class);
        // The midpoints (i + ½) / steps of the way from a black image to this one.
        Operand<TFloat32> nodes = scope.math.div(
                scope.math.add(
                        scope.dtypes.cast(scope.range(scope.constant(0), steps, scope.constant(1)), TFloat32.class),
                        scope.constant(0.5f)),
                count);
        Operand<TFloat32> path = scope.math.mul(
                scope.reshape(nodes, scope.constant(new int[] {-1, 1, 1, 1, 1})),
                scope.expandDims(image, scope.constant(0)));
        Operand<TFloat32> mean = meanGradient(scope, "integrated_gradients", path, steps);
        Operand<TFloat32> map = scope.math.mul(image, mean);
        Operand<TFloat32> black = Network.build(
                        scope.withSubScope("baseline"),
                        architecture,
                        scope.zeros(
                                scope.constant(new int[] {
                                    1, architecture.height(), architecture.width(), architecture.channels()
                                }),
                                TFloat32.class),
                        weights)
                .logits();
        Operand<TFloat32> difference = scope.reduceSum(
                scope.math.mul(scope.math.sub(network.logits(), black), target), scope.constant(new int[] {1}));
        Operand<TFloat32> delta = scope.math.sub(scope.reduceSum(map, scope.constant(new int[] {1, 2, 3})), difference);
        sign("integrated_gradients", Map.of("steps", steps), Map.of("map", map, "convergence_delta", delta));
    }

    private void smoothGrad() {
        Ops scope = tf.withSubScope("smooth_grad");
        Operand<TFloat32> noise = scope.withName("noise").placeholderWithDefault(scope.constant(NOISE), Shape.scalar());
        int[] shape = {SAMPLES, architecture.height(), architecture.width(), architecture.channels()};
        Operand<TFloat32> fixed = scope.random.statelessRandomNormal(
                scope.constant(shape), scope.constant(new long[] {0, 0}), TFloat32.class);
        Operand<TFloat32> draws = scope.withName("draws")
                .placeholderWithDefault(
                        fixed,
                        Shape.of(
                                Shape.UNKNOWN_SIZE,
                                architecture.height(),
                                architecture.width(),
                                architecture.channels()));
        Operand<TInt32> all = scope.constant(new int[] {1, 2, 3});
        Operand<TFloat32> range = scope.math.sub(
                scope.reduceMax(image, all, ReduceMax.keepDims(true)),
                scope.reduceMin(image, all, ReduceMin.keepDims(true)));
        Operand<TFloat32> deviation = scope.expandDims(scope.math.mul(noise, range), scope.constant(0));
        Operand<TFloat32> noisy = scope.math.add(
                scope.expandDims(image, scope.constant(0)),
                scope.math.mul(deviation, scope.expandDims(draws, scope.constant(1))));
        Operand<TInt32> samples = scope.gather(scope.shape(draws), scope.constant(0), scope.constant(0));
        sign(
                "smooth_grad",
                Map.of("noise", noise, "draws", draws),
                Map.of("map", meanGradient(scope, "smooth_grad", noisy, samples)));
    }

    /**
     * The mean over copies of the gradient at each.
     *
     * @param copies (copies, N, H, W, C)
     * @return (N, H, W, C)
     */
    private Operand<TFloat32> meanGradient(Ops scope, String name, Operand<TFloat32> copies, Operand<TInt32> count) {
        Operand<TInt32> one = scope.constant(new int[] {1});
        Operand<TInt32> row =
                scope.constant(new int[] {architecture.height(), architecture.width(), architecture.channels()});
        Operand<TFloat32> flat =
                scope.reshape(copies, scope.concat(List.of(scope.constant(new int[] {-1}), row), scope.constant(0)));
        Operand<TFloat32> logits =
                Network.build(scope, architecture, flat, weights).logits();
        Operand<TFloat32> targets =
                scope.tile(target, scope.concat(List.of(scope.reshape(count, one), one), scope.constant(0)));
        Operand<TFloat32> gradients = gradient(name, flat, logits, targets, false);
        Operand<TFloat32> unflat = scope.reshape(
                gradients,
                scope.concat(
                        List.of(scope.reshape(count, one), scope.constant(new int[] {-1}), row), scope.constant(0)));
        return scope.math.mean(unflat, scope.constant(0));
    }

    private void classifyBytes() {
        Ops scope = tf.withSubScope("classify_uint8");
        Placeholder<TUint8> bytes = scope.withName("image")
                .placeholder(
                        TUint8.class,
                        Placeholder.shape(Shape.of(
                                Shape.UNKNOWN_SIZE,
                                architecture.height(),
                                architecture.width(),
                                architecture.channels())));
        Operand<TFloat32> scaled = scope.math.div(scope.dtypes.cast(bytes, TFloat32.class), scope.constant(255f));
        Operand<TFloat32> logits =
                Network.build(scope, architecture, scaled, weights).logits();
        signatures.put(
                "classify_uint8",
                SavedModelWriter.signature(
                        Map.of("image", bytes),
                        Map.of(
                                "logits", logits,
                                "probabilities", scope.nn.softmax(logits),
                                "class_index", predicted(scope, logits))));
    }

    private Operand<TFloat32> gradient(
            String name, Operand<TFloat32> x, Operand<TFloat32> logits, Operand<TFloat32> start, boolean guided) {
        return new ReverseWalk(graph, SCOPE + "/" + name + "/gradient", x.asOutput(), logits.asOutput())
                .portableGradient(start, guided);
    }

    private void sign(String name, Map<String, Operand<?>> more, Map<String, Operand<?>> outputs) {
        Map<String, Operand<?>> inputs = new LinkedHashMap<>(Map.of("image", image, "class_index", classIndex));
        inputs.putAll(more);
        signatures.put(name, SavedModelWriter.signature(inputs, outputs));
    }
}

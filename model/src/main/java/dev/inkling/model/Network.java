package dev.inkling.model;

import dev.inkling.spi.ModelSignature.Layer;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * The network, written once: the same layers with the same names whether the weights are variables in training or constants
 * in an exported model.
 */
public final class Network {

    /** Added to a variance before its root is taken, in training as in export. */
    public static final float NORMALISATION_EPSILON = 1e-3f;

    private Network() {}

    /** Where the weights come from, and what differs between training and inference. Names are those of the layers. */
    public interface Weights {

        /** The trainable array of this name, such as {@code block1/conv1/kernel}. */
        Operand<TFloat32> get(Ops tf, String name, Shape shape);

        /** The convolution of x as {@link Network#convolve} has it, in whichever way it is computed. */
        default Operand<TFloat32> convolve(Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel) {
            return Network.convolve(tf, x, kernel);
        }

        /** The batch normalisation of a layer's output; the identity where it is folded into the convolution. */
        Operand<TFloat32> normalise(Ops tf, String layer, Operand<TFloat32> x, int channels);

        /** Drops units in training; the identity in inference. */
        Operand<TFloat32> dropout(Ops tf, Operand<TFloat32> x, double rate);
    }

    /** A named layer and the operand that is its output. */
    public record NamedOutput(Layer layer, Operand<TFloat32> output) {}

    /**
     * What was built.
     *
     * @param layers in the order of the forward pass; a layer's output is taken after its activation function. The last
     *     convolution of a residual block, and its shortcut, have none of their own: that of the sum follows
     * @param logits (N, K)
     */
    public record Built(List<NamedOutput> layers, Operand<TFloat32> logits) {}

    /**
     * Adds the network to a graph.
     *
     * @param image (N, H, W, C)
     */
    public static Built build(Ops tf, Architecture architecture, Operand<TFloat32> image, Weights weights) {
        List<NamedOutput> layers = new ArrayList<>();
        Operand<TFloat32> x = image;
        List<Architecture.Block> blocks = architecture.blocks();
        for (int i = 0; i < blocks.size(); i++) {
            Ops scope = tf.withSubScope(blocks.get(i).name());
            x = block(scope, blocks.get(i), x, weights, layers);
            if (i + 1 < blocks.size()) {
                Layer whole = layers.get(layers.size() - 1).layer();
                Layer pool = new Layer(
                        blocks.get(i).name() + "/pool",
                        Layer.Kind.POOLING,
                        whole.height() / 2,
                        whole.width() / 2,
                        whole.channels());
                x = maxPool(scope.withSubScope("pool"), x);
                layers.add(new NamedOutput(pool, x));
            }
        }

        Design design = architecture.design();
        int features = architecture.features().channels();
        x = design.attention()
                ? attentionPool(tf, architecture.features(), x, weights, layers)
                : averagePool(tf.withSubScope("pool"), x);
        layers.add(new NamedOutput(new Layer("pool", Layer.Kind.POOLING, 1, 1, features), x));

        Ops denseScope = tf.withSubScope("dense");
        x = denseScope.nn.relu(dense(denseScope, "dense", x, features, design.units(), weights));
        layers.add(new NamedOutput(new Layer("dense", Layer.Kind.DENSE, 1, 1, design.units()), x));
        x = weights.dropout(denseScope, x, design.dropout());

        x = dense(tf.withSubScope("logits"), "logits", x, design.units(), architecture.classes(), weights);
        layers.add(new NamedOutput(new Layer("logits", Layer.Kind.DENSE, 1, 1, architecture.classes()), x));
        return new Built(layers, x);
    }

    /**
     * A convolution of stride 1, zero beyond the border.
     *
     * @param x (N, H, W, C)
     * @param kernel (rows, columns, C, outputs)
     * @return (N, H, W, outputs)
     */
    public static Operand<TFloat32> convolve(Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel) {
        return tf.nn.conv2d(x, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
    }

    private static Operand<TFloat32> block(
            Ops tf, Architecture.Block block, Operand<TFloat32> input, Weights weights, List<NamedOutput> layers) {
        Operand<TFloat32> x = input;
        for (int i = 0; i < block.path().size(); i++) {
            Architecture.Convolution convolution = block.path().get(i);
            Ops scope = scope(tf, convolution.layer());
            x = convolution(scope, convolution, x, weights);
            boolean endsBlock = i + 1 == block.path().size();
            if (!(endsBlock && block.sum().isPresent())) {
                x = scope.nn.relu(x);
            }
            layers.add(new NamedOutput(convolution.layer(), x));
        }
        if (block.sum().isPresent()) {
            Operand<TFloat32> around = input;
            if (block.shortcut().isPresent()) {
                Layer shortcut = block.shortcut().get().layer();
                around = convolution(scope(tf, shortcut), block.shortcut().get(), input, weights);
                layers.add(new NamedOutput(shortcut, around));
            }
            Ops scope = scope(tf, block.sum().get());
            x = scope.nn.relu(scope.math.add(x, around));
            layers.add(new NamedOutput(block.sum().get(), x));
        }
        return x;
    }

    /** The scope of a layer within its block's. */
    private static Ops scope(Ops block, Layer layer) {
        return block.withSubScope(layer.name().substring(layer.name().indexOf('/') + 1));
    }

    private static Operand<TFloat32> convolution(
            Ops tf, Architecture.Convolution convolution, Operand<TFloat32> x, Weights weights) {
        String name = convolution.layer().name();
        int outputs = convolution.layer().channels();
        Operand<TFloat32> kernel = weights.get(
                tf, name + "/kernel", Shape.of(convolution.side(), convolution.side(), convolution.inputs(), outputs));
        Operand<TFloat32> bias = weights.get(tf, name + "/bias", Shape.of(outputs));
        Operand<TFloat32> sum = tf.nn.biasAdd(weights.convolve(tf, x, kernel), bias);
        return weights.normalise(tf, name, sum, outputs);
    }

    private static Operand<TFloat32> averagePool(Ops tf, Operand<TFloat32> x) {
        return tf.math.mean(x, tf.constant(new int[] {1, 2}), Mean.keepDims(false));
    }

    /** Σ over places of attention · features, where the attention is the softmax over places of a linear score. */
    private static Operand<TFloat32> attentionPool(
            Ops tf, Layer features, Operand<TFloat32> x, Weights weights, List<NamedOutput> layers) {
        int h = features.height();
        int w = features.width();
        Ops scope = tf.withSubScope("attention");
        Operand<TFloat32> kernel = weights.get(scope, "attention/kernel", Shape.of(1, 1, features.channels(), 1));
        Operand<TFloat32> bias = weights.get(scope, "attention/bias", Shape.of(1));
        Operand<TFloat32> scores = scope.nn.biasAdd(convolve(scope, x, kernel), bias);
        Operand<TFloat32> flat = scope.withName("scores").reshape(scores, scope.constant(new int[] {-1, h * w}));
        Operand<TFloat32> map =
                scope.withName("map").reshape(scope.nn.softmax(flat), scope.constant(new int[] {-1, h, w, 1}));
        layers.add(new NamedOutput(new Layer("attention", Layer.Kind.ATTENTION, h, w, 1), map));

        Ops pool = tf.withSubScope("pool");
        return pool.sum(pool.math.mul(x, map), pool.constant(new int[] {1, 2}), Sum.keepDims(false));
    }

    /**
     * The op {@code MaxPool}, with its window in attributes: TensorFlow's oneDNN has kernels for it and its gradient, but none for
     * {@code MaxPoolV2}, which is what {@code tf.nn.maxPool} adds.
     */
    private static Operand<TFloat32> maxPool(Ops tf, Operand<TFloat32> x) {
        long[] window = {1, 2, 2, 1};
        Scope scope = tf.scope();
        return scope.apply(scope.env()
                        .opBuilder("MaxPool", scope.makeOpName("MaxPool"), scope)
                        .addInput(x.asOutput())
                        .setAttr("ksize", window)
                        .setAttr("strides", window)
                        .setAttr("padding", "VALID"))
                .build()
                .output(0);
    }

    private static Operand<TFloat32> dense(
            Ops tf, String layer, Operand<TFloat32> x, int inputs, int outputs, Weights weights) {
        Operand<TFloat32> kernel = weights.get(tf, layer + "/kernel", Shape.of(inputs, outputs));
        Operand<TFloat32> bias = weights.get(tf, layer + "/bias", Shape.of(outputs));
        return tf.nn.biasAdd(tf.linalg.matMul(x, kernel), bias);
    }
}

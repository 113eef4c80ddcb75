package dev.inkling.model;

import dev.inkling.spi.ModelSignature.Layer;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

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
     * @param layers in the order of the forward pass; a layer's output is taken after its activation function
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
        List<Architecture.Convolution> convolutions = architecture.convolutionLayers();
        Ops block = null;
        for (int i = 0; i < convolutions.size(); i++) {
            Layer layer = convolutions.get(i).layer();
            String[] path = layer.name().split("/");
            if (i % architecture.design().convolutions() == 0) {
                block = tf.withSubScope(path[0]);
            }
            x = convolution(
                    block.withSubScope(path[1]), layer, convolutions.get(i).inputs(), x, weights);
            layers.add(new NamedOutput(layer, x));
            boolean endsBlock = (i + 1) % architecture.design().convolutions() == 0;
            if (endsBlock && i + 1 < convolutions.size()) {
                Layer pool = new Layer(
                        path[0] + "/pool", Layer.Kind.POOLING, layer.height() / 2, layer.width() / 2, layer.channels());
                x = maxPool(block.withSubScope("pool"), x);
                layers.add(new NamedOutput(pool, x));
            }
        }

        int features = convolutions.get(convolutions.size() - 1).layer().channels();
        Ops poolScope = tf.withSubScope("pool");
        x = poolScope.math.mean(x, poolScope.constant(new int[] {1, 2}), Mean.keepDims(false));
        layers.add(new NamedOutput(new Layer("pool", Layer.Kind.POOLING, 1, 1, features), x));

        Ops denseScope = tf.withSubScope("dense");
        x = denseScope.nn.relu(
                dense(denseScope, "dense", x, features, architecture.design().units(), weights));
        layers.add(new NamedOutput(
                new Layer("dense", Layer.Kind.DENSE, 1, 1, architecture.design().units()), x));
        x = weights.dropout(denseScope, x, architecture.design().dropout());

        x = dense(
                tf.withSubScope("logits"), "logits", x, architecture.design().units(), architecture.classes(), weights);
        layers.add(new NamedOutput(new Layer("logits", Layer.Kind.DENSE, 1, 1, architecture.classes()), x));
        return new Built(layers, x);
    }

    private static Operand<TFloat32> convolution(
            Ops tf, Layer layer, int inputs, Operand<TFloat32> x, Weights weights) {
        int outputs = layer.channels();
        Operand<TFloat32> kernel = weights.get(tf, layer.name() + "/kernel", Shape.of(3, 3, inputs, outputs));
        Operand<TFloat32> bias = weights.get(tf, layer.name() + "/bias", Shape.of(outputs));
        Operand<TFloat32> sum = tf.nn.biasAdd(tf.nn.conv2d(x, kernel, List.of(1L, 1L, 1L, 1L), "SAME"), bias);
        return tf.nn.relu(weights.normalise(tf, layer.name(), sum, outputs));
    }

    private static Operand<TFloat32> maxPool(Ops tf, Operand<TFloat32> x) {
        Operand<TInt32> window = tf.constant(new int[] {1, 2, 2, 1});
        return tf.nn.maxPool(x, window, window, "VALID");
    }

    private static Operand<TFloat32> dense(
            Ops tf, String layer, Operand<TFloat32> x, int inputs, int outputs, Weights weights) {
        Operand<TFloat32> kernel = weights.get(tf, layer + "/kernel", Shape.of(inputs, outputs));
        Operand<TFloat32> bias = weights.get(tf, layer + "/bias", Shape.of(outputs));
        return tf.nn.biasAdd(tf.linalg.matMul(x, kernel), bias);
    }
}

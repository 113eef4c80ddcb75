package dev.inkling.conformance;

import dev.inkling.model.SavedModelWriter;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.ModelSignature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/** A network as a SavedModel on TensorFlow. */
final class TensorFlowGraph {

    private TensorFlowGraph() {}

    /**
     * Writes the SavedModel and loads it.
     *
     * @param folder empty
     * @param signature of the network
     */
    static TensorFlowModel model(Network network, Path folder, ModelSignature signature) {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Map<String, Operand<TFloat32>> values = new HashMap<>();
            Placeholder<TFloat32> image = tf.withName("image")
                    .placeholder(
                            TFloat32.class,
                            Placeholder.shape(Shape.of(
                                    Shape.UNKNOWN_SIZE, network.height(), network.width(), network.channels())));
            values.put("image", image);
            Operand<TFloat32> last = image;
            for (Network.Operation operation : network.operations()) {
                last = add(
                        tf.withSubScope(operation.name()),
                        network,
                        operation,
                        operation.inputs().stream().map(values::get).toList());
                values.put(operation.name(), last);
            }
            SavedModelWriter.writeGraph(folder, graph, image, last, tf.nn.softmax(last));
            SavedModelWriter.writeCard(folder, card(signature, values));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return TensorFlowModel.load(folder);
    }

    private static Operand<TFloat32> add(
            Ops tf, Network network, Network.Operation operation, List<Operand<TFloat32>> inputs) {
        Operand<TFloat32> x = inputs.get(0);
        return switch (operation.type()) {
            case "convolution" -> {
                long stride = operation.stride();
                Operand<TFloat32> kernel = constant(tf, network.array(operation.kernel()));
                yield tf.nn.biasAdd(
                        tf.nn.conv2d(
                                x,
                                kernel,
                                List.of(1L, stride, stride, 1L),
                                operation.padding().toUpperCase(Locale.ROOT)),
                        constant(tf, network.array(operation.bias())));
            }
            case "depthwise-convolution" ->
                tf.nn.biasAdd(
                        tf.nn.depthwiseConv2dNative(
                                x,
                                constant(tf, network.array(operation.kernel())),
                                List.of(1L, 1L, 1L, 1L),
                                operation.padding().toUpperCase(Locale.ROOT)),
                        constant(tf, network.array(operation.bias())));
            case "dense" -> {
                Operand<TFloat32> weights = constant(tf, network.array(operation.weights()));
                Operand<TFloat32> flat = x.shape().numDimensions() == 2
                        ? x
                        : tf.reshape(x, tf.constant(new int[] {
                            -1, (int) weights.shape().get(0)
                        }));
                yield tf.nn.biasAdd(tf.linalg.matMul(flat, weights), constant(tf, network.array(operation.bias())));
            }
            case "relu" -> tf.nn.relu(x);
            case "leaky-relu" -> tf.nn.leakyRelu(x, LeakyRelu.alpha(operation.slope()));
            case "elu" -> tf.nn.elu(x);
            case "tanh" -> tf.math.tanh(x);
            case "max-pool" -> pool(tf, "MaxPool", x, operation.window());
            case "average-pool" -> pool(tf, "AvgPool", x, operation.window());
            case "global-mean" -> tf.math.mean(x, tf.constant(new int[] {1, 2}), Mean.keepDims(false));
            case "add" -> tf.math.add(x, inputs.get(1));
            case "concatenate" -> tf.concat(inputs, tf.constant(3));
            default -> throw new IllegalArgumentException("no operation of type " + operation.type());
        };
    }

    private static Operand<TFloat32> constant(Ops tf, FloatNdArray array) {
        return tf.constant(array.shape(), DataBuffers.of(FloatArrays.flat(array)));
    }

    /** The ops that exporters write; {@code tf.nn.maxPool} would add a {@code MaxPoolV2}. */
    private static Operand<TFloat32> pool(Ops tf, String type, Operand<TFloat32> x, long side) {
        long[] window = {1, side, side, 1};
        Scope scope = tf.scope();
        return scope.apply(scope.env()
                        .opBuilder(type, scope.makeOpName(type), scope)
                        .addInput(x.asOutput())
                        .setAttr("ksize", window)
                        .setAttr("strides", window)
                        .setAttr("padding", "VALID"))
                .build()
                .output(0);
    }

    private static ModelCard card(ModelSignature signature, Map<String, Operand<TFloat32>> values) {
        return new ModelCard(
                ModelCard.FORMAT,
                signature.name(),
                new ModelCard.Input(
                        signature.height(),
                        signature.width(),
                        signature.channels(),
                        signature.range().min(),
                        signature.range().max()),
                signature.labels(),
                0,
                signature.layers().stream()
                        .map(layer -> new ModelCard.CardLayer(
                                layer.name(),
                                layer.kind(),
                                layer.height(),
                                layer.width(),
                                layer.channels(),
                                values.get(layer.name()).asOutput().op().name() + ":0"))
                        .toList(),
                new ModelCard.Training("none", "00", 0, 0, 0, 0, 0, Map.of(), null, "test", "test", "test"),
                new ModelCard.Accuracy(null, null),
                null);
    }
}

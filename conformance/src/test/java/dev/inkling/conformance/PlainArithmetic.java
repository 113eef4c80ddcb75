package dev.inkling.conformance;

import dev.inkling.spi.Extent;
import dev.inkling.spi.FloatArrays;
import dev.inkling.tck.Padding;
import dev.inkling.tck.PlainModel;
import dev.inkling.tck.PlainModelBuilder;
import java.util.Arrays;
import org.tensorflow.ndarray.FloatNdArray;

/** A network as a model in plain arithmetic. */
final class PlainArithmetic {

    private PlainArithmetic() {}

    static PlainModel model(Network network) {
        PlainModelBuilder builder = PlainModel.builder(
                        network.name(), network.height(), network.width(), network.channels())
                .range(network.range()[0], network.range()[1]);
        for (Network.Operation operation : network.operations()) {
            if (operation.inputs().size() == 1) {
                builder.from(operation.inputs().get(0));
            }
            add(network, operation, builder);
        }
        return builder.build();
    }

    private static void add(Network network, Network.Operation operation, PlainModelBuilder builder) {
        String name = operation.name();
        switch (operation.type()) {
            case "convolution" ->
                builder.convolution(
                        name,
                        kernel(network.array(operation.kernel())),
                        FloatArrays.flat(network.array(operation.bias())),
                        square(operation.stride()),
                        padding(operation));
            case "depthwise-convolution" ->
                builder.depthwiseConvolution(
                        name,
                        kernel(network.array(operation.kernel())),
                        FloatArrays.flat(network.array(operation.bias())),
                        square(operation.stride()),
                        padding(operation));
            case "dense" ->
                builder.dense(
                        name,
                        rows(network.array(operation.weights())),
                        FloatArrays.flat(network.array(operation.bias())));
            case "relu" -> builder.relu(name);
            case "leaky-relu" -> builder.leakyRelu(name, operation.slope());
            case "elu" -> builder.elu(name);
            case "tanh" -> builder.tanh(name);
            case "max-pool" ->
                builder.maxPool(name, square(operation.window()), square(operation.window()), Padding.VALID);
            case "average-pool" ->
                builder.averagePool(name, square(operation.window()), square(operation.window()), Padding.VALID);
            case "global-mean" -> builder.globalMean(name);
            case "add" -> builder.add(name, operation.inputs().toArray(String[]::new));
            case "concatenate" -> builder.concatenate(name, operation.inputs().toArray(String[]::new));
            default -> throw new IllegalArgumentException("no operation of type " + operation.type());
        }
    }

    private static Padding padding(Network.Operation operation) {
        return operation.padding().equals("same") ? Padding.SAME : Padding.VALID;
    }

    private static Extent square(int side) {
        return new Extent(side, side);
    }

    private static float[][] rows(FloatNdArray matrix) {
        float[] flat = FloatArrays.flat(matrix);
        int columns = Math.toIntExact(matrix.shape().get(1));
        float[][] rows = new float[flat.length / columns][];
        Arrays.setAll(rows, row -> Arrays.copyOfRange(flat, row * columns, (row + 1) * columns));
        return rows;
    }

    private static float[][][][] kernel(FloatNdArray array) {
        float[] flat = FloatArrays.flat(array);
        long[] shape = array.shape().asArray();
        float[][][][] kernel = new float[(int) shape[0]][(int) shape[1]][(int) shape[2]][(int) shape[3]];
        int next = 0;
        for (float[][][] row : kernel) {
            for (float[][] place : row) {
                for (float[] filters : place) {
                    System.arraycopy(flat, next, filters, 0, filters.length);
                    next += filters.length;
                }
            }
        }
        return kernel;
    }
}

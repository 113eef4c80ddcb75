package dev.inkling.model;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Trained weights as constants, with every batch normalisation folded into the convolution before it: with
 * s = γ / √(variance + ε), the kernel becomes s·W and the bias s·(b − mean) + β. The function is the same, there is nothing
 * left that training needs, and it is the form in which layer-wise relevance propagation is defined. For one graph.
 */
final class FrozenWeights implements Network.Weights {

    private final Map<String, float[]> folded;

    /** Each array once in the graph, however many copies of the network read it. */
    private final Map<String, Operand<TFloat32>> constants = new HashMap<>();

    /**
     * @param trained kernel, bias, gamma, beta, mean and variance of every convolution, kernel and bias of every dense
     *     layer and of the attention, by name, in row-major order
     */
    FrozenWeights(Architecture architecture, Map<String, float[]> trained) {
        folded = new LinkedHashMap<>(trained);
        for (Architecture.Convolution convolution : architecture.convolutions()) {
            fold(convolution.layer().name());
        }
    }

    private void fold(String layer) {
        float[] kernel = folded.get(layer + "/kernel").clone();
        float[] bias = folded.get(layer + "/bias").clone();
        float[] gamma = folded.get(layer + "/gamma");
        float[] beta = folded.get(layer + "/beta");
        float[] mean = folded.get(layer + "/mean");
        float[] variance = folded.get(layer + "/variance");
        int outputs = bias.length;
        double[] scale = new double[outputs];
        for (int c = 0; c < outputs; c++) {
            scale[c] = gamma[c] / Math.sqrt(variance[c] + Network.NORMALISATION_EPSILON);
            bias[c] = (float) (scale[c] * (bias[c] - mean[c]) + beta[c]);
        }
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] *= (float) scale[i % outputs];
        }
        folded.put(layer + "/kernel", kernel);
        folded.put(layer + "/bias", bias);
    }

    @Override
    public Operand<TFloat32> get(Ops tf, String name, Shape shape) {
        String local = name.substring(name.lastIndexOf('/') + 1);
        return constants.computeIfAbsent(
                name, first -> tf.withName(local).constant(shape, DataBuffers.of(folded.get(name))));
    }

    @Override
    public Operand<TFloat32> normalise(Ops tf, String layer, Operand<TFloat32> x, int channels) {
        return x;
    }

    @Override
    public Operand<TFloat32> dropout(Ops tf, Operand<TFloat32> x, double rate) {
        return x;
    }
}

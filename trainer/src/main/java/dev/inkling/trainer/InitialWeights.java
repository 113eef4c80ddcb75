package dev.inkling.trainer;

import dev.inkling.model.Architecture;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Where training begins: kernels normal with variance 2 / fan-in (He et al. 2015, arXiv:1502.01852), the last layer's with 1 /
 * fan-in since no ReLU follows; biases 0; batch normalisation the identity. Attention begins at 0: every place weighs the same, so
 * training begins with the mean and all places learn, while scores drawn at random would let some count little for no reason. The
 * same on every machine for a seed.
 */
final class InitialWeights {

    private InitialWeights() {}

    static Map<String, float[]> of(Architecture architecture, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (Architecture.Parameter parameter : architecture.parameters()) {
            String name = parameter.name();
            float[] values = new float[Math.toIntExact(parameter.size())];
            if (name.endsWith("/kernel") && !name.startsWith("attention/")) {
                List<Long> shape = parameter.shape();
                double fanIn = (double) parameter.size() / shape.get(shape.size() - 1);
                double deviation = Math.sqrt((name.startsWith("logits/") ? 1 : 2) / fanIn);
                SplittableRandom own = random.split();
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (deviation * own.nextGaussian());
                }
            } else if (name.endsWith("/gamma")) {
                Arrays.fill(values, 1);
            }
            weights.put(name, values);
        }
        return weights;
    }
}

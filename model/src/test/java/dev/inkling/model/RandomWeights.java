package dev.inkling.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Weights as training might leave them, batch statistics included, from a seed. */
final class RandomWeights {

    private RandomWeights() {}

    static Map<String, float[]> of(Architecture architecture, long seed) {
        Random random = new Random(seed);
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (Architecture.Parameter parameter : architecture.parameters()) {
            float[] values = new float[(int) parameter.size()];
            List<Long> shape = parameter.shape();
            double fanIn = shape.size() == 1 ? 1 : (double) parameter.size() / shape.get(shape.size() - 1);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float)
                        (parameter.name().endsWith("/gamma")
                                ? 0.5 + random.nextDouble()
                                : shape.size() == 1
                                        ? 0.2 * random.nextGaussian()
                                        : Math.sqrt(2 / fanIn) * random.nextGaussian());
            }
            weights.put(parameter.name(), values);
            if (parameter.name().endsWith("/beta")) {
                String layer = parameter.name().substring(0, parameter.name().lastIndexOf('/'));
                weights.put(layer + "/mean", gaussians(random, values.length, 0, 0.3));
                weights.put(layer + "/variance", gaussians(random, values.length, 1, 0.1));
            }
        }
        return weights;
    }

    static float[] images(Architecture architecture, int count, long seed) {
        Random random = new Random(seed);
        float[] pixels = new float[count * architecture.height() * architecture.width() * architecture.channels()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        return pixels;
    }

    private static float[] gaussians(Random random, int count, double mean, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return values;
    }
}

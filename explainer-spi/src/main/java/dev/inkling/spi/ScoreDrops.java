package dev.inkling.spi;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;

/** What a score loses without each channel of a layer, for models that have no better way than copies of the layer's output. */
final class ScoreDrops {

    /** Copies at once. */
    private static final int COPIES = 128;

    /** Values in all copies at once, so that large layers do not fill the memory. */
    private static final int VALUES = 1 << 24;

    private ScoreDrops() {}

    /**
     * Of one image.
     *
     * @param activations of the layer, h · w · c values
     * @param maps (h, w, c)
     * @param target one row
     * @return one for each channel
     */
    static float[] of(Layers layers, String layer, float[] activations, Shape maps, Targets target) {
        float[] drops = new float[(int) maps.get(2)];
        int[] active = active(activations, drops.length);
        // One of the copies is the whole.
        int atOnce = Math.max(1, Math.min(COPIES, VALUES / activations.length) - 1);
        for (int from = 0; from < active.length; from += atOnce) {
            int[] some = Arrays.copyOfRange(active, from, Math.min(active.length, from + atOnce));
            int rows = 1 + some.length;
            float[] copies = new float[rows * activations.length];
            for (int row = 0; row < rows; row++) {
                int copy = row * activations.length;
                System.arraycopy(activations, 0, copies, copy, activations.length);
                for (int i = row == 0 ? activations.length : some[row - 1]; i < activations.length; i += drops.length) {
                    copies[copy + i] = 0;
                }
            }
            long[] shape = maps.prepend(rows).asArray();
            float[] scores = target.repeat(0, rows).scores(layers.scoresFrom(layer, FloatArrays.of(copies, shape)));
            for (int i = 0; i < some.length; i++) {
                drops[some[i]] = scores[0] - scores[i + 1];
            }
        }
        return drops;
    }

    /** The channels that are not 0 everywhere. */
    private static int[] active(float[] activations, int channels) {
        boolean[] active = new boolean[channels];
        for (int i = 0; i < activations.length; i++) {
            active[i % channels] |= activations[i] != 0;
        }
        return IntStream.range(0, channels).filter(c -> active[c]).toArray();
    }
}

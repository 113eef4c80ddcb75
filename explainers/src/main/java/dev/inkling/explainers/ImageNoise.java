package dev.inkling.explainers;

import java.util.random.RandomGenerator;

/**
 * Noisy copies x + ε of one image: ε ~ N(0, σ²) independently for each value, σ = noise · (max x − min x) of this image. They
 * are not clipped.
 */
final class ImageNoise {

    private final float[] pixels;
    private final int offset;
    private final int size;
    private final double deviation;

    /** Of the image that {@code pixels} holds from {@code offset} on; they are only read. */
    ImageNoise(double noise, float[] pixels, int offset, int size) {
        this.pixels = pixels;
        this.offset = offset;
        this.size = size;
        float min = pixels[offset];
        float max = min;
        for (int i = offset + 1; i < offset + size; i++) {
            min = Math.min(min, pixels[i]);
            max = Math.max(max, pixels[i]);
        }
        this.deviation = noise * ((double) max - min);
    }

    /** Writes a copy with noise from this generator, which is asked once for each value, in order. */
    void add(RandomGenerator random, float[] to, int toOffset) {
        for (int i = 0; i < size; i++) {
            to[toOffset + i] = (float) (pixels[offset + i] + deviation * random.nextGaussian());
        }
    }
}

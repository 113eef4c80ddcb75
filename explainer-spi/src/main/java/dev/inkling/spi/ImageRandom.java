package dev.inkling.spi;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Randomness that keeps an explainer's promise: what is drawn for an image depends on the seed and the image itself, never
 * on the batch it came in, so one image explained alone and the same image among a thousand get the same numbers.
 */
public final class ImageRandom {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private ImageRandom() {}

    /**
     * A generator for one image. Equal seeds and equal pixels give equal sequences.
     *
     * @param seed the explainer's {@code seed} option
     * @param pixels where the image's values are
     * @param offset index of its first value
     * @param length the number of its values
     */
    public static RandomGenerator of(long seed, float[] pixels, int offset, int length) {
        // FNV-1a over the seed and the bits of the pixels. The seed goes in first, for a sum would not do:
        // SplittableRandom
        // steps by a constant, and seeds a multiple of it apart give one sequence shifted, not two.
        long hash = (FNV_OFFSET ^ seed) * FNV_PRIME;
        for (int i = offset; i < offset + length; i++) {
            hash = (hash ^ Float.floatToIntBits(pixels[i])) * FNV_PRIME;
        }
        return new SplittableRandom(hash);
    }
}

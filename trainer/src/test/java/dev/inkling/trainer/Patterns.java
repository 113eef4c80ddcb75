package dev.inkling.trainer;

import java.util.List;
import java.util.Random;

/** Data small enough to learn in seconds: a bright bar in the upper (class 0), middle (1) or lower (2) rows, with noise. */
final class Patterns {

    private Patterns() {}

    static Dataset bars(int count, long seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[count * 64];
        byte[] classes = new byte[count];
        for (int n = 0; n < count; n++) {
            classes[n] = (byte) random.nextInt(3);
            int row = 1 + classes[n] * 2 + random.nextInt(2);
            for (int i = 0; i < 64; i++) {
                int noise = random.nextInt(90);
                pixels[n * 64 + i] = (byte) (i / 8 == row ? 160 + noise : noise);
            }
        }
        return Dataset.of("bars", 8, 8, 1, pixels, classes, List.of("up", "middle", "down"));
    }
}

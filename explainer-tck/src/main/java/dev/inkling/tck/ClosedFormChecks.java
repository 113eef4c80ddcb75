package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.ExplainerCard.Family;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * What every method has to say of a model that reads a single pixel, a bright one among dim ones: so that a map that is
 * mirrored, shifted or in another order than (h, w, c) is seen for what it is.
 */
record ClosedFormChecks(Subject<?> subject) implements Checks {

    private static final int HEIGHT = 6;
    private static final int WIDTH = 5;
    private static final int CHANNELS = 2;

    /** A pixel for each class, no two in one row or column, none on an axis of symmetry. */
    private static final int[] SPOTS = {1 * WIDTH + 3, 4 * WIDTH};

    private static final Model MODEL = ClosedForms.spots(HEIGHT, WIDTH, CHANNELS, SPOTS);

    /** Brighter than the rest, and neither black nor white, which are baselines. */
    private static final float BRIGHT = 0.8f;

    /** Of the largest value: masks drawn at random point a little beside. */
    private static final double POINTED = 0.5;

    private static final double NOTHING = 1e-5;

    @Override
    public Stream<DynamicTest> tests() {
        if (!subject.canExplain(MODEL)) {
            return Stream.of();
        }
        DynamicTest points = dynamicTest("the map points at what the model reads", this::pointsAtWhatIsRead);
        return Set.of(Family.GRADIENT, Family.PROPAGATION)
                        .contains(subject.card().family())
                ? Stream.of(points, dynamicTest("pixels that nobody reads get nothing", this::unreadPixelsGetNothing))
                : Stream.of(points);
    }

    private void pointsAtWhatIsRead() {
        Attribution maps = explained();
        for (int n = 0; n < SPOTS.length; n++) {
            Attribution map = maps.image(n);
            int y = SPOTS[n] / WIDTH * map.height() / HEIGHT;
            int x = SPOTS[n] % WIDTH * map.width() / WIDTH;
            double there = 0;
            for (int c = 0; c < map.channels(); c++) {
                there = Math.max(there, Math.abs(map.values().getFloat(0, y, x, c)));
            }
            double largest = Attributions.largest(map);
            assertTrue(
                    there > 0 && there >= POINTED * largest,
                    "the model reads row " + SPOTS[n] / WIDTH + ", column " + SPOTS[n] % WIDTH
                            + " alone, where the image is bright; the map is " + there + " there, and up to " + largest
                            + " elsewhere");
        }
    }

    private void unreadPixelsGetNothing() {
        Attribution maps = explained();
        if (maps.height() != HEIGHT || maps.width() != WIDTH) {
            return;
        }
        for (int n = 0; n < SPOTS.length; n++) {
            float[] map = FloatArrays.flat(maps.image(n).values());
            double most = NOTHING * Attributions.largest(maps.image(n));
            for (int i = 0; i < map.length; i++) {
                int pixel = i / maps.channels();
                float value = map[i];
                assertTrue(
                        pixel == SPOTS[n] || Math.abs(value) <= most,
                        () -> "row " + pixel / WIDTH + ", column " + pixel % WIDTH
                                + " does not enter the score, and gets " + value);
            }
        }
    }

    /** For each class an image that is bright at its pixel. */
    private Attribution explained() {
        SplittableRandom random = new SplittableRandom(40);
        float[] pixels = new float[SPOTS.length * HEIGHT * WIDTH * CHANNELS];
        int[] classes = new int[SPOTS.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble(0.05, 0.15);
        }
        for (int n = 0; n < SPOTS.length; n++) {
            classes[n] = n;
            for (int c = 0; c < CHANNELS; c++) {
                pixels[(n * HEIGHT * WIDTH + SPOTS[n]) * CHANNELS + c] = BRIGHT;
            }
        }
        FloatNdArray images = Examples.shaped(MODEL.signature(), pixels);
        return subject.explainer().explain(MODEL, images, Targets.classes(SPOTS.length, classes));
    }
}

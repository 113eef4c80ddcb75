package dev.inkling.tck;

import static dev.inkling.tck.Mutants.GRADIENT;
import static dev.inkling.tck.Mutants.after;
import static dev.inkling.tck.Mutants.caught;
import static dev.inkling.tck.Mutants.provider;

import dev.inkling.spi.ExplainerProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Maps that are of the right size and sum, and in the wrong order. */
class ClosedFormMutantsTest {

    private static final String POINTS = "the map points at what the model reads";
    private static final String NOTHING = "pixels that nobody reads get nothing";

    @TestFactory
    Stream<DynamicTest> maps() {
        return Stream.of(
                caught("upside down", reordered((y, x, c) -> index(HEIGHT - 1 - y, x, c)), POINTS, NOTHING),
                caught("left to right", reordered((y, x, c) -> index(y, WIDTH - 1 - x, c)), POINTS, NOTHING),
                caught("shifted by a column", reordered((y, x, c) -> index(y, (x + 1) % WIDTH, c)), POINTS, NOTHING),
                caught("channels first", reordered((y, x, c) -> (c * HEIGHT + y) * WIDTH + x), POINTS, NOTHING),
                caught("columns first", reordered((y, x, c) -> (x * HEIGHT + y) * CHANNELS + c), POINTS, NOTHING),
                caught(
                        "smeared",
                        provider(after(GRADIENT, map -> {
                            for (int i = CHANNELS; i < map.length; i++) {
                                map[i] = 0.6f * map[i] + 0.4f * map[i - CHANNELS];
                            }
                        })),
                        NOTHING));
    }

    private static final int HEIGHT = 6;
    private static final int WIDTH = 5;
    private static final int CHANNELS = 2;

    private interface Order {
        int source(int y, int x, int c);
    }

    private static int index(int y, int x, int c) {
        return (y * WIDTH + x) * CHANNELS + c;
    }

    /** The gradient, where maps have the contract's size. */
    private static ExplainerProvider<?> reordered(Order order) {
        return provider(after(GRADIENT, map -> {
            float[] honest = map.clone();
            for (int i = 0; map.length == HEIGHT * WIDTH * CHANNELS && i < map.length; i++) {
                map[i] = honest[order.source(i / CHANNELS / WIDTH, i / CHANNELS % WIDTH, i % CHANNELS)];
            }
        }));
    }
}

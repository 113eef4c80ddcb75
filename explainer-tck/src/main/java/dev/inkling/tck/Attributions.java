package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.FloatArrays;
import java.util.Arrays;

/** Attributions compared. */
final class Attributions {

    /** What batches may change, relative to the largest value: models round differently in batches of other sizes. */
    private static final double ROUNDING = 1e-5;

    private Attributions() {}

    static void assertFinite(Attribution attribution, String what) {
        for (float value : FloatArrays.flat(attribution.values())) {
            assertTrue(Float.isFinite(value), () -> what + ": found " + value);
        }
        attribution.diagnostics().forEach((name, perImage) -> {
            for (float value : perImage) {
                assertTrue(Float.isFinite(value), () -> what + ": diagnostic '" + name + "' is " + value);
            }
        });
    }

    /** To the last bit. */
    static void assertSame(Attribution expected, Attribution found, String what) {
        assertEqual(expected, found, 0, what);
    }

    /** But for what batches may change. */
    static void assertClose(Attribution expected, Attribution found, String what) {
        assertEqual(expected, found, ROUNDING * largest(expected), what);
    }

    /** Whether a map or a diagnostic is another. */
    static boolean differ(Attribution one, Attribution other) {
        return !one.values().shape().equals(other.values().shape())
                || !Arrays.equals(FloatArrays.flat(one.values()), FloatArrays.flat(other.values()))
                || !one.diagnostics().keySet().equals(other.diagnostics().keySet())
                || one.diagnostics().entrySet().stream()
                        .anyMatch(diagnostic -> !Arrays.equals(
                                diagnostic.getValue(), other.diagnostics().get(diagnostic.getKey())));
    }

    static double sum(Attribution attribution) {
        double sum = 0;
        for (float value : FloatArrays.flat(attribution.values())) {
            sum += value;
        }
        return sum;
    }

    /** The largest absolute value. */
    static double largest(Attribution attribution) {
        double largest = 0;
        for (float value : FloatArrays.flat(attribution.values())) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static void assertEqual(Attribution expected, Attribution found, double tolerance, String what) {
        assertEquals(expected.values().shape(), found.values().shape(), what);
        assertEqual(FloatArrays.flat(expected.values()), FloatArrays.flat(found.values()), tolerance, what);
        assertEquals(expected.diagnostics().keySet(), found.diagnostics().keySet(), what);
        expected.diagnostics()
                .forEach((name, values) -> assertEqual(
                        values, found.diagnostics().get(name), tolerance, what + ", diagnostic '" + name + "'"));
    }

    private static void assertEqual(float[] expected, float[] found, double tolerance, String what) {
        if (tolerance > 0) {
            assertArrayEquals(expected, found, (float) tolerance, what);
        } else {
            assertArrayEquals(expected, found, what);
        }
    }
}

package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Parallel;
import java.util.List;
import java.util.Random;

/**
 * Draws digits that look handwritten, framed as MNIST's are, and says for each where its ink is.
 *
 * <p>A digit follows from the seed and its index alone, on every Java platform. Immutable, safe for use by several threads.
 */
public final class Strokes {

    /** Height and width of a digit in pixels. */
    public static final int SIDE = MnistFraming.SIDE;

    private static final int CLASSES = 10;
    private static final int STEPS = 5;

    private final long seed;

    /** Digits of this seed. */
    public Strokes(long seed) {
        this.seed = seed;
    }

    /**
     * A drawn digit.
     *
     * @param label its class
     * @param pixels (28, 28) unsigned bytes, 0 is paper
     * @param ink (28, 28) whether the pen left any ink in a pixel: the exact complement of the paper
     */
    public record Digit(int label, byte[] pixels, boolean[] ink) {}

    /** 12,000 digits to train on and 2,000 others to test with. */
    public static Datasets standard() {
        return new Datasets(
                new Strokes(1).dataset("strokes/train", 12_000), new Strokes(2).dataset("strokes/test", 2_000));
    }

    /** The digit at an index from 0; its class is the last figure of the index. */
    public Digit digit(int index) {
        return digit(index, index % CLASSES);
    }

    /**
     * The digit at an index, of a class of your choice.
     *
     * @throws InvalidInputException if the index is negative or the class is not between 0 and 9
     */
    public Digit digit(int index, int label) {
        if (index < 0) {
            throw new InvalidInputException("digit %d does not exist; expected an index of at least 0", index);
        }
        if (label < 0 || label >= CLASSES) {
            throw new InvalidInputException("there is no digit %d to draw; expected 0 to 9", label);
        }
        Random random = new Random(scrambled(seed, index));
        int side = MnistFraming.BOX;
        float[] levels = draw(label, random);
        for (int i = 0; i < levels.length; i++) {
            levels[i] = Math.round(255 * levels[i]);
        }
        float[] frame = MnistFraming.centred(levels, side, MnistFraming.inkBox(levels, side, side, 0), SIDE, SIDE);
        byte[] pixels = new byte[frame.length];
        boolean[] ink = new boolean[frame.length];
        for (int i = 0; i < frame.length; i++) {
            pixels[i] = (byte) (int) frame[i];
            ink[i] = frame[i] > 0;
        }
        return new Digit(label, pixels, ink);
    }

    /** The first digits as a data set; the classes take turns. */
    public Dataset dataset(String name, int count) {
        byte[] pixels = new byte[Math.multiplyExact(count, SIDE * SIDE)];
        byte[] classes = new byte[count];
        Parallel.forEach(count, i -> {
            Digit digit = digit(i);
            System.arraycopy(digit.pixels(), 0, pixels, i * SIDE * SIDE, SIDE * SIDE);
            classes[i] = (byte) digit.label();
        });
        return new Dataset(name, SIDE, SIDE, 1, pixels, classes, ClassNames.DIGITS.names());
    }

    private static float[] draw(int label, Random random) {
        List<List<DigitShapes.Stroke>> variants = DigitShapes.of(label);
        List<DigitShapes.Stroke> strokes = variants.get(random.nextInt(variants.size()));
        Hand hand = new Hand(random);
        Drawing drawing = new Drawing();
        for (DigitShapes.Stroke stroke : strokes) {
            double[] x = new double[stroke.x().length];
            double[] y = new double[stroke.x().length];
            for (int i = 0; i < x.length; i++) {
                hand.place(stroke.x()[i], stroke.y()[i], x, y, i);
            }
            trace(drawing, stroke, x, y, hand);
        }
        return drawing.raster(MnistFraming.BOX, hand.softness);
    }

    /** Draws through all points: a cubic Hermite spline with Catmull and Rom's tangents, broken at corners. */
    private static void trace(Drawing drawing, DigitShapes.Stroke stroke, double[] x, double[] y, Hand hand) {
        int last = x.length - 1;
        drawing.move(x[0], y[0], hand.radius(0), false);
        for (int i = 0; i < last; i++) {
            int before = i == 0 || stroke.corner()[i] ? i : i - 1;
            int after = i + 1 == last || stroke.corner()[i + 1] ? i + 1 : i + 2;
            for (int step = 1; step <= STEPS; step++) {
                double t = step / (double) STEPS;
                drawing.move(
                        hermite(t, x[i], x[i + 1], (x[i + 1] - x[before]) / 2, (x[after] - x[i]) / 2),
                        hermite(t, y[i], y[i + 1], (y[i + 1] - y[before]) / 2, (y[after] - y[i]) / 2),
                        hand.radius((i + t) / last),
                        true);
            }
        }
    }

    private static double hermite(double t, double from, double to, double slopeFrom, double slopeTo) {
        double s = 1 - t;
        return s * s * ((1 + 2 * t) * from + t * slopeFrom) + t * t * ((3 - 2 * t) * to - s * slopeTo);
    }

    /** Neighbouring seeds and indices start far apart (the finaliser of SplitMix64). */
    private static long scrambled(long seed, int index) {
        long z = (seed * 0x9e3779b97f4a7c15L + index) * 0xd1342543de82ef95L + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** How somebody writes one digit: slant, proportions, unsteadiness, pen. */
    private static final class Hand {

        private final Random random;
        private final double xx;
        private final double xy;
        private final double yx;
        private final double yy;
        private final double[] wave = new double[8];
        private final double unsteady;
        private final double pen;
        private final double pressureAtStart;
        private final double pressureAtEnd;
        private final double softness;

        Hand(Random random) {
            this.random = random;
            double angle = around(0, 0.10);
            double slant = around(0.14, 0.24);
            double stretch = StrictMath.exp(around(0.13, 0.2));
            double cos = StrictMath.cos(angle);
            double sin = StrictMath.sin(angle);
            // Rotation after slant after stretch.
            xx = cos * stretch;
            xy = -cos * slant - sin;
            yx = sin * stretch;
            yy = -sin * slant + cos;
            for (int i = 0; i < wave.length; i++) {
                wave[i] = i % 2 == 0 ? around(0, 0.03) : 2 * Math.PI * random.nextDouble();
            }
            unsteady = 0.006 + 0.016 * random.nextDouble();
            pen = Math.max(0.75, Math.min(2.4, around(1.36, 0.36)));
            pressureAtStart = around(1, 0.1);
            pressureAtEnd = around(0.95, 0.12);
            // Even the middle of a thin line is full ink.
            softness = Math.min(1 + 0.5 * random.nextDouble(), 2 * pen);
        }

        /** Where a point of the template comes to lie: bent by slow waves, jittered, and slanted. */
        void place(double x, double y, double[] intoX, double[] intoY, int i) {
            double bentX = x
                    + wave[0] * StrictMath.sin(4 * y + wave[1])
                    + wave[2] * StrictMath.sin(6 * x + wave[3])
                    + around(0, unsteady);
            double bentY = y
                    + wave[4] * StrictMath.sin(4 * x + wave[5])
                    + wave[6] * StrictMath.sin(6 * y + wave[7])
                    + around(0, unsteady);
            intoX[i] = xx * bentX + xy * bentY;
            intoY[i] = yx * bentX + yy * bentY;
        }

        double radius(double along) {
            return pen * (pressureAtStart + along * (pressureAtEnd - pressureAtStart)) * around(1, 0.05);
        }

        /** A bell curve, cut at two and a half deviations. */
        private double around(double mean, double deviation) {
            return mean + deviation * Math.max(-2.5, Math.min(2.5, random.nextGaussian()));
        }
    }
}

package dev.inkling.trainer;

import java.util.SplittableRandom;

/** A random change of shape. At strength 0 it leaves the grid as it is. Keeps no state between images; for one thread. */
@FunctionalInterface
interface Warp {

    /** Moves the points at which the image will be read. */
    void move(SamplingGrid grid, SplittableRandom random);

    /** Turns about the centre by an angle uniform in ±degrees. */
    static Warp rotation(double degrees) {
        return (grid, random) -> {
            double angle = Math.toRadians(symmetric(random, degrees));
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            grid.transform(cos, -sin, sin, cos);
        };
    }

    /** Moves up or down and left or right, each uniform in ±share of the image's side. */
    static Warp translation(double share) {
        return (grid, random) ->
                grid.shift(symmetric(random, share) * grid.height(), symmetric(random, share) * grid.width());
    }

    /** Grows or shrinks both axes alike, by a factor between 1 / (1 + share) and 1 + share, uniform in its logarithm. */
    static Warp scale(double share) {
        return (grid, random) -> {
            double factor = Math.exp(symmetric(random, Math.log1p(share)));
            grid.transform(1 / factor, 0, 0, 1 / factor);
        };
    }

    /** Slants along the rows by an angle uniform in ±degrees. */
    static Warp shear(double degrees) {
        return (grid, random) -> grid.transform(1, 0, Math.tan(Math.toRadians(symmetric(random, degrees))), 1);
    }

    /** Mirrors left and right, with this probability. */
    static Warp flip(double probability) {
        return (grid, random) -> {
            if (random.nextDouble() < probability) {
                grid.transform(1, 0, 0, -1);
            }
        };
    }

    private static double symmetric(SplittableRandom random, double bound) {
        return bound * (2 * random.nextDouble() - 1);
    }
}

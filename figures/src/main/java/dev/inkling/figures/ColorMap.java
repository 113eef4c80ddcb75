package dev.inkling.figures;

import dev.inkling.spi.Attribution.Contract.Sign;

/**
 * Colours for numbers, perceptually even: equal steps of the number are equal colour differences (CIE 1976 ΔE).
 *
 * <p>Both maps are constructed in CIELAB. {@link #SEQUENTIAL} runs from dark indigo over magenta and orange to gold with
 * rising lightness, along a smooth curve through five colours that is cut into pieces of equal length. {@link #DIVERGING}
 * is two straight lines from a neutral near-white, to a blue for −1 and to a red for +1, of equal length, lightness and
 * chroma: neither sign looks stronger.
 */
public final class ColorMap {

    /** For values in [0, 1]. */
    public static final ColorMap SEQUENTIAL = sequential(
            new Lab(8, 20, -29), new Lab(27, 47, -39), new Lab(44, 58.5, 2), new Lab(62, 43, 54), new Lab(87, 1, 67));

    /** For values in [−1, 1]. */
    public static final ColorMap DIVERGING =
            diverging(Lab.polar(46, 62, 284), new Lab(97, 0, 0), Lab.polar(46, 62, 27));

    private static final int STEPS = 256;

    private final double lowest;
    private final int[] colors;

    private ColorMap(double lowest, Lab[] colors) {
        this.lowest = lowest;
        this.colors = new int[colors.length];
        for (int i = 0; i < colors.length; i++) {
            this.colors[i] = colors[i].rgb();
        }
    }

    /** The map for values of this sign. */
    public static ColorMap of(Sign sign) {
        return sign == Sign.SIGNED ? DIVERGING : SEQUENTIAL;
    }

    /** The number that has the first colour: −1 or 0. The last colour is that of 1. */
    public double lowest() {
        return lowest;
    }

    /**
     * The colour of a number as 0xRRGGBB.
     *
     * @param value a number; below {@link #lowest()} and above 1 the end colours
     * @throws IllegalArgumentException if it is NaN
     */
    public int rgb(double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("NaN has no colour");
        }
        double share = (Math.max(lowest, Math.min(1, value)) - lowest) / (1 - lowest);
        return colors[(int) Math.round(share * (colors.length - 1))];
    }

    /**
     * The colour to lay over a picture with an opacity that grows with |value|, as 0xRRGGBB: of a diverging map the end
     * colours, since the opacity already fades them.
     */
    int tint(double value) {
        return rgb(lowest < 0 ? Math.signum(value) : value);
    }

    private static ColorMap diverging(Lab negative, Lab neutral, Lab positive) {
        Lab[] colors = new Lab[2 * STEPS + 1];
        for (int i = 0; i <= STEPS; i++) {
            double share = (double) i / STEPS;
            colors[STEPS - i] = neutral.towards(negative, share);
            colors[STEPS + i] = neutral.towards(positive, share);
        }
        return new ColorMap(-1, colors);
    }

    private static ColorMap sequential(Lab... anchors) {
        Lab[] curve = curve(anchors);
        double[] length = new double[curve.length];
        for (int i = 1; i < curve.length; i++) {
            length[i] = length[i - 1] + curve[i].difference(curve[i - 1]);
        }
        Lab[] colors = new Lab[STEPS + 1];
        int piece = 0;
        for (int i = 0; i <= STEPS; i++) {
            double wanted = length[length.length - 1] * i / STEPS;
            while (piece < curve.length - 2 && length[piece + 1] < wanted) {
                piece++;
            }
            double share = (wanted - length[piece]) / (length[piece + 1] - length[piece]);
            colors[i] = curve[piece].towards(curve[piece + 1], share);
        }
        return new ColorMap(0, colors);
    }

    /** Points on the Catmull-Rom spline through the anchors, whose ends are continued straight. */
    private static Lab[] curve(Lab[] anchors) {
        int points = 1000;
        Lab[] curve = new Lab[(anchors.length - 1) * points + 1];
        for (int i = 0; i < curve.length; i++) {
            int from = Math.min(i / points, anchors.length - 2);
            Lab start = anchors[from];
            Lab end = anchors[from + 1];
            Lab before = from == 0 ? end.towards(start, 2) : anchors[from - 1];
            Lab after = from + 2 == anchors.length ? start.towards(end, 2) : anchors[from + 2];
            double share = (double) (i - from * points) / points;
            curve[i] = new Lab(
                    spline(before.l(), start.l(), end.l(), after.l(), share),
                    spline(before.a(), start.a(), end.a(), after.a(), share),
                    spline(before.b(), start.b(), end.b(), after.b(), share));
        }
        return curve;
    }

    private static double spline(double p, double q, double r, double s, double t) {
        return q + 0.5 * t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)));
    }
}

package dev.inkling.figures;

/**
 * A colour in CIELAB (white point D65), where equal distances look about equally large.
 *
 * @param l lightness in [0, 100]
 * @param a from green to red
 * @param b from blue to yellow
 */
record Lab(double l, double a, double b) {

    private static final double WHITE_X = 0.95047;
    private static final double WHITE_Z = 1.08883;

    /** A colour by chroma and hue angle in degrees. */
    static Lab polar(double lightness, double chroma, double hue) {
        double angle = Math.toRadians(hue);
        return new Lab(lightness, chroma * Math.cos(angle), chroma * Math.sin(angle));
    }

    /** The colour at a share of the straight way to another. */
    Lab towards(Lab other, double share) {
        return new Lab(l + share * (other.l - l), a + share * (other.a - a), b + share * (other.b - b));
    }

    /** The CIE 1976 colour difference, ΔE. */
    double difference(Lab other) {
        return Math.sqrt(Math.pow(l - other.l, 2) + Math.pow(a - other.a, 2) + Math.pow(b - other.b, 2));
    }

    /** 0xRRGGBB in sRGB (IEC 61966-2-1); what sRGB cannot show is cut to its border. */
    int rgb() {
        double y = (l + 16) / 116;
        double linearX = WHITE_X * cube(y + a / 500);
        double linearY = cube(y);
        double linearZ = WHITE_Z * cube(y - b / 200);
        return channel(3.2404542 * linearX - 1.5371385 * linearY - 0.4985314 * linearZ) << 16
                | channel(-0.9692660 * linearX + 1.8760108 * linearY + 0.0415560 * linearZ) << 8
                | channel(0.0556434 * linearX - 0.2040259 * linearY + 1.0572252 * linearZ);
    }

    private static double cube(double f) {
        double knee = 6.0 / 29;
        return f > knee ? f * f * f : 3 * knee * knee * (f - 4.0 / 29);
    }

    private static int channel(double linear) {
        double encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
        return (int) Math.round(255 * Math.max(0, Math.min(1, encoded)));
    }
}

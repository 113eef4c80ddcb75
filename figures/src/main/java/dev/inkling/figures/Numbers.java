package dev.inkling.figures;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as text, with a real minus sign. */
final class Numbers {

    private Numbers() {}

    /** All digits: reading the text back gives the same float. */
    static String exact(float value) {
        // Adding zero turns −0 into 0.
        String text = Float.toString(value + 0f).replace("E", "e").replace("-", "−");
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text.replace(".0e", "e");
    }

    /** Three significant digits. */
    static String rounded(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value).replace("-", "−");
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal number = BigDecimal.valueOf(value).round(new MathContext(3)).stripTrailingZeros();
        int exponent = number.precision() - number.scale() - 1;
        String text = exponent >= -4 && exponent < 6
                ? number.toPlainString()
                : number.movePointLeft(exponent).toPlainString() + "e" + exponent;
        return text.replace("-", "−");
    }

    /** With as many digits after the point as asked, and never 1 or 0 unless it is exactly that. */
    static String probability(double value, int digits) {
        double last = Math.pow(10, -digits);
        String format = "%." + digits + "f";
        if (value > 0 && value < last) {
            return "<" + String.format(Locale.ROOT, format, last);
        }
        if (value < 1 && value > 1 - last) {
            return ">" + String.format(Locale.ROOT, format, 1 - last);
        }
        return String.format(Locale.ROOT, format, value);
    }
}

package dev.inkling.tck;

import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.OptionSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Values worth trying for an option. */
final class OptionValues {

    /** How much more than the default a number may be while nothing is known of what it costs. */
    private static final double AFFORDABLE = 4;

    /** One of each kind of baseline. */
    private static final List<String> BASELINES = List.of("black", "white", "0.25", "uniform:1", "blur:1", "mean");

    private static final List<String> SEGMENTS = List.of("pixels", "grid:2", "grid:3x1");

    private OptionValues() {}

    static boolean isNumber(OptionSpec spec) {
        return isWhole(spec) || spec.type().equals("double");
    }

    static boolean isWhole(OptionSpec spec) {
        return spec.type().equals("int") || spec.type().equals("long");
    }

    static boolean isBounded(double bound) {
        return Double.isFinite(bound);
    }

    /** Values that are allowed and most likely to break: the least, zero, negative ones, every choice, each kind of baseline. */
    static List<String> edges(OptionSpec spec) {
        if (isNumber(spec)) {
            return isBounded(spec.min()) ? List.of(number(spec, spec.min())) : List.of("0", "-1");
        }
        return spec.type().equals("baseline") ? BASELINES : choices(spec);
    }

    /** All there are, if they can be counted. */
    static List<String> choices(OptionSpec spec) {
        return spec.type().equals("boolean") ? List.of("false", "true") : spec.choices();
    }

    /** A number as a user would type it. */
    static String number(OptionSpec spec, double value) {
        return isWhole(spec) ? String.valueOf((long) value) : String.valueOf(value);
    }

    /** Values other than this one, in bounds: close by, at the bounds, and what the model has names for. */
    static List<String> others(OptionSpec spec, String current, ModelSignature signature) {
        Set<String> others = new LinkedHashSet<>();
        if (isNumber(spec)) {
            double now = Double.parseDouble(current);
            for (double value :
                    new double[] {now + 1, now - 1, 2 * now, now / 2, now + 0.25, now - 0.25, spec.min(), spec.max()}) {
                boolean affordable = !isWhole(spec) || value <= AFFORDABLE * Math.max(1, now);
                if (isBounded(value) && value >= spec.min() && value <= spec.max() && affordable) {
                    others.add(number(spec, value));
                }
            }
            others.removeIf(value -> Double.parseDouble(value) == now);
        } else if (spec.type().equals("extent")) {
            others.addAll(List.of("1", "2", "3", "1x2", "2x1"));
        } else if (spec.type().equals("baseline")) {
            others.addAll(BASELINES);
        } else if (spec.type().equals("segments")) {
            others.addAll(SEGMENTS);
        } else {
            others.addAll(choices(spec));
            if (spec.name().contains("layer")) {
                signature.layers().stream().map(ModelSignature.Layer::name).forEach(others::add);
            }
        }
        others.remove(current);
        return new ArrayList<>(others);
    }
}

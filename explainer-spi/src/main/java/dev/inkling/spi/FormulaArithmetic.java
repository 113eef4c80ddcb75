package dev.inkling.spi;

import dev.inkling.spi.Formula.Constant;
import dev.inkling.spi.Formula.InnerProducts;
import dev.inkling.spi.Formula.Input;
import dev.inkling.spi.Formula.OfEach;
import dev.inkling.spi.Formula.OfTwo;
import dev.inkling.spi.Formula.Reduction;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** Formulas of one image's feature maps, in double. What several have in common is computed once. */
final class FormulaArithmetic {

    private final Map<Input, float[]> inputs;
    private final Shape maps;
    private final Map<Formula, double[]> known = new HashMap<>();

    /**
     * Begins.
     *
     * @param inputs in row-major order
     * @param maps (h, w, c)
     */
    FormulaArithmetic(Map<Input, float[]> inputs, Shape maps) {
        this.inputs = inputs;
        this.maps = maps;
    }

    /** In row-major order. */
    float[] values(Formula formula) {
        double[] exact = of(formula);
        float[] values = new float[exact.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) exact[i];
        }
        return values;
    }

    private double[] of(Formula formula) {
        double[] before = known.get(formula);
        if (before != null) {
            return before;
        }
        double[] values = compute(formula);
        known.put(formula, values);
        return values;
    }

    private double[] compute(Formula formula) {
        if (formula instanceof Input input) {
            float[] given = inputs.get(input);
            double[] values = new double[given.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = given[i];
            }
            return values;
        } else if (formula instanceof Constant constant) {
            return new double[] {constant.value()};
        } else if (formula instanceof OfEach each) {
            return ofEach(each.function(), of(each.of()));
        } else if (formula instanceof OfTwo two) {
            return ofTwo(two);
        } else if (formula instanceof Reduction reduction) {
            return reduced(reduction);
        }
        return innerProducts((InnerProducts) formula);
    }

    private static double[] ofEach(OfEach.Function function, double[] of) {
        double[] values = new double[of.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (function) {
                case RELU -> Math.max(0, of[i]);
                case MAGNITUDE -> Math.abs(of[i]);
            };
        }
        return values;
    }

    private double[] ofTwo(OfTwo two) {
        Shape shape = two.shape(maps);
        double[] left = of(two.left());
        double[] right = of(two.right());
        int[] inLeft = places(shape, two.left().shape(maps));
        int[] inRight = places(shape, two.right().shape(maps));
        double[] values = new double[inLeft.length];
        for (int i = 0; i < values.length; i++) {
            double a = left[inLeft[i]];
            double b = right[inRight[i]];
            values[i] = switch (two.operator()) {
                case PLUS -> a + b;
                case MINUS -> a - b;
                case TIMES -> a * b;
                case OVER -> b == 0 ? 0 : a / b;
            };
        }
        return values;
    }

    private double[] reduced(Reduction reduction) {
        Shape shape = reduction.shape(maps);
        double[] all = of(reduction.of());
        int[] places = places(reduction.of().shape(maps), shape);
        double[] values = new double[(int) shape.size()];
        Arrays.fill(
                values,
                switch (reduction.reducer()) {
                    case SUM, MEAN -> 0;
                    case MINIMUM -> Double.POSITIVE_INFINITY;
                    case MAXIMUM -> Double.NEGATIVE_INFINITY;
                });
        for (int i = 0; i < all.length; i++) {
            double before = values[places[i]];
            values[places[i]] = switch (reduction.reducer()) {
                case SUM, MEAN -> before + all[i];
                case MINIMUM -> Math.min(before, all[i]);
                case MAXIMUM -> Math.max(before, all[i]);
            };
        }
        for (int i = 0; reduction.reducer() == Reduction.Reducer.MEAN && i < values.length; i++) {
            values[i] *= (double) values.length / all.length;
        }
        return values;
    }

    private double[] innerProducts(InnerProducts products) {
        int channels = (int) products.of().shape(maps).get(2);
        double[] all = of(products.of());
        int places = all.length / channels;
        int side = products.places() ? places : channels;
        int terms = products.places() ? channels : places;
        // From one of a pair to the next, and from one term to the next.
        int step = products.places() ? channels : 1;
        int along = products.places() ? 1 : channels;
        double[] values = new double[side * side];
        for (int i = 0; i < values.length; i++) {
            for (int term = 0; term < terms; term++) {
                values[i] += all[i / side * step + term * along] * all[i % side * step + term * along];
            }
        }
        return values;
    }

    /** Where each value of one shape, in row-major order, is found in another, of which some sides are 1. */
    private static int[] places(Shape shape, Shape other) {
        int height = (int) shape.get(0);
        int width = (int) shape.get(1);
        int channels = (int) shape.get(2);
        // From one to the next along each side; none where there is only one.
        int along = other.get(2) == 1 ? 0 : 1;
        int across = other.get(1) == 1 ? 0 : (int) other.get(2);
        int down = other.get(0) == 1 ? 0 : (int) (other.get(1) * other.get(2));
        int[] places = new int[height * width * channels];
        for (int i = 0, row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                for (int channel = 0; channel < channels; channel++, i++) {
                    places[i] = row * down + column * across + channel * along;
                }
            }
        }
        return places;
    }
}

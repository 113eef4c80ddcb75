package dev.inkling.spi;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * What is to be made of feature maps (h, w, c) before they are handed out. The model computes it where they are, TensorFlow in its graph,
 * and only what is left of them is copied: Grad-CAM is {@code ACTIVATION.times(GRADIENT.meanOverPlaces()).sumOverChannels()}, (h, w, 1).
 *
 * <p>A formula is put together by its methods, and equal to another of the same parts. Where two meet, a side of 1 is repeated to the
 * other's length, as in NumPy. A model may keep what it has made of a formula, so no number in it should change from call to call.
 */
public sealed interface Formula {

    /** What a model has, (h, w, c) unless another shape is named. */
    enum Input implements Formula {
        /** A layer's output. */
        ACTIVATION,
        /** The gradient of the target's score with respect to a layer's output, in logits per unit of activation. */
        GRADIENT,
        /** What the target's score loses where a channel of a layer's output is 0 at all places, (1, 1, c), in logits. */
        SCORE_DROP,
        /** What a bias adds to the target's score at each place, in logits. */
        CONTRIBUTION;

        @Override
        public Shape shape(Shape maps) {
            return this == SCORE_DROP ? Shape.of(1, 1, maps.get(2)) : maps;
        }

        @Override
        public Set<Input> inputs() {
            return EnumSet.of(this);
        }
    }

    /** A number, (1, 1, 1). */
    record Constant(float value) implements Formula {

        @Override
        public Shape shape(Shape maps) {
            return Shape.of(1, 1, 1);
        }

        @Override
        public Set<Input> inputs() {
            return EnumSet.noneOf(Input.class);
        }
    }

    /** A function of each value. */
    record OfEach(Function function, Formula of) implements Formula {

        /** Such a function. */
        public enum Function {
            RELU,
            MAGNITUDE
        }

        @Override
        public Shape shape(Shape maps) {
            return of.shape(maps);
        }

        @Override
        public Set<Input> inputs() {
            return of.inputs();
        }
    }

    /** Two values at a time. */
    record OfTwo(Operator operator, Formula left, Formula right) implements Formula {

        /** What is done with them; over is 0 where the divisor is. */
        public enum Operator {
            PLUS,
            MINUS,
            TIMES,
            OVER
        }

        @Override
        public Shape shape(Shape maps) {
            Shape a = left.shape(maps);
            Shape b = right.shape(maps);
            long[] sides = new long[3];
            for (int i = 0; i < sides.length; i++) {
                if (a.get(i) != b.get(i) && a.get(i) != 1 && b.get(i) != 1) {
                    throw new InvalidInputException(
                            "%s meets %s in %s; expected equal sides, or a side of 1", a, b, this);
                }
                sides[i] = Math.max(a.get(i), b.get(i));
            }
            return Shape.of(sides);
        }

        @Override
        public Set<Input> inputs() {
            Set<Input> inputs = EnumSet.copyOf(left.inputs());
            inputs.addAll(right.inputs());
            return inputs;
        }
    }

    /** One value for many: over places (1, 1, c), over channels (h, w, 1), over both (1, 1, 1). */
    record Reduction(Reducer reducer, boolean places, boolean channels, Formula of) implements Formula {

        /** Which value. */
        public enum Reducer {
            SUM,
            MEAN,
            MINIMUM,
            MAXIMUM
        }

        @Override
        public Shape shape(Shape maps) {
            Shape whole = of.shape(maps);
            return Shape.of(places ? 1 : whole.get(0), places ? 1 : whole.get(1), channels ? 1 : whole.get(2));
        }

        @Override
        public Set<Input> inputs() {
            return of.inputs();
        }
    }

    /**
     * The inner products of all pairs, a Gram matrix: of places, (h · w, h · w, 1), or of channels, (c, c, 1).
     *
     * @param places whether of places; else of channels
     */
    record InnerProducts(boolean places, Formula of) implements Formula {

        @Override
        public Shape shape(Shape maps) {
            Shape whole = of.shape(maps);
            long side = places ? whole.get(0) * whole.get(1) : whole.get(2);
            return Shape.of(side, side, 1);
        }

        @Override
        public Set<Input> inputs() {
            return of.inputs();
        }
    }

    /**
     * Of its values.
     *
     * @param maps (h, w, c) of the inputs
     * @throws InvalidInputException if parts meet whose shapes do not fit, which only inner products can lead to
     */
    Shape shape(Shape maps);

    /** What it is made of. */
    Set<Input> inputs();

    /** max(0, value). */
    default Formula relu() {
        return new OfEach(OfEach.Function.RELU, this);
    }

    /** |value|. */
    default Formula magnitude() {
        return new OfEach(OfEach.Function.MAGNITUDE, this);
    }

    default Formula plus(float other) {
        return new OfTwo(OfTwo.Operator.PLUS, this, new Constant(other));
    }

    default Formula minus(Formula other) {
        return new OfTwo(OfTwo.Operator.MINUS, this, other);
    }

    default Formula times(Formula other) {
        return new OfTwo(OfTwo.Operator.TIMES, this, other);
    }

    /** Divided by the other; 0 where that is 0. */
    default Formula over(Formula other) {
        return new OfTwo(OfTwo.Operator.OVER, this, other);
    }

    /** (1, 1, c). */
    default Formula sumOverPlaces() {
        return new Reduction(Reduction.Reducer.SUM, true, false, this);
    }

    /** (1, 1, c). */
    default Formula meanOverPlaces() {
        return new Reduction(Reduction.Reducer.MEAN, true, false, this);
    }

    /** (1, 1, c). */
    default Formula minimumOverPlaces() {
        return new Reduction(Reduction.Reducer.MINIMUM, true, false, this);
    }

    /** (h, w, 1). */
    default Formula sumOverChannels() {
        return new Reduction(Reduction.Reducer.SUM, false, true, this);
    }

    /** The least of all, (1, 1, 1). */
    default Formula minimum() {
        return new Reduction(Reduction.Reducer.MINIMUM, true, true, this);
    }

    /** The largest of all, (1, 1, 1). */
    default Formula maximum() {
        return new Reduction(Reduction.Reducer.MAXIMUM, true, true, this);
    }

    /** Of the channels' values at each pair of places, (h · w, h · w, 1). */
    default Formula innerProductsOfPlaces() {
        return new InnerProducts(true, this);
    }

    /** Of the places' values in each pair of channels, (c, c, 1). */
    default Formula innerProductsOfChannels() {
        return new InnerProducts(false, this);
    }

    /** What several are made of. */
    static Set<Input> inputs(List<Formula> formulas) {
        Set<Input> inputs = EnumSet.noneOf(Input.class);
        for (Formula formula : formulas) {
            inputs.addAll(formula.inputs());
        }
        return inputs;
    }

    /**
     * Checks what every model that is asked for formulas checks.
     *
     * @param offered what there is here
     * @return what they are made of
     * @throws InvalidInputException if there are no formulas, one reads nothing, so that it is no image's, or what is not offered
     */
    static Set<Input> require(List<Formula> formulas, Set<Input> offered) {
        if (formulas.isEmpty()) {
            throw new InvalidInputException("there are no formulas; expected at least one");
        }
        if (formulas.stream().anyMatch(formula -> formula.inputs().isEmpty())) {
            throw new InvalidInputException("a formula reads nothing; expected %s", offered);
        }
        Set<Input> inputs = inputs(formulas);
        for (Input input : inputs) {
            if (!offered.contains(input)) {
                throw new InvalidInputException("a formula reads %s; expected only %s", input, offered);
            }
        }
        return inputs;
    }

    /**
     * The values of one image by plain arithmetic in double, for models without a graph.
     *
     * @param inputs what the formulas read, in row-major order; read only
     * @param maps (h, w, c)
     * @return of each formula, in row-major order; the caller's own
     * @throws InvalidInputException as {@link #shape} does
     */
    static List<float[]> evaluate(List<Formula> formulas, Map<Input, float[]> inputs, Shape maps) {
        FormulaArithmetic arithmetic = new FormulaArithmetic(inputs, maps);
        return formulas.stream().map(arithmetic::values).toList();
    }
}

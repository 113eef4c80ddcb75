package dev.inkling.model.graph;

import dev.inkling.spi.Formula;
import dev.inkling.spi.Formula.Constant;
import dev.inkling.spi.Formula.InnerProducts;
import dev.inkling.spi.Formula.Input;
import dev.inkling.spi.Formula.OfEach;
import dev.inkling.spi.Formula.OfTwo;
import dev.inkling.spi.Formula.Reduction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceMin;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Formulas of feature maps in a graph, for a batch at once. What several have in common is there once. */
public final class FormulaGraph {

    private final Ops tf;
    private final Map<Input, Output<?>> inputs;
    private final Shape maps;
    private final Map<Formula, Operand<TFloat32>> added = new HashMap<>();

    private FormulaGraph(Ops tf, Map<Input, Output<?>> inputs, Shape maps) {
        this.tf = tf;
        this.inputs = inputs;
        this.maps = maps;
    }

    /**
     * Adds them to a graph, which nothing may run meanwhile.
     *
     * @param inputs what the formulas read, (N, ...) each, with each image's values in row-major order
     * @param maps (h, w, c)
     * @return the values of each formula, (N, ...)
     * @throws dev.inkling.spi.InvalidInputException as {@link Formula#shape} does
     */
    public static List<Output<?>> add(
            Graph graph, String scope, List<Formula> formulas, Map<Input, Output<?>> inputs, Shape maps) {
        formulas.forEach(formula -> formula.shape(maps));
        FormulaGraph all = new FormulaGraph(Ops.create(graph).withSubScope(scope), inputs, maps);
        return formulas.stream()
                .<Output<?>>map(formula -> all.of(formula).asOutput())
                .toList();
    }

    private Operand<TFloat32> of(Formula formula) {
        Operand<TFloat32> before = added.get(formula);
        if (before != null) {
            return before;
        }
        Operand<TFloat32> values = make(formula);
        added.put(formula, values);
        return values;
    }

    private Operand<TFloat32> make(Formula formula) {
        if (formula instanceof Input input) {
            Operand<TFloat32> values = GraphPath.typed(inputs.get(input));
            Shape shape = input.shape(maps);
            return values.shape().tail().equals(shape) ? values : shaped(values, shape);
        } else if (formula instanceof Constant constant) {
            return tf.constant(constant.value());
        } else if (formula instanceof OfEach each) {
            Operand<TFloat32> values = of(each.of());
            return switch (each.function()) {
                case RELU -> tf.nn.relu(values);
                case MAGNITUDE -> tf.math.abs(values);
            };
        } else if (formula instanceof OfTwo two) {
            Operand<TFloat32> left = of(two.left());
            Operand<TFloat32> right = of(two.right());
            return switch (two.operator()) {
                case PLUS -> tf.math.add(left, right);
                case MINUS -> tf.math.sub(left, right);
                case TIMES -> tf.math.mul(left, right);
                case OVER -> tf.math.divNoNan(left, right);
            };
        } else if (formula instanceof Reduction reduction) {
            return reduced(reduction);
        }
        return innerProducts((InnerProducts) formula);
    }

    private Operand<TFloat32> reduced(Reduction reduction) {
        Operand<TFloat32> all = of(reduction.of());
        Operand<TInt32> axes = tf.constant(IntStream.of(1, 2, 3)
                .filter(axis -> axis == 3 ? reduction.channels() : reduction.places())
                .toArray());
        return switch (reduction.reducer()) {
            case SUM -> tf.reduceSum(all, axes, ReduceSum.keepDims(true));
            case MEAN -> tf.math.mean(all, axes, Mean.keepDims(true));
            case MINIMUM -> tf.reduceMin(all, axes, ReduceMin.keepDims(true));
            case MAXIMUM -> tf.reduceMax(all, axes, ReduceMax.keepDims(true));
        };
    }

    private Operand<TFloat32> innerProducts(InnerProducts products) {
        Shape whole = products.of().shape(maps);
        Operand<TFloat32> matrix = shaped(of(products.of()), Shape.of(whole.get(0) * whole.get(1), whole.get(2)));
        Operand<TFloat32> inner = tf.train.batchMatMul(
                matrix, matrix, TFloat32.class, products.places() ? BatchMatMul.adjY(true) : BatchMatMul.adjX(true));
        return shaped(inner, products.shape(maps));
    }

    private Operand<TFloat32> shaped(Operand<TFloat32> values, Shape row) {
        return tf.reshape(values, tf.constant(row.prepend(-1).asArray()));
    }
}

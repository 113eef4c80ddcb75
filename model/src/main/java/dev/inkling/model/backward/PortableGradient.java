package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The chain rule, written in operations that have kernels in every runtime. An exported graph is also converted, and what
 * TensorFlow's own gradients are made of ({@code ReluGrad}, {@code MaxPoolGrad}, {@code Conv2DBackpropInput}) exists nowhere
 * else. Covers the operations of Inkling's own network.
 */
final class PortableGradient implements ReverseWalk.Rule {

    private final ReverseWalk walk;
    private final Ops tf;
    private final boolean guided;

    /** @param guided whether only what is positive goes back through a ReLU (Springenberg et al. 2014) */
    PortableGradient(ReverseWalk walk, boolean guided) {
        this.walk = walk;
        this.tf = walk.tf();
        this.guided = guided;
    }

    @Override
    public void back(GraphOperation operation, Operand<TFloat32> gradient) {
        Output<TFloat32> x = GraphPath.typed(operation.input(0));
        switch (operation.type()) {
            case "Identity", "BiasAdd" -> walk.send(x, gradient);
            case "Add", "AddV2" -> walk.inputs(operation).forEach(summand -> walk.send(summand, gradient));
            case "Conv2D" -> walk.send(x, walk.vectorJacobian(operation.output(0), x, gradient));
            case "MatMul" ->
                walk.send(x, tf.linalg.matMul(gradient, GraphPath.typed(operation.input(1)), MatMul.transposeB(true)));
            case "Relu" -> {
                Operand<TFloat32> open = tf.dtypes.cast(
                        tf.math.greater(GraphPath.typed(operation.output(0)), tf.constant(0f)), TFloat32.class);
                walk.send(x, tf.math.mul(guided ? tf.nn.relu(gradient) : gradient, open));
            }
            case "Reshape" -> walk.send(x, reshape(gradient, x.shape()));
            case "Mean" ->
                walk.send(
                        x,
                        everywhere(
                                gradient,
                                x.shape(),
                                1f / (x.shape().get(1) * x.shape().get(2))));
            case "Sum" -> walk.send(x, everywhere(gradient, x.shape(), 1));
            case "Mul" -> {
                // Features, weighed by a map of one channel.
                Output<TFloat32> map = GraphPath.typed(operation.input(1));
                walk.send(x, tf.math.mul(gradient, map));
                walk.send(
                        map,
                        tf.reduceSum(tf.math.mul(gradient, x), tf.constant(new int[] {3}), ReduceSum.keepDims(true)));
            }
            case "Softmax" -> {
                Output<TFloat32> y = GraphPath.typed(operation.output(0));
                Operand<TFloat32> mean =
                        tf.reduceSum(tf.math.mul(gradient, y), tf.constant(new int[] {1}), ReduceSum.keepDims(true));
                walk.send(x, tf.math.mul(y, tf.math.sub(gradient, mean)));
            }
            case "MaxPool" -> walk.send(x, maxPool(x, GraphPath.typed(operation.output(0)), gradient));
            default ->
                throw new InvalidInputException(
                        "operation '%s' of type %s has no gradient that every runtime knows",
                        operation.name(), operation.type());
        }
    }

    /** The gradient of a sum over rows and columns, times a factor. */
    private Operand<TFloat32> everywhere(Operand<TFloat32> gradient, Shape shape, float factor) {
        Operand<TFloat32> one = tf.reshape(gradient, tf.constant(new int[] {-1, 1, 1, (int) shape.get(3)}));
        return tf.math.mul(
                one,
                tf.fill(tf.constant(new int[] {1, (int) shape.get(1), (int) shape.get(2), 1}), tf.constant(factor)));
    }

    /** Of each window of 2×2 the first place, row by row, that holds the maximum gets it all. */
    private Operand<TFloat32> maxPool(Output<TFloat32> x, Output<TFloat32> y, Operand<TFloat32> gradient) {
        Operand<TFloat32> free = null;
        List<Operand<TFloat32>> parts = new ArrayList<>();
        int rows = 2 * (int) y.shape().get(1);
        int columns = 2 * (int) y.shape().get(2);
        for (int place = 0; place < 4; place++) {
            Operand<TFloat32> value = tf.stridedSlice(
                    x,
                    tf.constant(new int[] {0, place / 2, place % 2, 0}),
                    tf.constant(new int[] {0, rows, columns, 0}),
                    tf.constant(new int[] {1, 2, 2, 1}),
                    StridedSlice.beginMask(9L),
                    StridedSlice.endMask(9L));
            Operand<TFloat32> holds = tf.dtypes.cast(tf.math.greaterEqual(value, y), TFloat32.class);
            Operand<TFloat32> wins = free == null ? holds : tf.math.mul(holds, free);
            parts.add(tf.math.mul(gradient, wins));
            Operand<TFloat32> others = tf.math.sub(tf.constant(1f), holds);
            free = free == null ? others : tf.math.mul(free, others);
        }
        Operand<TFloat32> back = tf.nn.depthToSpace(tf.concat(parts, tf.constant(3)), 2L);
        int bottom = (int) x.shape().get(1) - rows;
        int right = (int) x.shape().get(2) - columns;
        return bottom == 0 && right == 0
                ? back
                : tf.pad(back, tf.constant(new int[][] {{0, 0}, {0, bottom}, {0, right}, {0, 0}}), tf.constant(0f));
    }

    private Operand<TFloat32> reshape(Operand<TFloat32> values, Shape shape) {
        int[] sides = new int[shape.numDimensions()];
        for (int i = 0; i < sides.length; i++) {
            sides[i] = (int) shape.get(i);
        }
        Operand<TInt32> target = tf.constant(sides);
        return tf.reshape(values, target);
    }
}

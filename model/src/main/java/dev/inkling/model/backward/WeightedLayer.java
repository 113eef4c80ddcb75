package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.graph.OperationKinds;
import dev.inkling.model.graph.Replica;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A convolution or a dense layer, z = Wx + b, as a rule of relevance sees it: the product, the bias added to it and the batch
 * normalisation after that are one layer, whose weights are folded.
 */
final class WeightedLayer {

    private final ReverseWalk walk;
    private final GraphOperation product;
    private final Output<?> x;
    private final Output<?> z;

    /** Present where it is not what the graph multiplies by. */
    private final Optional<Operand<TFloat32>> foldedKernel;

    private final Optional<Operand<TFloat32>> bias;

    private WeightedLayer(
            ReverseWalk walk,
            GraphOperation product,
            Output<?> z,
            Optional<Operand<TFloat32>> foldedKernel,
            Optional<Operand<TFloat32>> bias) {
        this.walk = walk;
        this.product = product;
        this.x = walk.inputs(product).iterator().next();
        this.z = z;
        this.foldedKernel = foldedKernel;
        this.bias = bias;
    }

    /** The layer whose last operation this is, if it is one's. */
    static Optional<WeightedLayer> endingWith(GraphOperation operation, ReverseWalk walk) {
        if (OperationKinds.NORMALISATIONS.contains(operation.type())) {
            return before(operation, walk)
                    .flatMap(inner -> endingWith(inner, walk))
                    .map(inner -> inner.normalised(operation));
        } else if (addsConstant(operation, walk)) {
            Output<?> constant = constant(operation, walk);
            return before(operation, walk)
                    .filter(inner -> isProduct(inner, walk))
                    .filter(inner -> constant.shape().numDimensions() <= 1)
                    .map(inner -> new WeightedLayer(
                            walk,
                            inner,
                            operation.output(0),
                            Optional.empty(),
                            Optional.of(GraphPath.typed(constant))));
        } else if (isProduct(operation, walk)) {
            return Optional.of(
                    new WeightedLayer(walk, operation, operation.output(0), Optional.empty(), Optional.empty()));
        }
        return Optional.empty();
    }

    /** A product of something computed with constants. */
    static boolean isProduct(GraphOperation operation, ReverseWalk walk) {
        return (OperationKinds.CONVOLUTIONS.contains(operation.type())
                        || operation.type().equals("MatMul"))
                && walk.inputs(operation).equals(Set.of(operation.input(0)));
    }

    static boolean addsConstant(GraphOperation operation, ReverseWalk walk) {
        return (operation.type().equals("BiasAdd")
                        || operation.type().equals("Add")
                        || operation.type().equals("AddV2"))
                && walk.inputs(operation).size() == 1
                && operation.numInputs() == 2
                && !operation.input(0).equals(operation.input(1));
    }

    private static Output<?> constant(GraphOperation operation, ReverseWalk walk) {
        return walk.inputs(operation).contains(operation.input(0)) ? operation.input(1) : operation.input(0);
    }

    /** The operation before this one, identities apart, if nothing else reads what that puts out. */
    private static Optional<GraphOperation> before(GraphOperation operation, ReverseWalk walk) {
        Output<?> input = walk.inputs(operation).iterator().next();
        GraphOperation before = (GraphOperation) input.op();
        if (walk.path().readers(input).size() != 1 || !walk.path().operations().contains(before)) {
            return Optional.empty();
        }
        return before.type().equals("Identity") ? before(before, walk) : Optional.of(before);
    }

    /** s·(Wx + b − mean) + offset with s = scale / √(variance + ε): weights s·W, bias s·(b − mean) + offset. */
    private WeightedLayer normalised(GraphOperation normalisation) {
        Ops tf = walk.tf();
        Operand<TFloat32> scale = GraphPath.typed(normalisation.input(1));
        Operand<TFloat32> offset = GraphPath.typed(normalisation.input(2));
        Operand<TFloat32> mean = GraphPath.typed(normalisation.input(3));
        Operand<TFloat32> variance = GraphPath.typed(normalisation.input(4));
        Operand<TFloat32> epsilon = tf.constant(normalisation.attributes().getAttrFloat("epsilon"));
        Operand<TFloat32> s = tf.math.mul(scale, tf.math.rsqrt(tf.math.add(variance, epsilon)));
        Operand<TFloat32> factors = s;
        if (product.type().equals("DepthwiseConv2dNative")) {
            factors = tf.reshape(
                    s, tf.constant(product.input(1).shape().takeLast(2).asArray()));
        }
        Operand<TFloat32> shifted = bias.isPresent() ? tf.math.sub(bias.get(), mean) : tf.math.neg(mean);
        return new WeightedLayer(
                walk,
                product,
                normalisation.output(0),
                Optional.of(tf.math.mul(kernel(), factors)),
                Optional.of(tf.math.add(tf.math.mul(s, shifted), offset)));
    }

    boolean isDense() {
        return product.type().equals("MatMul");
    }

    GraphOperation product() {
        return product;
    }

    Output<?> x() {
        return x;
    }

    /** Wx + b. */
    Output<?> z() {
        return z;
    }

    /** W. */
    Operand<TFloat32> kernel() {
        return foldedKernel.orElseGet(() -> GraphPath.typed(product.input(1)));
    }

    /** b, if there is one. */
    Optional<Operand<TFloat32>> bias() {
        return bias;
    }

    /** The product of another input with another kernel. */
    Operand<TFloat32> forward(Operand<TFloat32> input, Operand<TFloat32> kernel) {
        return GraphPath.typed(another(input, kernel).output(0));
    }

    /** The vector-Jacobian product with an input of x's shape through another kernel. */
    Operand<TFloat32> back(Operand<TFloat32> kernel, Operand<TFloat32> upstream) {
        return walk.vectorJacobian(another(GraphPath.typed(x), kernel).output(0), x, upstream);
    }

    /** The vector-Jacobian product with x. */
    Operand<TFloat32> back(Operand<TFloat32> upstream) {
        return foldedKernel.isPresent()
                ? back(foldedKernel.get(), upstream)
                : walk.vectorJacobian(product.output(0), x, upstream);
    }

    private GraphOperation another(Operand<TFloat32> input, Operand<TFloat32> kernel) {
        return Replica.of(product, walk.tf(), List.of(input, kernel));
    }
}

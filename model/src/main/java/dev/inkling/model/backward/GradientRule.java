package dev.inkling.model.backward;

import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Guided backpropagation and deconvolution: the chain rule, but where an activation function of the ReLU family is. */
final class GradientRule implements ReverseWalk.Rule {

    private static final Set<String> RECTIFIERS = Set.of("Relu", "Relu6", "LeakyRelu", "Elu", "Selu");

    private final ReverseWalk walk;
    private final boolean gated;

    /** @param gated whether the activation function's own derivative follows */
    GradientRule(ReverseWalk walk, boolean gated) {
        this.walk = walk;
        this.gated = gated;
    }

    @Override
    public void back(GraphOperation operation, Operand<TFloat32> gradient) {
        if (!RECTIFIERS.contains(operation.type())) {
            walk.sendVectorJacobians(operation, gradient);
            return;
        }
        Operand<TFloat32> positive = walk.tf().nn.relu(gradient);
        if (gated) {
            walk.sendVectorJacobians(operation, positive);
        } else {
            walk.send(operation.input(0), positive);
        }
    }
}

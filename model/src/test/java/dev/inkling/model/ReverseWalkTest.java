package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Graphs that the network of this module does not have: branches, shared activations, operations without a rule. */
class ReverseWalkTest {

    @TempDir
    Path folder;

    private interface Body {
        Operand<TFloat32> logits(Ops tf, Operand<TFloat32> features);
    }

    /** A model of images 1×2×1 whose two pixels are the features. */
    private TensorFlowModel model(Body body) throws IOException {
        return ModelFixtures.load(
                folder,
                new ModelCard.Input(1, 2, 1, -9, 9),
                (tf, image) -> body.logits(tf, tf.reshape(image, tf.constant(new int[] {-1, 2}))));
    }

    private static float[] propagate(TensorFlowModel model, Rule rule, float a, float b) {
        return FloatArrays.flat(model.require(Propagation.class)
                .propagate(image(a, b), Targets.classes(2, 0), rule)
                .values());
    }

    private static FloatNdArray image(float... pixels) {
        return FloatArrays.of(pixels, 1, 1, 2, 1);
    }

    private static Operand<TFloat32> product(Ops tf, Operand<TFloat32> x, float[][] matrix) {
        return tf.linalg.matMul(x, tf.constant(matrix));
    }

    /**
     * h = relu(x), s = h + relu(h·B), logit₀ = s₀ + 2·s₁, with B = ((1, −3), (0, 1)). At x = (2, 1): h·B = (2, −5), so by the
     * chain rule ∂logit₀/∂x = (1, 2) + B·(1·1, 2·0) = (1 + 1, 2 + 0). A walk that let the sum's two summands, of which one
     * depends on the other, each claim the whole would give (3, 2).
     */
    @Test
    void summandsThatDependOnEachOtherAreNotCountedTwice() throws IOException {
        try (TensorFlowModel model = model((tf, x) -> {
            Operand<TFloat32> h = tf.nn.relu(x);
            Operand<TFloat32> branch = tf.nn.relu(product(tf, h, new float[][] {{1, -3}, {0, 1}}));
            return product(tf, tf.math.add(h, branch), new float[][] {{1, 0}, {2, 1}});
        })) {
            assertThat(FloatArrays.flat(model.require(Gradients.class).gradients(image(2, 1), Targets.classes(2, 0))))
                    .containsExactly(2, 2);
            // All that comes back is positive and every open unit has a positive input: guided is the gradient here.
            assertThat(propagate(model, new Rule.Guided(), 2, 1)).containsExactly(2, 2);
        }
    }

    /**
     * One ReLU's output used by two products: u = relu(x), logit₀ = u·(1, −2) + u·(1, 1), so 2 and −1 arrive at u. Where a
     * hook fires once per use instead of once per operation, the rule meets 1, −2 and 1, 1 and lets 2 and 1 pass.
     */
    @Test
    void theRuleMeetsTheSumOfWhatASharedActivationReceives() throws IOException {
        try (TensorFlowModel model = model((tf, x) -> {
            Operand<TFloat32> u = tf.nn.relu(x);
            Operand<TFloat32> sum = tf.math.addN(List.of(
                    product(tf, u, new float[][] {{1, 0}, {-2, 0}}), product(tf, u, new float[][] {{1, 0}, {1, 0}})));
            return product(tf, sum, new float[][] {{1, 0}, {0, 1}});
        })) {
            assertThat(propagate(model, new Rule.Guided(), 3, 5)).containsExactly(2, 0);
            assertThat(propagate(model, new Rule.Guided(), -3, 5)).containsExactly(0, 0);
            assertThat(propagate(model, new Rule.Deconvnet(), -3, 5)).containsExactly(2, 0);
        }
    }

    /** Dense 2→2 (weights ((2, −2), (2, 2))), ReLU, dense (3, 3); x = (1, 2): z = (6, 2), logit₀ = 24. */
    @Test
    void lrpByHand() throws IOException {
        try (TensorFlowModel model = model((tf, x) -> product(
                tf, tf.nn.relu(product(tf, x, new float[][] {{2, -2}, {2, 2}})), new float[][] {{3, 0}, {3, 1}}))) {
            // R(h) = (18, 6); R(x₁) = 18·2/6 − 6·2/2 = 0, R(x₂) = 18·4/6 + 6·4/2 = 24.
            assertThat(propagate(model, new Rule.Lrp(new LrpRule.Epsilon(1e-7)), 1, 2))
                    .containsExactly(new float[] {0, 24}, within(1e-4f));
            // ε = 2: R(h) = h·3·24/26; R(x₁) = 2·R₁/8 − 2·R₂/4, R(x₂) = 4·R₁/8 + 4·R₂/4.
            float first = 18 * 24 / 26f;
            float second = 6 * 24 / 26f;
            assertThat(propagate(model, new Rule.Lrp(new LrpRule.Epsilon(2)), 1, 2))
                    .containsExactly(new float[] {first / 4 - second / 2, first / 2 + second}, within(1e-4f));
        }
    }

    @Test
    void lrpNamesTheOperationItHasNoRuleFor() throws IOException {
        try (TensorFlowModel model =
                model((tf, x) -> product(tf, tf.withName("squash").math.sin(x), new float[][] {{1, 0}, {2, 1}}))) {
            assertThatThrownBy(() -> propagate(model, new Rule.Lrp(new LrpRule.Epsilon(0.1)), 1, 2))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("LRP has no rule for operation 'squash' of type Sin");
        }
    }

    @Test
    void aScoreThatIgnoresTheImageHasNoGradient() throws IOException {
        try (TensorFlowModel model =
                model((tf, x) -> product(tf, tf.stopGradient(x), new float[][] {{1, 0}, {2, 1}}))) {
            assertThatThrownBy(() -> model.require(Gradients.class).gradients(image(1, 2), Targets.classes(2, 0)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("the score does not depend on 'image'");
        }
    }
}

package dev.inkling.model.backward;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.spi.Propagation.Rule;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;

/**
 * A backward pass by a rule, as it stands in the graph.
 *
 * @param values what arrives at the image, (N, H, W, C)
 * @param scores what there was to hand out, (N, K)
 * @param baseline where a baseline is fed, if the rule has one
 */
public record RulePass(Output<?> values, Output<?> scores, Optional<Output<?>> baseline) {

    /** Equal for rules that one pass serves: a baseline is fed. */
    public static Object key(Rule rule) {
        return rule instanceof Rule.DeepLift ? Rule.DeepLift.class : rule;
    }

    /**
     * Adds the pass.
     *
     * @param weights the targets, (N, K)
     */
    public static RulePass add(Graph graph, Rule rule, Output<?> image, Output<?> logits, Operand<TFloat32> weights) {
        // A minus stays: −1 and 1 are different rules.
        String name =
                rule instanceof Rule.DeepLift ? "DeepLift" : rule.toString().replaceAll("[^A-Za-z0-9.-]+", "_");
        ReverseWalk walk = new ReverseWalk(graph, "explain/" + name, image, logits);
        if (rule instanceof Rule.DeepLift) {
            BaselinePass baseline = BaselinePass.add(graph, image, logits);
            Operand<TFloat32> multipliers = walk.from(weights, new DifferenceRule(walk, baseline));
            return new RulePass(
                    walk.tf()
                            .math
                            .mul(multipliers, difference(walk, image, baseline))
                            .asOutput(),
                    difference(walk, logits, baseline).asOutput(),
                    Optional.of(baseline.image()));
        }
        Operand<TFloat32> arrived = rule instanceof Rule.Lrp lrp
                ? walk.from(walk.tf().math.mul(weights, GraphPath.typed(logits)), new RelevanceRule(walk, lrp))
                : walk.from(weights, new GradientRule(walk, rule instanceof Rule.Guided));
        return new RulePass(arrived.asOutput(), logits, Optional.empty());
    }

    private static Operand<TFloat32> difference(ReverseWalk walk, Output<?> tensor, BaselinePass baseline) {
        return walk.tf().math.sub(GraphPath.typed(tensor), baseline.of(tensor));
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.LrpRule;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature.ValueRange;
import dev.inkling.spi.Option;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Propagated;
import dev.inkling.spi.Propagation.Rule;
import dev.inkling.spi.Targets;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Layer-wise relevance propagation: the target's score, handed back from layer to layer in shares until it arrives at the
 * pixels. Which shares is a rule for each kind of layer ({@link LrpRule}, {@link Rule.Lrp}); each provider here is one
 * customary choice. The map is (N, H, W, C), in logits.
 *
 * <p>Diagnostic {@code conservation delta}: the sum of an image's values less the target's score, in logits; what biases and
 * stabilisers took, or the opposite of what they added.
 *
 * <p>Not for comparing rules by the look of their maps alone, and z⁺ and what builds on it not for telling classes apart: it
 * converges to the same map whatever the class, the deeper the network (Sixt, Granz and Landgraf 2020).
 *
 * @see <a href="https://doi.org/10.1371/journal.pone.0130140">Bach et al. 2015, On Pixel-Wise Explanations</a>
 * @see <a href="https://doi.org/10.1007/978-3-030-28954-6_10">Montavon et al. 2019, Layer-Wise Relevance Propagation: An
 *     Overview</a>
 * @see <a href="https://arxiv.org/abs/1912.09818">Sixt, Granz and Landgraf 2020, When Explanations Lie</a>
 */
public final class Lrp implements Explainer {

    private static final String BACH =
            "Bach, Binder, Montavon, Klauschen, Müller, Samek (2015): On Pixel-Wise Explanations for"
                    + " Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation."
                    + " https://doi.org/10.1371/journal.pone.0130140";

    private static final String OVERVIEW = "Montavon, Binder, Lapuschkin, Samek, Müller (2019): Layer-Wise Relevance"
            + " Propagation: An Overview. https://doi.org/10.1007/978-3-030-28954-6_10";

    private static final String DEEP_TAYLOR = "Montavon, Lapuschkin, Binder, Samek, Müller (2017): Explaining NonLinear"
            + " Classification Decisions with Deep Taylor Decomposition. https://arxiv.org/abs/1512.02479";

    private static final Attribution.Contract SIGNED = new Attribution.Contract(Sign.SIGNED, false, "logits");
    private static final Attribution.Contract POSITIVE = new Attribution.Contract(Sign.POSITIVE, false, "logits");

    /** The rules, given what a pixel may be. */
    private interface Composite {
        Rule.Lrp of(ValueRange range);
    }

    private final Composite composite;
    private final Attribution.Contract contract;

    private Lrp(Composite composite, Attribution.Contract contract) {
        this.composite = composite;
        this.contract = contract;
    }

    @Override
    public Attribution explain(Model model, FloatNdArray images, Targets targets) {
        targets.require(model.signature().requireImages(images), model.signature());
        Propagation propagation = model.require(Propagation.class);
        Targets explained = contract.sign() == Sign.POSITIVE ? targets.positivePart(model.scores(images)) : targets;
        Propagated found = propagation.propagate(
                images, explained, composite.of(model.signature().range()));
        return new Attribution(found.values(), contract).with("conservation delta", found.deltas(explained));
    }

    /** One customary choice of rules under a name of its own. */
    private abstract static class Method<O extends Record> implements ExplainerProvider<O> {

        private final ExplainerCard card;
        private final Class<O> options;

        Method(
                String name,
                String title,
                String summary,
                String paper,
                Class<O> options,
                Attribution.Contract contract) {
            this.card = new ExplainerCard(
                    name, title, summary, paper, ExplainerCard.Family.PROPAGATION, Set.of(Propagation.class), contract);
            this.options = options;
        }

        abstract Rule.Lrp rule(O options, ValueRange range);

        @Override
        public ExplainerCard card() {
            return card;
        }

        @Override
        public Class<O> options() {
            return options;
        }

        @Override
        public Explainer create(O chosen) {
            return new Lrp(range -> rule(chosen, range), card.contract());
        }
    }

    /** Registers {@code lrp-epsilon}: the rule ε everywhere. With ε near 0, on a ReLU network, input × gradient. */
    public static final class Epsilon extends Method<Epsilon.Options> {

        /** @param epsilon ε, absolute */
        public record Options(
                @Option(
                        value = "0.1",
                        min = 1e-9,
                        max = 1000,
                        help =
                                "what is added to each denominator, in units of a layer's output; large absorbs what is weak")
                double epsilon) {}

        public Epsilon() {
            super(
                    "lrp-epsilon",
                    "LRP-ε",
                    "The score handed back in shares of each layer's sums, weak and contradictory ones absorbed.",
                    BACH,
                    Options.class,
                    SIGNED);
        }

        @Override
        Rule.Lrp rule(Options options, ValueRange range) {
            return new Rule.Lrp(new LrpRule.Epsilon(options.epsilon()));
        }
    }

    /** Registers {@code lrp-gamma}: the rule γ everywhere. With γ = 0 the rule ε without dampening, with a large one z⁺. */
    public static final class Gamma extends Method<Gamma.Options> {

        /** @param gamma γ */
        public record Options(
                @Option(
                        value = "0.25",
                        min = 0,
                        max = 1000,
                        help = "how much more what agrees with an output counts than what contradicts it")
                double gamma) {}

        public Gamma() {
            super(
                    "lrp-gamma",
                    "LRP-γ",
                    "The score handed back in shares, of which those that agree with the output count more.",
                    OVERVIEW,
                    Options.class,
                    SIGNED);
        }

        @Override
        Rule.Lrp rule(Options options, ValueRange range) {
            return new Rule.Lrp(new LrpRule.Gamma(options.gamma()));
        }
    }

    /** Registers {@code lrp-alpha-beta}: the rule αβ everywhere, α = 1 + β. */
    public static final class AlphaBeta extends Method<AlphaBeta.Options> {

        /** @param beta β */
        public record Options(
                @Option(
                        value = "1",
                        min = 0,
                        max = 10,
                        help = "weight of what contradicts each output; what agrees weighs one more (alpha = 1 + beta)")
                double beta) {}

        public AlphaBeta() {
            super(
                    "lrp-alpha-beta",
                    "LRP-αβ",
                    "The score handed back in shares, those for and those against each output apart.",
                    BACH,
                    Options.class,
                    SIGNED);
        }

        @Override
        Rule.Lrp rule(Options options, ValueRange range) {
            return new Rule.Lrp(new LrpRule.AlphaBeta(options.beta(), true));
        }
    }

    /** Registers {@code lrp-z-plus}: the rule z⁺ everywhere. */
    public static final class ZPlus extends Method<ZPlus.Options> {

        /** None. */
        public record Options() {}

        public ZPlus() {
            super(
                    "lrp-z-plus",
                    "LRP-z⁺",
                    "The score handed back among what speaks for each output alone.",
                    DEEP_TAYLOR,
                    Options.class,
                    SIGNED);
        }

        @Override
        Rule.Lrp rule(Options options, ValueRange range) {
            return new Rule.Lrp(LrpRule.zPlus());
        }
    }

    /** Registers {@code lrp-epsilon-plus}: ε for dense layers, z⁺ for convolutions. */
    public static final class EpsilonPlus extends Method<EpsilonPlus.Options> {

        /** @param epsilon ε of the dense layers */
        public record Options(
                @Option(
                        value = "1e-6",
                        min = 1e-9,
                        max = 1000,
                        help = "of dense layers: what is added to each denominator, in units of the layer's output")
                double epsilon) {}

        public EpsilonPlus() {
            super(
                    "lrp-epsilon-plus",
                    "LRP ε-plus",
                    "The score handed back by the rule ε in dense layers and by z⁺ in convolutions.",
                    OVERVIEW,
                    Options.class,
                    SIGNED);
        }

        @Override
        Rule.Lrp rule(Options options, ValueRange range) {
            return new Rule.Lrp(LrpRule.zPlus(), LrpRule.zPlus(), new LrpRule.Epsilon(options.epsilon()));
        }
    }

    /**
     * Registers {@code lrp-epsilon-gamma-box}: ε for dense layers, γ for convolutions, and zᴮ for the first layer, whose box is
     * the model's value range.
     */
    public static final class EpsilonGammaBox extends Method<EpsilonGammaBox.Options> {

        /**
         * @param epsilon ε of the dense layers
         * @param gamma γ of the convolutions
         */
        public record Options(
                @Option(
                        value = "1e-6",
                        min = 1e-9,
                        max = 1000,
                        help = "of dense layers: what is added to each denominator, in units of the layer's output")
                double epsilon,

                @Option(
                        value = "0.25",
                        min = 0,
                        max = 1000,
                        help = "of convolutions: how much more counts what agrees with an output")
                double gamma) {}

        public EpsilonGammaBox() {
            super(
                    "lrp-epsilon-gamma-box",
                    "LRP ε-γ-box",
                    "The score handed back by ε in dense layers, γ in convolutions and the pixels' range in the first.",
                    OVERVIEW,
                    Options.class,
                    SIGNED);
        }

        @Override
        Rule.Lrp rule(Options options, ValueRange range) {
            return new Rule.Lrp(
                    new LrpRule.Box(range.min(), range.max()),
                    new LrpRule.Gamma(options.gamma()),
                    new LrpRule.Epsilon(options.epsilon()));
        }
    }

    /**
     * Registers {@code deep-taylor}: z⁺ without the bias everywhere, sums too, and zᴮ for the first layer, whose box is the model's value
     * range. It explains how something positive came about: of the target, the positive weights of positive logits.
     */
    public static final class DeepTaylor extends Method<DeepTaylor.Options> {

        /** None. */
        public record Options() {}

        public DeepTaylor() {
            super(
                    "deep-taylor",
                    "Deep Taylor decomposition",
                    "What makes the score positive, decomposed layer by layer at the nearest point where a unit is silent.",
                    DEEP_TAYLOR,
                    Options.class,
                    POSITIVE);
        }

        @Override
        Rule.Lrp rule(Options options, ValueRange range) {
            LrpRule withoutBias = new LrpRule.AlphaBeta(0, false);
            return new Rule.Lrp(new LrpRule.Box(range.min(), range.max()), withoutBias, withoutBias, withoutBias);
        }
    }
}

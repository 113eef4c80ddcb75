package dev.inkling.tck;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.Option;
import dev.inkling.spi.Targets;
import java.util.Set;
import org.tensorflow.ndarray.FloatNdArray;

/** A plug-in that uses two classes of its own, one of them in a signature: its class files go into jars. */
public final class SamplePlugin implements ExplainerProvider<SamplePlugin.Options> {

    public record Options(
            @Option(value = "2", help = "what the score is multiplied by")
            double factor) {}

    @Override
    public ExplainerCard card() {
        return new ExplainerCard(
                "score",
                "Score",
                "The score.",
                "https://example.org",
                ExplainerCard.Family.PERTURBATION,
                Set.of(),
                Promise.CONTRACT);
    }

    @Override
    public Class<Options> options() {
        return Options.class;
    }

    @Override
    public Explainer create(Options options) {
        return new Scores(options);
    }

    /** Used inside methods alone. */
    static final class Promise {

        static final Attribution.Contract CONTRACT =
                new Attribution.Contract(Attribution.Contract.Sign.SIGNED, false, "logits");

        private Promise() {}
    }

    /** Used in a signature. */
    record Arithmetic(double factor) {

        float apply(float score) {
            return (float) (factor * score);
        }
    }

    record Scores(Options options) implements Explainer {

        @Override
        public Attribution explain(Model model, FloatNdArray images, Targets targets) {
            return explain(new Arithmetic(options.factor()), targets.scores(model.scores(images)));
        }

        private Attribution explain(Arithmetic arithmetic, float[] scores) {
            for (int i = 0; i < scores.length; i++) {
                scores[i] = arithmetic.apply(scores[i]);
            }
            return new Attribution(FloatArrays.of(scores, scores.length, 1, 1, 1), Promise.CONTRACT);
        }
    }
}

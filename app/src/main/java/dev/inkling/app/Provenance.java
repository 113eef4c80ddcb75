package dev.inkling.app;

import dev.inkling.model.Precision;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelCard;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.tensorflow.TensorFlow;

/**
 * With what a report was made: with its explainers, options and images, enough to get the same numbers again.
 *
 * @param model which
 * @param data what the images were read from
 * @param target what was explained, as typed
 * @param background the reference images at hand, where there are any
 * @param versions of the programs
 * @param created when
 */
public record Provenance(
        ModelFacts model, String data, String target, Optional<String> background, Versions versions, Instant created) {

    /**
     * Which model, and how good it is.
     *
     * @param name what messages call it
     * @param sha256 of its files
     * @param parameters how many weights
     * @param precision in which it computed
     * @param accuracy on validation and test images, in [0, 1], where the model says it
     */
    public record ModelFacts(
            String name, String sha256, long parameters, Precision precision, ModelCard.Accuracy accuracy) {

        /** What a loaded model says. */
        public static ModelFacts of(TensorFlowModel model) {
            return new ModelFacts(
                    model.signature().name(),
                    model.sha256(),
                    model.parameters(),
                    model.precision(),
                    model.card().map(ModelCard::accuracy).orElse(new ModelCard.Accuracy(null, null)));
        }
    }

    /** Versions of the programs. */
    public record Versions(String inkling, String tensorflow, String java) {

        /** Those that run now. */
        public static Versions current() {
            return new Versions(
                    Main.version(), TensorFlow.version(), Runtime.version().toString());
        }
    }

    /** Of a run that starts now. */
    public static Provenance now(TensorFlowModel model, String data, String target, Optional<String> background) {
        return new Provenance(
                ModelFacts.of(model),
                data,
                target,
                background,
                Versions.current(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }
}

package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.List;
import java.util.Optional;

/**
 * What the user says of a SavedModel that Inkling did not write, where it can not be found out, or was found out wrongly.
 *
 * @param signature its name
 * @param input name of the image among the signature's inputs
 * @param logits name of an output of the signature, or of an operation of the graph
 * @param layers names of Keras layers or operations, to be shown in place of those that are found; class activation maps look at the last
 * @param range of a pixel's values
 * @param labels of the classes, in the order of the scores
 * @param size of the images, where the model takes any
 * @param trusted whether the graph may hold operations that touch files, network or programs
 */
public record ModelChoices(
        Optional<String> signature,
        Optional<String> input,
        Optional<String> logits,
        List<String> layers,
        Optional<ValueRange> range,
        Optional<List<String>> labels,
        Optional<Size> size,
        boolean trusted) {

    /** Everything as it is found. */
    public static final ModelChoices NONE = new ModelChoices(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);

    public ModelChoices {
        layers = List.copyOf(layers);
        labels = labels.map(List::copyOf);
    }

    /**
     * H, W and, where the model does not say it, C.
     *
     * @param channels empty for what the model says
     */
    public record Size(int height, int width, Optional<Integer> channels) {

        public Size {
            if (height < 1 || width < 1 || channels.orElse(1) < 1) {
                throw new InvalidInputException(
                        "the size is %d×%d%s; every side must be at least 1",
                        height, width, channels.map(c -> "×" + c).orElse(""));
            }
        }
    }

    /** Whether anything is said about what the graph computes. */
    boolean describe() {
        return signature.isPresent()
                || input.isPresent()
                || logits.isPresent()
                || !layers.isEmpty()
                || range.isPresent()
                || labels.isPresent()
                || size.isPresent();
    }
}

package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Output;

/**
 * A classifier as a flat graph without variables, whoever wrote it, with the tensors that matter.
 *
 * @param graph in TensorFlow's hands; whoever holds this record closes it
 * @param image (N, H, W, C) float32, a placeholder
 * @param logits (N, K) float32
 * @param signature what it is to the SPI
 * @param layers the signature's layers by name
 * @param sha256 of the files that it was read from
 * @param parameters how many weights
 * @param card what an Inkling model says of itself
 * @param mostAtOnce images that may be evaluated in one run
 * @param obstacle why the scores can not be differentiated with respect to the image, or empty where they can
 * @param found what was found out, in one line, or empty where a card says it all
 * @param signatures what the file offers to runtimes, sorted by name
 */
public record ModelGraph(
        Graph graph,
        Output<?> image,
        Output<?> logits,
        ModelSignature signature,
        Map<String, Output<?>> layers,
        String sha256,
        long parameters,
        Optional<ModelCard> card,
        int mostAtOnce,
        Optional<String> obstacle,
        Optional<String> found,
        List<SavedSignature> signatures) {

    /**
     * Reads a model folder: one that Inkling wrote, or any SavedModel that leads from images to scores.
     *
     * @param choices what the user says of it
     * @throws InvalidInputException if there is no such folder, it holds no SavedModel or a damaged one, what is what can not be found
     *     out, or the choices do not fit; the message names the choice to make
     */
    public static ModelGraph read(Path folder, ModelChoices choices) {
        ModelFolder read = ModelFolder.read(folder);
        try {
            return read.card().isPresent() ? InklingGraph.open(read, choices) : ForeignGraph.read(read, choices);
        } catch (InvalidInputException e) {
            throw e;
        } catch (RuntimeException e) {
            // A damaged graph can fail anywhere: an input that is not there, a shape that can not be, a number out of
            // bounds.
            throw new InvalidInputException(
                    e, "the graph of model '%s' can not be used: %s; the file is damaged", folder, e);
        }
    }
}

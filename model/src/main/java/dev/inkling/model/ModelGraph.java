package dev.inkling.model;

import dev.inkling.spi.ModelSignature;
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
 */
record ModelGraph(
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
        Optional<String> found) {}

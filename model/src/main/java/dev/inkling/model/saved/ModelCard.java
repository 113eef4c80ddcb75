package dev.inkling.model.saved;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a model folder says about itself, in {@code assets.extra/model-card.json}: enough to use the model without knowing
 * its maker, and to train it again.
 *
 * @param format version of this card's own format
 * @param name what messages call the model
 * @param input shape and value range of an image
 * @param labels the K classes in the order of the logits
 * @param parameters trainable values in training, before batch normalisation was folded
 * @param layers in the order of the forward pass
 * @param training how the weights came to be
 * @param accuracy what they reach
 * @param graphSha256 of the file of the graph that this card speaks of, in lower-case hexadecimal; null where the card's maker did not say
 */
public record ModelCard(
        int format,
        String name,
        Input input,
        List<String> labels,
        long parameters,
        List<CardLayer> layers,
        Training training,
        Accuracy accuracy,
        String graphSha256) {

    /** The format that this version writes and reads. */
    public static final int FORMAT = 1;

    /** Where the card lies in a model folder. */
    public static final String PATH = "assets.extra/model-card.json";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    public ModelCard {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(training, "training");
        Objects.requireNonNull(accuracy, "accuracy");
        labels = List.copyOf(labels);
        layers = List.copyOf(layers);
    }

    /** Shape (H, W, C) and value range of an image. */
    public record Input(int height, int width, int channels, float min, float max) {}

    /** A layer, its output's shape (N, height, width, channels), and the tensor of the graph that is its output. */
    public record CardLayer(
            String name, ModelSignature.Layer.Kind kind, int height, int width, int channels, String tensor) {}

    /**
     * How the weights came to be.
     *
     * @param data what the user called the data
     * @param dataSha256 of the training set's content
     * @param trainingImages images trained on
     * @param validationImages images held out of the training set, by which the best epoch was chosen
     * @param seed of everything random
     * @param epoch the epoch that these weights are of
     * @param steps optimiser steps up to there
     * @param recipe the settings of the run, as JSON
     * @param command that gives the same model again, or null where it was not trained from the command line
     * @param inkling version of Inkling
     * @param tensorflow version of TensorFlow
     * @param java version of Java
     */
    public record Training(
            String data,
            String dataSha256,
            int trainingImages,
            int validationImages,
            long seed,
            int epoch,
            long steps,
            Map<String, Object> recipe,
            String command,
            String inkling,
            String tensorflow,
            String java) {

        private Training withCommand(String line) {
            return new Training(
                    data,
                    dataSha256,
                    trainingImages,
                    validationImages,
                    seed,
                    epoch,
                    steps,
                    recipe,
                    line,
                    inkling,
                    tensorflow,
                    java);
        }
    }

    /**
     * Shares of images classified right, in [0, 1].
     *
     * @param validation on the images held out of the training set, or null in the middle of an epoch
     * @param test on the test set, or null where it was not measured
     */
    public record Accuracy(Double validation, Double test) {}

    /** The same card with the accuracy on the test set, in [0, 1], and the command that gives the same model again. */
    public ModelCard finished(double test, String command) {
        return new ModelCard(
                format,
                name,
                input,
                labels,
                parameters,
                layers,
                training.withCommand(command),
                new Accuracy(accuracy.validation(), test),
                graphSha256);
    }

    /** What the SPI asks of a model. */
    public ModelSignature signature() {
        return new ModelSignature(
                name,
                input.height(),
                input.width(),
                input.channels(),
                new ValueRange(input.min(), input.max()),
                labels,
                layers.stream()
                        .map(layer -> new ModelSignature.Layer(
                                layer.name(), layer.kind(), layer.height(), layer.width(), layer.channels()))
                        .toList());
    }

    /** This card as JSON, indented. */
    public String toJson() {
        return JSON.writeValueAsString(this) + "\n";
    }

    /**
     * Reads a card.
     *
     * @param origin what messages call the file
     * @throws InvalidInputException if it is not a card, or one of a newer format
     */
    public static ModelCard fromJson(String json, String origin) {
        ModelCard card;
        try {
            card = JSON.readValue(json, ModelCard.class);
        } catch (JacksonException | NullPointerException e) {
            throw new InvalidInputException(
                    e,
                    "'%s' is not a model card: %s",
                    origin,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        if (card.format() != FORMAT) {
            throw new InvalidInputException(
                    "'%s' has format %d, this version of Inkling reads format %d; train or export the"
                            + " model again, or use the version that made it",
                    origin, card.format(), FORMAT);
        }
        return card;
    }
}

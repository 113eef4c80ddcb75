package dev.inkling.app;

import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An explainer with its options, as asked for.
 *
 * @param card what it is
 * @param options all of them, defaults included, in the order of the explainer's record
 * @param explainer does the work
 */
public record ConfiguredExplainer(ExplainerCard card, Map<String, String> options, Explainer explainer) {

    public ConfiguredExplainer {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Checks that it can explain this model, as far as that can be known before.
     *
     * @throws InvalidInputException if the model lacks a capability or a kind of layer that the method needs, or the layer that
     *     it is told to look at: by convention an option called {@code layer} names a layer of the model, or several joined
     *     by +, or is empty
     */
    void requireFit(Model model) {
        String name = card.name();
        for (Class<?> need : card.needs()) {
            if (model.capability(need).isEmpty()) {
                throw new InvalidInputException(
                        "explainer '%s' needs a model that offers %s, model '%s' does not",
                        name, need.getSimpleName(), model.signature().name());
            }
        }
        try {
            card.layers().forEach(model.signature()::requireLayers);
            String layer = options.getOrDefault("layer", "");
            if (!layer.isEmpty()) {
                List.of(layer.split("\\+", -1)).forEach(model.signature()::layer);
            }
        } catch (InvalidInputException e) {
            throw new InvalidInputException(e, "explainer '%s': %s", name, e.getMessage());
        }
    }

    /** Whether a model offers the capabilities and shows the kinds of layers that a method needs. */
    static boolean fits(ExplainerCard card, Model model) {
        return card.needs().stream().allMatch(need -> model.capability(need).isPresent())
                && model.signature().layers().stream()
                        .map(ModelSignature.Layer::kind)
                        .toList()
                        .containsAll(card.layers());
    }

    /** Those of these that fit a model; tells, for each that does not, why it is left out. */
    static List<ConfiguredExplainer> fitting(
            List<ConfiguredExplainer> explainers, Model model, Consumer<String> leftOut) {
        List<ConfiguredExplainer> fitting = new ArrayList<>();
        for (ConfiguredExplainer explainer : explainers) {
            try {
                explainer.requireFit(model);
                fitting.add(explainer);
            } catch (InvalidInputException e) {
                leftOut.accept(e.getMessage());
            }
        }
        return fitting;
    }
}

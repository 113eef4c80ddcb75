package dev.inkling.app;

import dev.inkling.spi.Background;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An explainer with its options, as asked for.
 *
 * @param card what it is
 * @param options all of them, defaults included, in the order of the explainer's record
 * @param explainer does the work
 * @param wrapped what a wrapper is around; its options are its own, the explainer does the work of both
 */
public record ConfiguredExplainer(
        ExplainerCard card, Map<String, String> options, Explainer explainer, Optional<ConfiguredExplainer> wrapped) {

    public ConfiguredExplainer {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** Without a wrapper. */
    public ConfiguredExplainer(ExplainerCard card, Map<String, String> options, Explainer explainer) {
        this(card, options, explainer, Optional.empty());
    }

    /** Its options and then those of what it is around, which bear the latter's name: {@code grad-cam.layer}. */
    Map<String, String> allOptions() {
        Map<String, String> all = new LinkedHashMap<>(options);
        wrapped.ifPresent(inner ->
                inner.allOptions().forEach((key, value) -> all.put(inner.name() + "." + key, value)));
        return all;
    }

    /** Its own name, without those of what it is around. */
    String name() {
        return card.name().split("\\" + ExplainerCard.JOINT)[0];
    }

    /**
     * Checks that it can explain this model, as far as that can be known before.
     *
     * @throws InvalidInputException if the model lacks a capability or a kind of layer that the method needs, or the layer that
     *     it is told to look at: by convention an option called {@code layer} names a layer of the model, or several joined
     *     by +, or is empty; one called {@code baseline} may be the mean of reference images, which the model then must have
     */
    void requireFit(Model model) {
        String name = card.name();
        for (Class<?> need : card.needs()) {
            if (model.capability(need).isEmpty()) {
                if (need == Background.class) {
                    throw new InvalidInputException(
                            "explainer '%s' compares with reference images; give some with '--background', such as"
                                    + " '--background mnist'",
                            name);
                }
                throw new InvalidInputException(
                        "explainer '%s' needs a model that offers %s, model '%s' does not",
                        name, need.getSimpleName(), model.signature().name());
            }
        }
        try {
            card.layers().forEach(model.signature()::requireLayers);
            if (options.getOrDefault("baseline", "").equals(new Baseline.Mean().toString())) {
                model.require(Background.class);
            }
            String layer = options.getOrDefault("layer", "");
            if (!layer.isEmpty()) {
                List.of(layer.split("\\+", -1)).forEach(model.signature()::layer);
            }
        } catch (InvalidInputException e) {
            throw new InvalidInputException(e, "explainer '%s': %s", name, e.getMessage());
        }
        wrapped.ifPresent(inner -> inner.requireFit(model));
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

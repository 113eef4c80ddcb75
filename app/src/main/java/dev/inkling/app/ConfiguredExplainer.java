package dev.inkling.app;

import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

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
}

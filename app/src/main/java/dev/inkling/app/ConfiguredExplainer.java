package dev.inkling.app;

import dev.inkling.spi.Explainer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An explainer with its options, as asked for.
 *
 * @param name as in {@code grad-cam}
 * @param title as in {@code Grad-CAM}
 * @param options all of them, defaults included, in the order of the explainer's record
 * @param explainer does the work
 */
public record ConfiguredExplainer(String name, String title, Map<String, String> options, Explainer explainer) {

    public ConfiguredExplainer {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }
}

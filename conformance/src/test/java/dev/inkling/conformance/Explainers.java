package dev.inkling.conformance;

import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Options;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The built-in explainers and the plug-in's, by name. */
final class Explainers {

    private static final List<ExplainerProvider<?>> PROVIDERS = ServiceLoader.load(ExplainerProvider.class).stream()
            .<ExplainerProvider<?>>map(ServiceLoader.Provider::get)
            .toList();

    private Explainers() {}

    static Explainer named(String name, Map<String, String> options) {
        return PROVIDERS.stream()
                .filter(each -> each.card().name().equals(name))
                .findFirst()
                .map(provider -> create(provider, options))
                .orElseThrow(() -> new AssertionError("there is no explainer '" + name + "'"));
    }

    private static <O extends Record> Explainer create(ExplainerProvider<O> provider, Map<String, String> options) {
        return provider.create(Options.parse(provider.options(), options));
    }

    /** Reads {@code key=value,key=value}; null is none. */
    static Map<String, String> options(String text) {
        Map<String, String> options = new LinkedHashMap<>();
        if (text != null && !text.isEmpty()) {
            for (String option : text.split(",")) {
                String[] parts = option.split("=", 2);
                options.put(parts[0], parts[1]);
            }
        }
        return options;
    }
}

package dev.inkling.app;

import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An explainer as the user typed it: {@code grad-cam} or {@code smooth-grad:samples=50,seed=1}.
 *
 * @param name not looked up yet
 * @param options in the order typed, not checked yet
 */
public record ExplainerSpec(String name, Map<String, String> options) {

    public ExplainerSpec {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Reads exactly one explainer.
     *
     * @throws InvalidInputException as {@link #parseList}, or if there are several
     */
    public static ExplainerSpec parse(String text) {
        List<ExplainerSpec> specs = parseList(text);
        if (specs.size() > 1) {
            throw new InvalidInputException("expected one explainer, found %d in '%s'", specs.size(), text);
        }
        return specs.get(0);
    }

    /**
     * Reads a list such as {@code grad-cam,smooth-grad:samples=50,seed=1}. Commas separate both explainers and options:
     * after {@code name:} each {@code key=value} belongs to that explainer, anything else begins the next.
     *
     * @throws InvalidInputException if a name, key or value is empty, a key comes twice, or an option has no explainer that
     *     it could belong to
     */
    public static List<ExplainerSpec> parseList(String text) {
        List<ExplainerSpec> specs = new ArrayList<>();
        String name = null;
        // Null while the current explainer has no colon, and so takes no options.
        Map<String, String> options = null;
        for (String segment : text.split(",", -1)) {
            String part = segment.strip();
            if (part.isEmpty()) {
                throw new InvalidInputException(
                        "empty explainer in '%s'; expected names separated by commas, such as grad-cam,saliency", text);
            }
            int equals = part.indexOf('=');
            int colon = part.indexOf(':');
            boolean begins = equals < 0 || colon >= 0 && colon < equals;
            if (begins) {
                if (name != null) {
                    specs.add(new ExplainerSpec(name, options == null ? Map.of() : options));
                }
                name = colon < 0 ? part : part.substring(0, colon).strip();
                options = colon < 0 ? null : new LinkedHashMap<>();
                if (name.isEmpty()) {
                    throw new InvalidInputException("no explainer's name before the colon in '%s'", part);
                }
                if (colon >= 0) {
                    option(name, part.substring(colon + 1).strip(), options);
                }
            } else if (options == null) {
                throw new InvalidInputException(
                        name == null
                                ? "option '" + part + "' has no explainer before it; expected NAME:" + part
                                : "option '" + part + "' follows '" + name + "' without a colon; expected " + name + ":"
                                        + part);
            } else {
                option(name, part, options);
            }
        }
        specs.add(new ExplainerSpec(name, options == null ? Map.of() : options));
        return List.copyOf(specs);
    }

    private static void option(String name, String part, Map<String, String> options) {
        int equals = part.indexOf('=');
        if (equals <= 0) {
            throw new InvalidInputException(
                    "explainer '%s': expected KEY=VALUE after the colon, found '%s'", name, part);
        }
        String key = part.substring(0, equals).strip();
        if (options.put(key, part.substring(equals + 1).strip()) != null) {
            throw new InvalidInputException("explainer '%s': option '%s' is given twice", name, key);
        }
    }

    /** As a user would type it; {@link #parse} reads it back. */
    @Override
    public String toString() {
        return options.isEmpty()
                ? name
                : options.entrySet().stream()
                        .map(option -> option.getKey() + "=" + option.getValue())
                        .collect(Collectors.joining(",", name + ":", ""));
    }
}

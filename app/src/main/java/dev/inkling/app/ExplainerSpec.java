package dev.inkling.app;

import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An explainer as the user typed it: {@code grad-cam}, {@code smooth-grad:samples=50,seed=1}, or with wrappers around it
 * {@code noise-tunnel:samples=20,noise=0.1+grad-cam:layer=block2/conv2}.
 *
 * @param name not looked up yet
 * @param options in the order typed, not checked yet
 * @param wrapped what it is around, if it is a wrapper
 */
public record ExplainerSpec(String name, Map<String, String> options, Optional<ExplainerSpec> wrapped) {

    /** A name up to the colon before its options, to what it is around, or to the end. */
    private static final Pattern NAME = Pattern.compile("([^:+]*)(:|\\+|$)");

    private static final String AROUND = "\\+\\s*(?=[a-zA-Z])";

    public ExplainerSpec {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** Around nothing. */
    public ExplainerSpec(String name, Map<String, String> options) {
        this(name, options, Optional.empty());
    }

    /**
     * Reads exactly one explainer.
     *
     * @throws InvalidInputException as {@link #parseList}, or if there are several
     */
    public static ExplainerSpec parse(String text, Set<String> wrappers) {
        List<ExplainerSpec> specs = parseList(text, wrappers);
        if (specs.size() > 1) {
            throw new InvalidInputException("expected one explainer, found %d in '%s'", specs.size(), text);
        }
        return specs.get(0);
    }

    /**
     * Reads a list such as {@code grad-cam,smooth-grad:samples=50,seed=1}. Commas separate both explainers and options:
     * after {@code name:} each {@code key=value} belongs to that explainer, anything else begins the next. In the options of a
     * wrapper a {@code +} before a letter ends them, and what it is around begins; in those of others it is part of the value.
     *
     * @param wrappers names of wrappers
     * @throws InvalidInputException if a name, key or value is empty, a key comes twice, or an option has no explainer that
     *     it could belong to
     */
    public static List<ExplainerSpec> parseList(String text, Set<String> wrappers) {
        List<ExplainerSpec> specs = new ArrayList<>();
        Chain chain = new Chain(wrappers);
        for (String segment : text.split(",", -1)) {
            String part = segment.strip();
            if (part.isEmpty()) {
                throw new InvalidInputException(
                        "empty explainer in '%s'; expected names separated by commas, such as grad-cam,saliency", text);
            }
            int equals = part.indexOf('=');
            int colon = part.indexOf(':');
            if (equals < 0 || colon >= 0 && colon < equals) {
                chain.spec().ifPresent(specs::add);
                chain = new Chain(wrappers);
                chain.begin(part);
            } else {
                chain.option(part);
            }
        }
        chain.spec().ifPresent(specs::add);
        return List.copyOf(specs);
    }

    /** An explainer being read, with the wrappers around it before it. */
    private static final class Chain {

        private final Set<String> wrappers;
        private final List<String> names = new ArrayList<>();

        /** Of each name; null where it has no colon, and so takes none. */
        private final List<Map<String, String>> options = new ArrayList<>();

        Chain(Set<String> wrappers) {
            this.wrappers = wrappers;
        }

        /** Empty before anything has begun. */
        Optional<ExplainerSpec> spec() {
            Optional<ExplainerSpec> spec = Optional.empty();
            for (int i = names.size() - 1; i >= 0; i--) {
                spec = Optional.of(
                        new ExplainerSpec(names.get(i), options.get(i) == null ? Map.of() : options.get(i), spec));
            }
            return spec;
        }

        /** A name, and whatever follows it. */
        void begin(String part) {
            Matcher matcher = NAME.matcher(part);
            if (!matcher.lookingAt() || matcher.group(1).isBlank()) {
                throw new InvalidInputException("no explainer's name before the colon in '%s'", part);
            }
            names.add(matcher.group(1).strip());
            String rest = part.substring(matcher.end());
            options.add(matcher.group(2).equals(":") ? new LinkedHashMap<>() : null);
            if (matcher.group(2).equals(":")) {
                option(rest.strip());
            } else if (matcher.group(2).equals(ExplainerCard.JOINT)) {
                begin(rest);
            }
        }

        /** A key and a value, and for a wrapper perhaps what it is around. */
        void option(String part) {
            if (names.isEmpty()) {
                throw new InvalidInputException("option '%s' has no explainer before it; expected NAME:%s", part, part);
            }
            String name = names.get(names.size() - 1);
            Map<String, String> current = options.get(names.size() - 1);
            if (current == null) {
                throw new InvalidInputException(
                        "option '%s' follows '%s' without a colon; expected %s:%s", part, name, name, part);
            }
            int equals = part.indexOf('=');
            if (equals <= 0) {
                throw new InvalidInputException(
                        "explainer '%s': expected KEY=VALUE after the colon, found '%s'", name, part);
            }
            String key = part.substring(0, equals).strip();
            String[] value = wrappers.contains(name)
                    ? part.substring(equals + 1).split(AROUND, 2)
                    : new String[] {part.substring(equals + 1)};
            if (current.put(key, value[0].strip()) != null) {
                throw new InvalidInputException("explainer '%s': option '%s' is given twice", name, key);
            }
            if (value.length == 2) {
                begin(value[1]);
            }
        }
    }

    /** As a user would type it; {@link #parse} reads it back. */
    @Override
    public String toString() {
        String own = options.isEmpty()
                ? name
                : options.entrySet().stream()
                        .map(option -> option.getKey() + "=" + option.getValue())
                        .collect(Collectors.joining(",", name + ":", ""));
        return own + wrapped.map(spec -> ExplainerCard.JOINT + spec).orElse("");
    }
}

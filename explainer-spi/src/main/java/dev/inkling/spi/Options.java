package dev.inkling.spi;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads and describes records of options. The record is the one source: command-line flags, forms, validation messages,
 * provenance and documentation all come from it.
 *
 * <p>A component is an {@code int}, {@code long}, {@code double}, {@code boolean}, {@code String}, an enum (typed in lower
 * case with hyphens), or any class with a public static {@code valueOf(String)}, such as {@link Extent}.
 */
public final class Options {

    private Options() {}

    /**
     * The options of a record, in order.
     *
     * @throws IllegalArgumentException if a component lacks {@link Option} or has a type that cannot be read: a mistake of
     *     the explainer's author
     */
    public static List<OptionSpec> specs(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents()).map(Options::spec).toList();
    }

    /**
     * A record from what a user typed, with defaults for the rest.
     *
     * @param given option name to value, such as {@code samples} to {@code 50}
     * @throws InvalidInputException if names are unknown, values cannot be read or are out of bounds, or contradict each
     *     other; the message tells all problems at once
     */
    public static <O extends Record> O parse(Class<O> type, Map<String, String> given) {
        List<String> problems = new ArrayList<>();
        List<OptionSpec> specs = specs(type);
        List<String> names = specs.stream().map(OptionSpec::name).toList();
        given.keySet().stream()
                .filter(name -> !names.contains(name))
                .forEach(name -> problems.add("no option '" + name + "'; "
                        + (names.isEmpty() ? "there are no options" : "options: " + String.join(", ", names))));
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            OptionSpec spec = specs.get(i);
            try {
                values[i] = read(components[i].getType(), spec, given.getOrDefault(spec.name(), spec.defaultValue()));
            } catch (IllegalArgumentException | InvalidInputException e) {
                problems.add("option '" + spec.name() + "': " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException(String.join("; ", problems));
        }
        return construct(type, values);
    }

    /** A record of all defaults. */
    public static <O extends Record> O defaults(Class<O> type) {
        return parse(type, Map.of());
    }

    /** What a record holds, by option name, as a user would type it; {@link #parse} reads it back. */
    public static Map<String, String> values(Record options) {
        Map<String, String> values = new LinkedHashMap<>();
        for (RecordComponent component : options.getClass().getRecordComponents()) {
            try {
                Method accessor = component.getAccessor();
                accessor.setAccessible(true);
                Object value = accessor.invoke(options);
                values.put(
                        hyphenated(component.getName()), value instanceof Enum<?> e ? typed(e) : String.valueOf(value));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot read " + component, e);
            }
        }
        return values;
    }

    private static OptionSpec spec(RecordComponent component) {
        Option option = component.getAnnotation(Option.class);
        if (option == null) {
            throw new IllegalArgumentException(component.getDeclaringRecord().getName() + "." + component.getName()
                    + " is not annotated with @Option");
        }
        Class<?> type = component.getType();
        List<String> choices = type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(constant -> typed((Enum<?>) constant))
                        .toList()
                : List.of();
        String typeName = type.isEnum() ? "choice" : type.getSimpleName().toLowerCase(Locale.ROOT);
        return new OptionSpec(
                hyphenated(component.getName()),
                typeName,
                option.value(),
                option.help(),
                option.min(),
                option.max(),
                choices);
    }

    private static Object read(Class<?> type, OptionSpec spec, String text) {
        if (type == int.class || type == long.class) {
            return whole(type, spec, text);
        } else if (type == double.class) {
            return bounded(spec, number(text, "a number"), text);
        } else if (type == boolean.class) {
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("expected true or false, found '" + text + "'");
            };
        } else if (type == String.class) {
            return text;
        } else if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(constant -> typed((Enum<?>) constant).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "expected one of " + String.join(", ", spec.choices()) + ", found '" + text + "'"));
        }
        return valueOf(type, text);
    }

    private static Object whole(Class<?> type, OptionSpec spec, String text) {
        long value;
        try {
            value = type == int.class ? Integer.parseInt(text) : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a whole number, found '" + text + "'", e);
        }
        bounded(spec, value, text);
        if (type == int.class) {
            return (int) value;
        }
        return value;
    }

    private static double number(String text, String expected) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // falls through to the message below
        }
        throw new IllegalArgumentException("expected " + expected + ", found '" + text + "'");
    }

    private static double bounded(OptionSpec spec, double value, String text) {
        if (value < spec.min() || value > spec.max()) {
            throw new IllegalArgumentException("expected " + bounds(spec) + ", found " + text);
        }
        return value;
    }

    private static String bounds(OptionSpec spec) {
        if (spec.max() == Double.POSITIVE_INFINITY) {
            return "at least " + plain(spec.min());
        }
        if (spec.min() == Double.NEGATIVE_INFINITY) {
            return "at most " + plain(spec.max());
        }
        return plain(spec.min()) + " to " + plain(spec.max());
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    private static Object valueOf(Class<?> type, String text) {
        try {
            Method valueOf = type.getMethod("valueOf", String.class);
            if (!Modifier.isStatic(valueOf.getModifiers())) {
                throw new NoSuchMethodException("valueOf is not static");
            }
            return valueOf.invoke(null, text);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "options of type " + type.getName() + " cannot be read: it has no public static valueOf(String)",
                    e);
        }
    }

    private static <O extends Record> O construct(Class<O> type, Object[] values) {
        try {
            Class<?>[] types = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            Constructor<O> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException || e.getCause() instanceof InvalidInputException) {
                throw new InvalidInputException(e.getCause(), "%s", e.getCause().getMessage());
            }
            throw new IllegalStateException("cannot construct " + type.getName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot construct " + type.getName(), e);
        }
    }

    /** {@code GAUSS_LEGENDRE} is typed {@code gauss-legendre}. */
    private static String typed(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code windowHeight} is typed {@code window-height}. */
    private static String hyphenated(String name) {
        return name.chars()
                .mapToObj(c -> Character.isUpperCase(c) ? "-" + (char) Character.toLowerCase(c) : "" + (char) c)
                .collect(Collectors.joining());
    }
}

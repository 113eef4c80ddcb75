package dev.inkling.app;

import com.beust.jcommander.JCommander;
import com.beust.jcommander.ParameterDescription;
import com.beust.jcommander.Parameters;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.commons.text.WordUtils;

/** The text of {@code --help}: usage, options by group, examples. */
final class Help {

    private static final int WIDTH = 100;
    private static final int WIDEST_LEFT_COLUMN = 30;

    private Help() {}

    static String ofProgram(JCommander program, Map<String, CommandSettings> commands) {
        StringBuilder text =
                new StringBuilder("Trains an image classifier and shows why it decides what it decides.\n\n");
        text.append("usage: inkling COMMAND [OPTION]...\n");
        Map<String, String> rows = new LinkedHashMap<>();
        commands.forEach((name, settings) -> rows.put(name, description(settings)));
        section(text, "commands", rows);
        section(text, "options of every command", rows(described(program)));
        examples(text, List.of("inkling COMMAND --help", "inkling explainers"));
        return text.toString();
    }

    static String ofCommand(String name, JCommander command, CommandSettings settings) {
        Optional<ParameterDescription> positional = Optional.ofNullable(command.getMainParameterValue());
        StringBuilder text = new StringBuilder("usage: inkling " + name + " [OPTION]...");
        positional.ifPresent(p -> text.append(' ').append(placeholder(p)));
        text.append("\n\n")
                .append(WordUtils.wrap(sentence(description(settings)), WIDTH))
                .append('\n');
        positional.ifPresent(p -> section(text, "arguments", Map.of(placeholder(p), p.getDescription())));
        Predicate<ParameterDescription> everybodys = option -> option.getObject() instanceof GlobalSettings;
        described(command).stream()
                .filter(everybodys.negate())
                .collect(Collectors.groupingBy(
                        ParameterDescription::getCategory, LinkedHashMap::new, Collectors.toList()))
                .forEach(
                        (category, options) -> section(text, category.isEmpty() ? "options" : category, rows(options)));
        section(
                text,
                "options of every command",
                rows(described(command).stream().filter(everybodys).toList()));
        examples(text, settings.examples());
        return text.toString();
    }

    /** The options of a command or program that are not hidden, in the order in which they are declared. */
    static List<ParameterDescription> described(JCommander scope) {
        return scope.getFields().values().stream()
                .filter(option -> !option.getParameter().hidden())
                .sorted(Comparator.comparingInt((ParameterDescription option) -> rank(option, scope))
                        .thenComparingInt(Help::place))
                .toList();
    }

    /** The command's own options, then those of its delegates, then everybody's. */
    private static int rank(ParameterDescription option, JCommander scope) {
        int index = scope.getObjects().indexOf(option.getObject());
        return index < 0 ? 1 : 2 * index;
    }

    /** JCommander shuffles; reflection gives fields in the order of the source. */
    private static int place(ParameterDescription option) {
        List<String> fields = Arrays.stream(option.getObject().getClass().getDeclaredFields())
                .map(Field::getName)
                .toList();
        return fields.indexOf(option.getParameterized().getName());
    }

    private static String description(CommandSettings settings) {
        return settings.getClass().getAnnotation(Parameters.class).commandDescription();
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    private static Map<String, String> rows(Collection<ParameterDescription> options) {
        Map<String, String> rows = new LinkedHashMap<>();
        for (ParameterDescription option : options) {
            String left = option.getNames() + (placeholder(option).isEmpty() ? "" : " " + placeholder(option));
            String right = option.getDescription();
            if (option.getParameter().required()) {
                right += " (required)";
            } else if (shownDefault(option).isPresent()) {
                right += " (default: " + shownDefault(option).get() + ")";
            }
            rows.put(left, right);
        }
        return rows;
    }

    /** Flags are off, lists empty and texts blank by default: that goes without saying. */
    private static Optional<String> shownDefault(ParameterDescription option) {
        return Optional.ofNullable(option.getDefaultValueDescription())
                .or(() -> Optional.ofNullable(option.getDefault()))
                .filter(value -> !(value instanceof Boolean) && !(value instanceof Collection))
                .map(String::valueOf)
                .filter(value -> !value.isBlank());
    }

    private static String placeholder(ParameterDescription option) {
        return option.getParameterAnnotation().placeholder();
    }

    private static void section(StringBuilder text, String heading, Map<String, String> rows) {
        int left = rows.keySet().stream()
                .map(String::length)
                .filter(length -> length <= WIDEST_LEFT_COLUMN)
                .max(Comparator.naturalOrder())
                .orElse(WIDEST_LEFT_COLUMN);
        String indent = " ".repeat(left + 4);
        text.append('\n').append(heading).append('\n');
        rows.forEach((name, description) -> {
            text.append("  ").append(name);
            text.append(name.length() > left ? "\n" + indent : " ".repeat(left + 2 - name.length()));
            text.append(WordUtils.wrap(description, WIDTH - indent.length(), "\n" + indent, false))
                    .append('\n');
        });
    }

    private static void examples(StringBuilder text, List<String> examples) {
        text.append("\nexamples\n");
        examples.forEach(example -> text.append("  ").append(example).append('\n'));
    }
}

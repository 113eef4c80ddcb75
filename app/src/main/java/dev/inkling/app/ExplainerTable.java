package dev.inkling.app;

import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.OptionSpec;
import dev.inkling.spi.WrapperCard;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.text.WordUtils;

/** Explainers as text for a person. */
final class ExplainerTable {

    /** Where lines of options are broken. */
    private static final int WIDTH = 120;

    private ExplainerTable() {}

    /** Methods by family, a line each; wrappers come last, with {@code +} where what they are around stands. */
    static String overview(List<InstalledExplainer> explainers, List<InstalledWrapper> wrappers) {
        Map<String, List<Line>> groups = new LinkedHashMap<>();
        for (ExplainerCard.Family family : ExplainerCard.Family.values()) {
            for (InstalledExplainer explainer : explainers) {
                if (explainer.card().family() == family) {
                    groups.computeIfAbsent(lower(family), none -> new ArrayList<>())
                            .add(new Line(
                                    explainer.name(), needs(explainer.card()), explainer.options(), explainer.jar()));
                }
            }
        }
        for (InstalledWrapper wrapper : wrappers) {
            groups.computeIfAbsent("around another", none -> new ArrayList<>())
                    .add(new Line(
                            wrapper.name() + ExplainerCard.JOINT,
                            needs(wrapper.card()),
                            wrapper.options(),
                            wrapper.jar()));
        }
        List<Line> all = groups.values().stream().flatMap(List::stream).toList();
        int name = all.stream().mapToInt(line -> line.name().length()).max().orElse(0);
        int needs = all.stream().mapToInt(line -> line.needs().length()).max().orElse(0);
        String indent = " ".repeat(name + needs + 6);
        StringBuilder text = new StringBuilder();
        groups.forEach((group, lines) -> {
            text.append(text.isEmpty() ? "" : "\n").append(group).append('\n');
            for (Line line : lines) {
                text.append(String.format("  %-" + name + "s  %-" + needs + "s  ", line.name(), line.needs()))
                        .append(WordUtils.wrap(defaults(line.options()), WIDTH - indent.length(), "\n" + indent, false))
                        .append('\n');
            }
        });
        Map<String, Long> jars =
                all.stream().collect(Collectors.groupingBy(Line::jar, TreeMap::new, Collectors.counting()));
        text.append('\n');
        jars.forEach(
                (jar, count) -> text.append(count).append(" from ").append(jar).append('\n'));
        return text.append("'inkling explainers NAME' tells all about one\n").toString();
    }

    /** What the overview says of a method. */
    private record Line(String name, String needs, List<OptionSpec> options, String jar) {}

    /** All about one. */
    static String details(InstalledExplainer explainer) {
        ExplainerCard card = explainer.card();
        Contract contract = card.contract();
        StringBuilder text = new StringBuilder();
        text.append(card.name()).append(": ").append(card.title()).append('\n');
        text.append("  ").append(card.summary()).append('\n');
        text.append(columns(List.of(
                List.of("  paper", card.paper()),
                List.of("  family", lower(card.family())),
                List.of("  needs", needs(card)),
                List.of(
                        "  values",
                        lower(contract.sign()) + ", " + contract.unit()
                                + (contract.complete() ? ", summing to the score minus the score of the baseline" : "")
                                + (card.targeted() ? "" : ", the same for every target")),
                List.of("  from", explainer.origin()))));
        return text.append(options(explainer.options())).append('\n').toString();
    }

    /** All about one wrapper. */
    static String details(InstalledWrapper wrapper) {
        WrapperCard card = wrapper.card();
        return card.name() + ExplainerCard.JOINT + ": " + card.title() + "\n  " + card.summary() + " (the method around"
                + " which it is)\n"
                + columns(List.of(
                        List.of("  paper", card.paper()),
                        List.of("  needs", needs(card)),
                        List.of("  from", wrapper.origin())))
                + options(wrapper.options()) + "\n";
    }

    private static String defaults(List<OptionSpec> options) {
        return options.isEmpty()
                ? "no options"
                : options.stream()
                        .map(option -> option.name() + "=" + option.defaultValue())
                        .collect(Collectors.joining(" "));
    }

    private static String options(List<OptionSpec> options) {
        return (options.isEmpty() ? "  no options\n" : "  options\n")
                + columns(options.stream().map(ExplainerTable::option).toList());
    }

    private static List<String> option(OptionSpec option) {
        return List.of(
                "    " + option.name() + "=" + option.defaultValue(), option.type() + bounds(option), option.help());
    }

    private static String bounds(OptionSpec option) {
        boolean from = Double.isFinite(option.min());
        boolean to = Double.isFinite(option.max());
        if (!option.choices().isEmpty()) {
            return " " + String.join("|", option.choices());
        } else if (from && to) {
            return " " + plain(option.min()) + " to " + plain(option.max());
        } else if (from) {
            return " from " + plain(option.min());
        } else if (to) {
            return " up to " + plain(option.max());
        }
        return "";
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    private static String needs(ExplainerCard card) {
        String needs = Stream.concat(
                        card.needs().stream().map(Class::getSimpleName),
                        card.layers().stream().map(kind -> lower(kind) + " layer"))
                .collect(Collectors.joining(", "));
        return needs.isEmpty() ? "scores" : needs;
    }

    private static String needs(WrapperCard card) {
        return Stream.concat(Stream.of("an explainer"), card.needs().stream().map(Class::getSimpleName))
                .collect(Collectors.joining(", "));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Pads every column but the last to its widest cell. */
    static String columns(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size() - 1; column++) {
                int index = column;
                int width =
                        rows.stream().mapToInt(r -> r.get(index).length()).max().orElse(0);
                String cell = row.get(column);
                text.append(cell).append(" ".repeat(width - cell.length() + 2));
            }
            text.append(row.get(row.size() - 1)).append('\n');
        }
        return text.toString();
    }
}

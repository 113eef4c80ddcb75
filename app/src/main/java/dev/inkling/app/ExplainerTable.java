package dev.inkling.app;

import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.OptionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Explainers as text for a person. */
final class ExplainerTable {

    private static final List<String> HEADINGS = List.of("NAME", "TITLE", "NEEDS", "FROM", "OPTIONS");

    private ExplainerTable() {}

    /** A line for each. */
    static String overview(List<InstalledExplainer> explainers) {
        List<List<String>> rows = new ArrayList<>(List.of(HEADINGS));
        for (InstalledExplainer explainer : explainers) {
            rows.add(List.of(
                    explainer.name(),
                    explainer.card().title(),
                    needs(explainer.card()),
                    explainer.jar(),
                    explainer.options().isEmpty()
                            ? "none"
                            : explainer.options().stream()
                                    .map(option -> option.name() + "=" + option.defaultValue())
                                    .collect(Collectors.joining(" "))));
        }
        return columns(rows);
    }

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
        text.append(explainer.options().isEmpty() ? "  no options\n" : "  options\n");
        text.append(
                columns(explainer.options().stream().map(ExplainerTable::option).toList()));
        return text.append('\n').toString();
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

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Pads every column but the last to its widest cell. */
    private static String columns(List<List<String>> rows) {
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

package dev.inkling.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.OptionSpec;
import dev.inkling.spi.WrapperCard;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What {@code explainers --json} prints: the components are the keys, which others script against. */
record ExplainerListing(List<Entry> explainers, List<WrapperEntry> wrappers, List<Broken> broken) {

    /** One explainer; {@code origin} is the path of its jar. */
    record Entry(
            String name,
            String title,
            String summary,
            String paper,
            String family,
            List<String> needs,
            List<String> layers,
            boolean targeted,
            Contract contract,
            List<OptionEntry> options,
            String origin) {}

    /** One wrapper; {@code origin} is the path of its jar. */
    record WrapperEntry(
            String name,
            String title,
            String summary,
            String paper,
            List<String> needs,
            List<OptionEntry> options,
            String origin) {}

    record Contract(String sign, boolean complete, String unit) {}

    /** Null where there is no bound. */
    record OptionEntry(
            String name,
            String type,
            @JsonProperty("default") String defaultValue,
            String help,
            Double min,
            Double max,
            List<String> choices) {}

    /** {@code explainer} is null where not even the name is known. */
    record Broken(String explainer, List<String> origins, String reason) {}

    static ExplainerListing of(
            List<InstalledExplainer> installed, List<InstalledWrapper> wrappers, List<BrokenPlugin> plugins) {
        return new ExplainerListing(
                installed.stream().map(ExplainerListing::entry).toList(),
                wrappers.stream().map(ExplainerListing::entry).toList(),
                plugins.stream()
                        .map(plugin -> new Broken(plugin.explainer().orElse(null), plugin.origins(), plugin.reason()))
                        .toList());
    }

    String json() {
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(this);
    }

    private static Entry entry(InstalledExplainer explainer) {
        ExplainerCard card = explainer.card();
        Attribution.Contract contract = card.contract();
        return new Entry(
                card.name(),
                card.title(),
                card.summary(),
                card.paper(),
                lower(card.family()),
                card.needs().stream().map(Class::getSimpleName).toList(),
                card.layers().stream().map(ExplainerListing::lower).toList(),
                card.targeted(),
                new Contract(lower(contract.sign()), contract.complete(), contract.unit()),
                explainer.options().stream().map(ExplainerListing::option).toList(),
                explainer.origin());
    }

    private static WrapperEntry entry(InstalledWrapper wrapper) {
        WrapperCard card = wrapper.card();
        return new WrapperEntry(
                card.name(),
                card.title(),
                card.summary(),
                card.paper(),
                card.needs().stream().map(Class::getSimpleName).toList(),
                wrapper.options().stream().map(ExplainerListing::option).toList(),
                wrapper.origin());
    }

    private static OptionEntry option(OptionSpec spec) {
        return new OptionEntry(
                spec.name(),
                spec.type(),
                spec.defaultValue(),
                spec.help(),
                Double.isInfinite(spec.min()) ? null : spec.min(),
                Double.isInfinite(spec.max()) ? null : spec.max(),
                spec.choices());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}

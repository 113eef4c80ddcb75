package dev.inkling.app;

import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.OptionSpec;
import dev.inkling.spi.Options;
import dev.inkling.spi.WrapperCard;
import dev.inkling.spi.WrapperProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A wrapper that can be used. Its code runs with its own class loader as the thread's context loader.
 *
 * @param provider as found
 * @param card what the provider said when it was found; it is not asked again
 * @param origin the jar that it came from, as a path
 */
public record InstalledWrapper(WrapperProvider<?> provider, WrapperCard card, String origin) {

    /** What users type. */
    public String name() {
        return card.name();
    }

    /** The file name of the jar that it came from. */
    public String jar() {
        return String.valueOf(Path.of(origin).getFileName());
    }

    /** Its options, in order. */
    public List<OptionSpec> options() {
        return Options.specs(provider.options());
    }

    /**
     * An explainer with this wrapper and these options around it, defaults for the rest.
     *
     * @throws InvalidInputException if an option is unknown, cannot be read or is out of bounds; or if the plug-in lacks a
     *     class
     */
    ConfiguredExplainer around(ConfiguredExplainer explainer, Map<String, String> options) {
        PluginCode code = new PluginCode(provider.getClass(), "wrapper '" + name() + "'", jar());
        return around(provider, explainer, options, code);
    }

    /**
     * How many evaluations of the model one image may take with these options, if that can be told.
     *
     * @param wrapped how many the wrapped explainer takes
     * @throws InvalidInputException as {@link #around}
     */
    OptionalLong evaluations(Map<String, String> options, long wrapped) {
        PluginCode code = new PluginCode(provider.getClass(), "wrapper '" + name() + "'", jar());
        return code.call(() -> evaluations(provider, options, wrapped, code));
    }

    private static <O extends Record> OptionalLong evaluations(
            WrapperProvider<O> typed, Map<String, String> options, long wrapped, PluginCode code) {
        return typed.evaluations(code.parse(typed.options(), options), wrapped);
    }

    private <O extends Record> ConfiguredExplainer around(
            WrapperProvider<O> typed, ConfiguredExplainer wrapped, Map<String, String> given, PluginCode code) {
        return code.call(() -> {
            O options = code.parse(typed.options(), given);
            return new ConfiguredExplainer(
                    card.around(wrapped.card(), typed.contract(wrapped.card().contract(), options)),
                    Options.values(options),
                    code.guarded(typed.wrap(wrapped.explainer(), options)),
                    Optional.of(wrapped));
        });
    }
}

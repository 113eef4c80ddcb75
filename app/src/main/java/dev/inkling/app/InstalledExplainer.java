package dev.inkling.app;

import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.OptionSpec;
import dev.inkling.spi.Options;
import dev.inkling.spi.PluginClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * An explainer that can be used. Its code runs with its own class loader as the thread's context loader.
 *
 * @param provider as found
 * @param card what the provider said when it was found; it is not asked again
 * @param origin the jar that it came from, as a path
 */
public record InstalledExplainer(ExplainerProvider<?> provider, ExplainerCard card, String origin) {

    /** What users type. */
    public String name() {
        return card.name();
    }

    /** The file name of the jar that it came from. */
    public String jar() {
        return String.valueOf(Path.of(origin).getFileName());
    }

    /** Whether it came in a plug-in, not with the program. */
    boolean isDroppedIn() {
        return provider.getClass().getClassLoader() instanceof PluginClassLoader;
    }

    /** Its options, in order. */
    public List<OptionSpec> options() {
        return Options.specs(provider.options());
    }

    /**
     * The method with these options, defaults for the rest.
     *
     * @throws InvalidInputException if an option is unknown, cannot be read or is out of bounds; or if the plug-in lacks a
     *     class
     */
    public Explainer create(Map<String, String> options) {
        return code().guarded(code().call(() -> create(provider, options)));
    }

    /**
     * All options as they will be used, as a user would type them: those given, and defaults for the rest.
     *
     * @throws InvalidInputException as {@link #create}
     */
    public Map<String, String> resolved(Map<String, String> options) {
        return code().call(() -> Options.values(code().parse(provider.options(), options)));
    }

    /**
     * How many evaluations of the model one image may take with these options, if that can be told.
     *
     * @throws InvalidInputException as {@link #create}
     */
    public OptionalLong evaluations(Map<String, String> options, ModelSignature signature) {
        return code().call(() -> evaluations(provider, options, signature));
    }

    private <O extends Record> OptionalLong evaluations(
            ExplainerProvider<O> typed, Map<String, String> options, ModelSignature signature) {
        return typed.evaluations(code().parse(typed.options(), options), signature);
    }

    private <O extends Record> Explainer create(ExplainerProvider<O> typed, Map<String, String> options) {
        return typed.create(code().parse(typed.options(), options));
    }

    private PluginCode code() {
        return new PluginCode(provider.getClass(), "explainer '" + name() + "'", jar());
    }
}

package dev.inkling.tck;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.OptionSpec;
import dev.inkling.spi.Options;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Who is held to the contract: a provider, by the options and on the model that its author chose.
 *
 * @param options what the author set, by name; the rest are defaults
 * @param candidates values to try, by the name of the option
 * @param baseline from which maps are complete, if the author told it
 */
record Subject<O extends Record>(
        ExplainerProvider<O> provider,
        Model model,
        Map<String, String> options,
        Map<String, List<String>> candidates,
        Optional<Baseline> baseline) {

    Subject<O> on(Model other) {
        return new Subject<>(provider, other, options, candidates, baseline);
    }

    Subject<O> by(String option, String value) {
        Map<String, String> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new Subject<>(provider, model, more, candidates, baseline);
    }

    Subject<O> trying(String option, List<String> values) {
        Map<String, List<String>> more = new LinkedHashMap<>(candidates);
        more.put(option, values);
        return new Subject<>(provider, model, options, more, baseline);
    }

    Subject<O> relativeTo(Baseline known) {
        return new Subject<>(provider, model, options, candidates, Optional.of(known));
    }

    ExplainerCard card() {
        return provider.card();
    }

    ModelSignature signature() {
        return model.signature();
    }

    List<OptionSpec> optionSpecs() {
        return Options.specs(provider.options());
    }

    boolean hasOption(String name) {
        return optionSpecs().stream().anyMatch(spec -> spec.name().equals(name));
    }

    /** By the author's options. */
    Explainer explainer() {
        return with(Map.of());
    }

    /** By the author's options but for this one. */
    Explainer with(String option, String value) {
        return with(Map.of(option, value));
    }

    /** By the author's options but for these. */
    Explainer with(Map<String, String> others) {
        Map<String, String> all = new LinkedHashMap<>(options);
        all.putAll(others);
        return provider.create(Options.parse(provider.options(), all));
    }

    /** What the explainer says of the images. */
    Attribution explained() {
        return explainer().explain(model, images(), targets());
    }

    /** Whether a model has all that the card asks for. */
    boolean canExplain(Model other) {
        List<Kind> shown = other.signature().layers().stream()
                .map(ModelSignature.Layer::kind)
                .toList();
        return shown.containsAll(card().layers())
                && card().needs().stream()
                        .allMatch(need -> other.capability(need).isPresent());
    }

    /** New ones for each call, so that an explainer that writes to its input is caught for that, and for that alone. */
    FloatNdArray images() {
        return Examples.images(signature());
    }

    /** One of the images, as a batch. */
    FloatNdArray image(int index) {
        int size = signature().imageSize();
        return Examples.shaped(
                signature(), Arrays.copyOfRange(FloatArrays.flat(images()), index * size, (index + 1) * size));
    }

    Targets targets() {
        return Examples.targets(signature().classCount());
    }

    /** The row of one of the images. */
    Targets target(int index) {
        return targets().rows(index, index + 1);
    }
}

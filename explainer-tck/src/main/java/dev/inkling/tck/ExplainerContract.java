package dev.inkling.tck;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Baseline;
import dev.inkling.spi.Explainer;
import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.ExplainerProvider;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import dev.inkling.spi.WrapperProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What every explainer promises ({@link Explainer}, {@link ExplainerProvider}, {@link ExplainerCard}), as tests. Immutable:
 * each method gives another contract.
 *
 * <pre>{@code
 * ExplainerContract.of(new Rise.Provider()).with("samples", "50").tests()
 * }</pre>
 *
 * @param <O> the explainer's record of options
 */
public final class ExplainerContract<O extends Record> {

    private final Subject<O> subject;

    /** Why, by the name of a test. */
    private final Map<String, String> exceptions;

    private ExplainerContract(Subject<O> subject, Map<String, String> exceptions) {
        this.subject = subject;
        this.exceptions = exceptions;
    }

    /**
     * The contract on a small network in plain arithmetic that offers every capability: a convolutional one, or where the
     * method needs an attention layer an {@link AttentionModel}.
     */
    public static <O extends Record> ExplainerContract<O> of(ExplainerProvider<O> provider) {
        // Height, width and channels differ, so that an explainer that confuses them cannot pass.
        Model model = provider.card().layers().contains(Kind.ATTENTION)
                ? AttentionModel.random(1, 6, 5, 2, 3)
                : ConvolutionModel.random(1, 6, 5, 2, 4, 3);
        return new ExplainerContract<>(new Subject<>(provider, model, Map.of(), Map.of(), Optional.empty()), Map.of());
    }

    /** The contract of a wrapper: that of explainers, around the gradient, and what it owes to all that it may be around. */
    public static <O extends Record> ExplainerContract<O> of(WrapperProvider<O> wrapper) {
        return of(new WrappedGradient<>(wrapper));
    }

    /**
     * On a model of one's own, for methods that need a capability or a layer that the models here lack.
     *
     * @param model deterministic, with at least two classes and images that are not square
     */
    public ExplainerContract<O> on(Model model) {
        return new ExplainerContract<>(subject.on(model), exceptions);
    }

    /**
     * By this value of an option in place of its default: for methods whose default takes minutes.
     *
     * @param option as a user types it, such as {@code samples}
     * @param value as a user types it
     */
    public ExplainerContract<O> with(String option, String value) {
        return new ExplainerContract<>(subject.by(option, value), exceptions);
    }

    /**
     * With these values to choose from where it is tested whether an option changes the answer: for texts, and for types of
     * the explainer's own.
     *
     * @param option as a user types it
     * @param values other than the default, as a user types them
     */
    public ExplainerContract<O> trying(String option, String... values) {
        return new ExplainerContract<>(subject.trying(option, List.of(values)), exceptions);
    }

    /**
     * With this baseline for a method whose maps are complete and that has no option {@code baseline}: where it is not told, it
     * is taken for the same for all images.
     */
    public ExplainerContract<O> relativeTo(Baseline baseline) {
        return new ExplainerContract<>(subject.relativeTo(baseline), exceptions);
    }

    /**
     * But for one test, which this explainer can not pass and need not. It has to fail: an exception that is no longer
     * needed is an error.
     *
     * @param test the test's name, such as {@code "option 'layer' changes the answer"}
     * @param reason for the reader; it becomes part of the test's name
     */
    public ExplainerContract<O> except(String test, String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("an exception from '" + test + "' needs a reason");
        }
        Map<String, String> more = new LinkedHashMap<>(exceptions);
        more.put(test, reason);
        return new ExplainerContract<>(subject, more);
    }

    /** What the explainer says of the contract's images. */
    Attribution explained() {
        return subject.explained();
    }

    /**
     * A test for each promise, named after it.
     *
     * @throws IllegalArgumentException if there is no test of an exception's name
     */
    public Stream<DynamicTest> tests() {
        List<DynamicTest> tests = checks().flatMap(Checks::tests).toList();
        List<String> names = tests.stream().map(DynamicTest::getDisplayName).toList();
        exceptions.keySet().stream().filter(name -> !names.contains(name)).forEach(name -> {
            throw new IllegalArgumentException(
                    "an exception from '" + name + "', of which there is no test; tests: " + String.join(", ", names));
        });
        return tests.stream()
                .map(test -> exceptions.containsKey(test.getDisplayName())
                        ? excepted(test, exceptions.get(test.getDisplayName()))
                        : test);
    }

    private Stream<Checks> checks() {
        Stream<Checks> all = Stream.of(
                new CardChecks(subject),
                new OptionChecks(subject),
                new ResultChecks(subject),
                new RepetitionChecks(subject),
                new DeclarationChecks(subject),
                new CompletenessChecks(subject),
                new ClosedFormChecks(subject),
                new RefusalChecks(subject),
                new WorkChecks(subject));
        return subject.provider() instanceof WrappedGradient<O> wrapped
                ? Stream.concat(all, Stream.of(new WrapperChecks<>(wrapped.wrapper(), subject)))
                : all;
    }

    /** Whose contract it is: a provider of explainers or of wrappers. */
    Object service() {
        return subject.provider() instanceof WrappedGradient<O> wrapped ? wrapped.wrapper() : subject.provider();
    }

    private static DynamicTest excepted(DynamicTest test, String reason) {
        return dynamicTest(
                "not that " + test.getDisplayName() + ": " + reason,
                () -> assertThrows(
                        AssertionError.class,
                        test.getExecutable(),
                        () -> "the exception from '" + test.getDisplayName() + "' is not needed: remove it"));
    }
}

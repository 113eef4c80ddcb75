package dev.inkling.spi;

import java.util.OptionalLong;

/**
 * The service of a method that works on other methods, such as averaging one over noisy copies; registered in
 * {@code META-INF/services/dev.inkling.spi.WrapperProvider}, one line per wrapper. Any explainer may be wrapped, a wrapped one
 * too: users type {@code noise-tunnel:samples=20+grad-cam:layer=conv2}.
 *
 * <p>As cheap as an {@link ExplainerProvider}, with a public constructor without parameters. Wrappers and explainers share one
 * space of names.
 *
 * @param <O> the record that holds the wrapper's own options, as for {@link ExplainerProvider}
 */
public interface WrapperProvider<O extends Record> {

    /** Who this wrapper is, and what it needs of a model itself. */
    WrapperCard card();

    /** The record of its own options; those of what is wrapped are none of its business. */
    Class<O> options();

    /** What its values mean, given what those of the wrapped explainer mean. */
    Attribution.Contract contract(Attribution.Contract wrapped, O options);

    /**
     * An explainer around another. It keeps the promises of {@link Explainer} if the other does.
     *
     * @throws InvalidInputException if the options contradict each other
     */
    Explainer wrap(Explainer explainer, O options);

    /**
     * How many images an explanation of one sends through the model, at most: see {@link ExplainerProvider#evaluations}.
     *
     * @param wrapped how many the wrapped explainer sends
     * @return empty, the default, where options do not tell
     */
    default OptionalLong evaluations(O options, long wrapped) {
        return OptionalLong.empty();
    }
}

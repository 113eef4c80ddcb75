package dev.inkling.spi;

import java.util.OptionalLong;

/**
 * The service that a jar of explainers registers in
 * {@code META-INF/services/dev.inkling.spi.ExplainerProvider}, one line per method.
 *
 * <p>A provider is cheap: constructing it, {@link #card()} and {@link #options()} load nothing and compute nothing, for
 * every installed provider is asked for its card whenever explainers are listed. Work begins in
 * {@link Explainer#explain}. A provider has a public constructor without parameters.
 *
 * @param <O> the record that holds this method's options; an empty record where there are none
 */
public interface ExplainerProvider<O extends Record> {

    /** Who this method is, what it needs of a model, and what it promises about its results. */
    ExplainerCard card();

    /**
     * The record of options. Each of its components carries an {@link Option}, from which flags, documentation,
     * validation messages and provenance are made: see {@link Options}.
     */
    Class<O> options();

    /**
     * An explainer with these options, which are within the bounds that the record declares.
     *
     * @throws InvalidInputException if the options contradict each other
     */
    Explainer create(O options);

    /**
     * How many images an explanation of one sends through the model, at most, forward and backward counted alike. Users are told
     * before the work begins, and asked again where it is much.
     *
     * @param signature of the model to explain
     * @return empty, the default, where options and signature do not tell or it is only a few
     */
    default OptionalLong evaluations(O options, ModelSignature signature) {
        return OptionalLong.empty();
    }
}

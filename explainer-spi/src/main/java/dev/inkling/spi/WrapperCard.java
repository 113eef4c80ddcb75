package dev.inkling.spi;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * What a wrapper is: a method that works on other methods.
 *
 * @param name what users type, such as {@code noise-tunnel}
 * @param title what people call it
 * @param summary one sentence: what it does to the maps of the method it is around
 * @param paper authors, year, title and link of the publication that defines it
 * @param needs the capabilities it asks of a model itself; those of the wrapped method come on top
 */
public record WrapperCard(String name, String title, String summary, String paper, Set<Class<?>> needs) {

    public WrapperCard {
        if (!name.matches(ExplainerCard.WORDS)) {
            throw new InvalidInputException(
                    "wrapper name '%s' is not lower-case words joined by hyphens, such as noise-tunnel", name);
        }
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(summary, "summary");
        Objects.requireNonNull(paper, "paper");
        needs = Collections.unmodifiableSet(new LinkedHashSet<>(needs));
    }

    /**
     * The card of an explainer with this wrapper around it: names and titles joined by {@code +}, the needs of both, and
     * everything else that of the explainer.
     *
     * @param contract what {@link WrapperProvider#contract} says
     */
    public ExplainerCard around(ExplainerCard explainer, Attribution.Contract contract) {
        Set<Class<?>> both = new LinkedHashSet<>(needs);
        both.addAll(explainer.needs());
        return new ExplainerCard(
                name + ExplainerCard.JOINT + explainer.name(),
                title + " " + ExplainerCard.JOINT + " " + explainer.title(),
                summary + " " + explainer.summary(),
                paper + " " + explainer.paper(),
                explainer.family(),
                both,
                explainer.layers(),
                explainer.targeted(),
                contract);
    }
}

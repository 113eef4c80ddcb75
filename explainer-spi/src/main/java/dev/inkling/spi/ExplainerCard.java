package dev.inkling.spi;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * What an explainer is.
 *
 * @param name what users type: lower-case words joined by hyphens, such as {@code grad-cam}; the name of a wrapped explainer has
 *     those of its wrappers before it, outermost first, each followed by {@code +}
 * @param title what people call the method, such as {@code Grad-CAM}
 * @param summary one sentence: what the map shows
 * @param paper authors, year, title and link of the publication that defines the method
 * @param family where it belongs
 * @param needs the capabilities it asks of a model beyond scores, in the order of asking
 * @param layers the kinds of layers that a model must show it, whatever its options, such as an attention layer
 * @param targeted whether the map depends on the target; a method that shows where a network looks, whatever the class, says no
 * @param contract what it promises about its values under default options
 */
public record ExplainerCard(
        String name,
        String title,
        String summary,
        String paper,
        Family family,
        Set<Class<?>> needs,
        Set<ModelSignature.Layer.Kind> layers,
        boolean targeted,
        Attribution.Contract contract) {

    /** Between the name of a wrapper and that of what it is around. */
    public static final String JOINT = "+";

    /** What a name is made of. */
    static final String WORDS = "[a-z][a-z0-9]*(-[a-z0-9]+)*";

    public ExplainerCard {
        if (!name.matches(WORDS + "(\\" + JOINT + WORDS + ")*")) {
            throw new InvalidInputException(
                    "explainer name '%s' is not lower-case words joined by hyphens, such as grad-cam", name);
        }
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(summary, "summary");
        Objects.requireNonNull(paper, "paper");
        Objects.requireNonNull(family, "family");
        Objects.requireNonNull(contract, "contract");
        needs = Collections.unmodifiableSet(new LinkedHashSet<>(needs));
        layers = Collections.unmodifiableSet(new LinkedHashSet<>(layers));
    }

    /** A method that explains the target and needs no particular kind of layer, as most. */
    public ExplainerCard(
            String name,
            String title,
            String summary,
            String paper,
            Family family,
            Set<Class<?>> needs,
            Attribution.Contract contract) {
        this(name, title, summary, paper, family, needs, Set.of(), true, contract);
    }

    /** Methods that work alike. */
    public enum Family {
        /** From the derivative of the score with respect to the image. */
        GRADIENT,
        /** From a backward pass with a rule of its own. */
        PROPAGATION,
        /** From the activations of a layer. */
        CAM,
        /** From scores of changed images; needs nothing else. */
        PERTURBATION
    }
}

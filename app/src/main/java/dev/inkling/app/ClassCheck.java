package dev.inkling.app;

import dev.inkling.spi.ExplainerCard;
import dev.inkling.spi.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;

/** When explanations are compared with those of another class, which costs as much as explaining did. */
public enum ClassCheck {
    /** Of explainers that take at most {@value #AFFORDABLE} evaluations an image. */
    AUTO,
    /** Of every explainer that depends on the target. */
    ALWAYS,
    /** Of none. */
    NEVER;

    /** Forward and backward together: what integrated gradients, SmoothGrad and occlusion take, and LIME and RISE do not. */
    static final int AFFORDABLE = 256;

    /**
     * As users type it.
     *
     * @throws InvalidInputException if there is no such choice
     */
    static ClassCheck of(String text) {
        return Arrays.stream(values())
                .filter(check -> check.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(
                        () -> new InvalidInputException("--class-check is '%s', expected auto, always or never", text));
    }

    boolean isDue(ExplainerCard card, Explanation.Cost cost) {
        return card.targeted() && (this == ALWAYS || this == AUTO && cost.forward() + cost.backward() <= AFFORDABLE);
    }
}

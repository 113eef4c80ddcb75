package dev.inkling.spi;

import java.util.Objects;

/**
 * Why a map can not be taken at face value.
 *
 * @param kind what is the matter
 * @param reason how it shows and where it comes from, as far as that is known: half a sentence, in words
 */
public record Verdict(Kind kind, String reason) {

    public Verdict {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reason, "reason");
    }

    /** What may be the matter with a map. */
    public enum Kind {
        /** A value is NaN or infinite. */
        NOT_FINITE("not finite"),
        /** Every value is 0. */
        ALL_ZERO("all zero"),
        /** Every value is the same, and not 0. */
        CONSTANT("constant"),
        /** Another class has the same map. */
        CLASS_INSENSITIVE("class-insensitive");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** In words, such as {@code all zero}. */
        public String label() {
            return label;
        }

        /** Whether there is nothing to see on a picture of such a map. */
        public boolean isBlank() {
            return this != CLASS_INSENSITIVE;
        }
    }

    /** What and why, such as {@code constant: every value is 3, so no place stands out}. */
    public String text() {
        return kind.label() + ": " + reason;
    }
}

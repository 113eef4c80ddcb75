package dev.inkling.app;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what a user may have meant by a name that does not exist. */
final class DidYouMean {

    private DidYouMean() {}

    /** The existing name nearest to the one typed, if one is near enough to be meant. */
    static Optional<String> nearest(String typed, Collection<String> existing) {
        // Two letters changed of two or three are another word.
        int limit = typed.length() < 4 ? typed.length() - 2 : Math.max(2, typed.length() / 3);
        return existing.stream()
                .filter(name -> distance(typed, name) <= limit)
                .min(Comparator.comparingInt((String name) -> distance(typed, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** The end of an error message: {@code  — did you mean 'grad-cam'?}, or nothing. */
    static String hint(String typed, Collection<String> existing) {
        return nearest(typed, existing)
                .map(name -> " — did you mean '" + name + "'?")
                .orElse("");
    }

    private static int distance(String typed, String name) {
        boolean begun = typed.length() >= 3 && name.startsWith(typed);
        return begun ? 0 : LevenshteinDistance.getDefaultInstance().apply(typed, name);
    }
}

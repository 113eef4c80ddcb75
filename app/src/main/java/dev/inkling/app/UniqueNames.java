package dev.inkling.app;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names for files that are safe on every system and clash on none. */
final class UniqueNames {

    private UniqueNames() {}

    /**
     * A name for each wish, in order: other characters than letters, digits, {@code . _ - +} become hyphens, and a name that
     * is taken gets a number.
     *
     * @param wishes may repeat
     * @param taken lower-case names that none may get
     */
    static List<String> of(List<String> wishes, String... taken) {
        Set<String> used = new HashSet<>(List.of(taken));
        List<String> names = new ArrayList<>();
        for (String wish : wishes) {
            String safe = wish.replaceAll("[^\\p{L}\\p{N}._+-]+", "-").replaceAll("^[.-]+|[.-]+$", "");
            String base = safe.isEmpty() ? "image" : safe;
            String name = base;
            // Some file systems take Four and four for one.
            for (int i = 2; !used.add(name.toLowerCase(Locale.ROOT)); i++) {
                name = base + "-" + i;
            }
            names.add(name);
        }
        return names;
    }
}

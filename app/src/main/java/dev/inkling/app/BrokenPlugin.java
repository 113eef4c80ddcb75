package dev.inkling.app;

import java.util.List;
import java.util.Optional;

/**
 * An explainer, or a whole plug-in, that is not available.
 *
 * @param explainer the name it has, where that much is known
 * @param origins the jars or folders that it came from; several for a name that several bear, and the reason tells them
 * @param reason what is wrong and what to do, in one line
 */
public record BrokenPlugin(Optional<String> explainer, List<String> origins, String reason) {

    public BrokenPlugin {
        origins = List.copyOf(origins);
    }

    /** One line for a person. */
    public String message() {
        String where = origins.size() == 1 ? origins.get(0) + ": " : "";
        return explainer
                .map(name -> "explainer '" + name + "' is not available: " + where + reason)
                .orElseGet(() -> "plug-in " + where + reason);
    }
}

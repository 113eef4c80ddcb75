package dev.inkling.app;

import java.util.List;
import java.util.Optional;

/**
 * An explainer, or a whole plug-in, that is not available.
 *
 * @param explainer the name it has, where that much is known
 * @param origins the jars or folders that it came from; several for a name that several bear
 * @param reason what is wrong and what to do, in one line
 */
public record BrokenPlugin(Optional<String> explainer, List<String> origins, String reason) {

    public BrokenPlugin {
        origins = List.copyOf(origins);
    }

    /** One line for a person. */
    public String message() {
        return "plug-in " + String.join(", ", origins) + ": " + reason;
    }
}

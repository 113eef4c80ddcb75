package dev.inkling.figures;

import java.util.Objects;
import java.util.Optional;

/**
 * One method's part of an {@link ImageFigure}.
 *
 * @param title such as {@code Grad-CAM}
 * @param badge a warning of a few words below the map
 */
public record Panel(String title, Heatmap map, Optional<String> badge) {

    public Panel {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(map, "map");
        Objects.requireNonNull(badge, "badge");
    }

    /** Without a warning. */
    public Panel(String title, Heatmap map) {
        this(title, map, Optional.empty());
    }
}

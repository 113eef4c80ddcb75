package dev.inkling.figures;

import java.util.Objects;

/**
 * One method's part of an {@link ImageFigure}.
 *
 * @param title such as {@code Grad-CAM}
 */
public record Panel(String title, Heatmap map) {

    public Panel {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(map, "map");
    }
}

package dev.inkling.spi;

import java.util.List;

/**
 * One option as documentation, forms and listings show it.
 *
 * @param name what users type: the component's name, lower-case with hyphens ({@code windowHeight} is
 *     {@code window-height})
 * @param type {@code int}, {@code long}, {@code double}, {@code boolean}, {@code string}, {@code choice}, or the
 *     lower-case name of a type with a {@code valueOf(String)} of its own, such as {@code extent}
 * @param defaultValue as a user would type it
 * @param help one line
 * @param min smallest number allowed, or −∞
 * @param max largest number allowed, or +∞
 * @param choices the values of a {@code choice}; empty for other types
 */
public record OptionSpec(
        String name, String type, String defaultValue, String help, double min, double max, List<String> choices) {

    public OptionSpec {
        choices = List.copyOf(choices);
    }
}

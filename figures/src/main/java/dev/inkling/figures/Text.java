package dev.inkling.figures;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.util.ArrayList;
import java.util.List;

/** Measures text and makes it fit. */
final class Text {

    private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

    private Text() {}

    static double width(String text, Font font) {
        return text.isEmpty() ? 0 : font.getStringBounds(text, CONTEXT).getWidth();
    }

    /** The text, or as much of its beginning as fits with an ellipsis. */
    static String fit(String text, Font font, double width) {
        if (width(text, font) <= width) {
            return text;
        }
        int[] characters = text.codePoints().toArray();
        for (int length = characters.length - 1; length > 0; length--) {
            String shorter = new String(characters, 0, length).stripTrailing() + "…";
            if (width(shorter, font) <= width) {
                return shorter;
            }
        }
        return "…";
    }

    /** Lines no wider than this, broken between words; the last one ends with an ellipsis where not everything fits. */
    static List<String> wrap(String text, Font font, double width, int maxLines) {
        List<String> lines = new ArrayList<>();
        String rest = text.strip();
        while (!rest.isEmpty() && lines.size() < maxLines) {
            int end = lines.size() == maxLines - 1 ? rest.length() : lineEnd(rest, font, width);
            lines.add(fit(rest.substring(0, end), font, width));
            rest = rest.substring(end).strip();
        }
        return lines;
    }

    private static int lineEnd(String text, Font font, double width) {
        int end = text.indexOf(' ');
        int next = end;
        while (next >= 0 && width(text.substring(0, next), font) <= width) {
            end = next;
            next = text.indexOf(' ', next + 1);
        }
        return end < 0 || width(text, font) <= width ? text.length() : end;
    }
}

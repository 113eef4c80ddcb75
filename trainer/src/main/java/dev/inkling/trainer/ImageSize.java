package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size that images are scaled to.
 *
 * @param height rows, 1 to {@value #MOST}
 * @param width columns, 1 to {@value #MOST}
 */
public record ImageSize(int height, int width) {

    /** What a side may have: larger files lose whole rows and columns when they are decoded. */
    public static final int MOST = 512;

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})(?:[x×](\\d{1,6}))?");

    public ImageSize {
        if (height < 1 || height > MOST || width < 1 || width > MOST) {
            throw new InvalidInputException("size is %d×%d, expected 1 to %d for either side", height, width, MOST);
        }
    }

    /**
     * Reads a size as people write it: {@code 64}, or height and width as {@code 48x64}.
     *
     * @throws InvalidInputException if it is not one
     */
    public static ImageSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    "size '%s' is none; expected a number such as 64, or height and width such as 48x64", text);
        }
        int height = Integer.parseInt(matcher.group(1));
        return new ImageSize(height, matcher.group(2) == null ? height : Integer.parseInt(matcher.group(2)));
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return height + "x" + width;
    }
}

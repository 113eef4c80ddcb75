package dev.inkling.spi;

/**
 * Rows and columns of a window, a stride or a grid; users type {@code 4} for a square and {@code 2x3} for two rows by three
 * columns.
 */
public record Extent(int rows, int columns) {

    public Extent {
        if (rows < 1 || columns < 1) {
            throw new InvalidInputException("extent is %dx%d, expected at least 1x1", rows, columns);
        }
    }

    /**
     * Reads {@code 4} or {@code 2x3}.
     *
     * @throws InvalidInputException if the text is neither
     */
    public static Extent valueOf(String text) {
        if (!text.matches("\\d{1,9}(x\\d{1,9})?")) {
            throw new InvalidInputException("expected an extent such as 4 or 2x3, found '%s'", text);
        }
        String[] sides = text.split("x");
        return new Extent(Integer.parseInt(sides[0]), Integer.parseInt(sides[sides.length - 1]));
    }

    @Override
    public String toString() {
        return rows == columns ? String.valueOf(rows) : rows + "x" + columns;
    }
}

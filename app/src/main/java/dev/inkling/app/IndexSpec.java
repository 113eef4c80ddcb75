package dev.inkling.app;

import dev.inkling.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which images of a data set, as users type it: {@code 0,5,7..20}, both ends of a range included.
 *
 * @param ranges in the order typed
 */
public record IndexSpec(List<Range> ranges) {

    public IndexSpec {
        ranges = List.copyOf(ranges);
    }

    /** Indices from first to last, both included. */
    public record Range(int first, int last) {}

    /**
     * Reads {@code 0,5,7..20}.
     *
     * @throws InvalidInputException if a part is neither an index nor a range, or a range runs backwards
     */
    public static IndexSpec parse(String text) {
        List<Range> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String[] ends = part.strip().split("\\.\\.", -1);
            if (ends.length > 2) {
                throw new InvalidInputException(
                        "index '%s': expected an index such as 5 or a range such as 7..20, found '%s'",
                        text, part.strip());
            }
            int first = index(ends[0], text);
            int last = index(ends[ends.length - 1], text);
            if (last < first) {
                throw new InvalidInputException(
                        "index '%s': the range %d..%d runs backwards; write %d..%d", text, first, last, last, first);
            }
            ranges.add(new Range(first, last));
        }
        return new IndexSpec(ranges);
    }

    /**
     * The indices, each once, in the order of their first mention.
     *
     * @param size how many images the data set holds
     * @param dataName what messages call it
     * @throws InvalidInputException if an index is outside
     */
    public int[] indices(int size, String dataName) {
        Set<Integer> indices = new LinkedHashSet<>();
        for (Range range : ranges) {
            if (range.last() >= size) {
                throw new InvalidInputException(
                        "index %d is out of range: '%s' holds %d images, 0 to %d",
                        range.last(), dataName, size, size - 1);
            }
            for (int i = range.first(); i <= range.last(); i++) {
                indices.add(i);
            }
        }
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int index(String text, String whole) {
        if (text.matches("\\d{1,9}")) {
            return Integer.parseInt(text);
        }
        throw new InvalidInputException(
                "index '%s': expected a whole number of at least 0, found '%s'; write indices and ranges such as"
                        + " 0,5,7..20",
                whole, text);
    }
}

package dev.inkling.spi;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How an image is cut into pieces that a method covers, removes or weighs as one. Users type {@code pixels}, {@code grid:7},
 * {@code grid:4x7}, {@code strokes} or {@code strokes:8}.
 *
 * <p>An explanation can be no finer than its segments, and what two parts of one segment do to the score together is not told
 * apart. Implementations are immutable; one of a program's own may be any function of the image.
 */
public interface Segments {

    /**
     * Cuts one image.
     *
     * @param signature the image's height, width and channels
     * @param pixels where the image's values are; read only
     * @param offset index of its first value
     * @return H · W numbers, rows first: for each pixel that of its segment, 0 to M − 1, in the order in which a reader meets
     *     them; the caller's
     * @throws InvalidInputException if this image can not be cut so
     */
    int[] of(ModelSignature signature, float[] pixels, int offset);

    /** The most segments that an image of this size can have: H · W, unless an implementation knows better. */
    default int most(ModelSignature signature) {
        return signature.height() * signature.width();
    }

    /**
     * Reads {@code pixels}, {@code grid:7}, {@code grid:4x7}, {@code strokes} or {@code strokes:8}.
     *
     * @throws InvalidInputException if the text is none of these
     */
    static Segments valueOf(String text) {
        if (text.equals("pixels")) {
            return new Pixels();
        } else if (text.startsWith("grid:")) {
            return new Grid(Extent.valueOf(text.substring("grid:".length())));
        } else if (text.equals("strokes")) {
            return new Strokes(Strokes.A_FIFTH_OF_THE_IMAGE);
        } else if (text.matches("strokes:\\d{1,9}")) {
            return new Strokes(Integer.parseInt(text.substring("strokes:".length())));
        }
        throw new InvalidInputException(
                "expected segments such as pixels, grid:7 (cells a side), grid:4x7 (rows x columns of cells), strokes or"
                        + " strokes:8 (length of a piece in pixels), found '%s'",
                text);
    }

    /**
     * Segments drawn by hand or found by another program, the same for every image; from a program only.
     *
     * @param labels H · W numbers, rows first; equal numbers make a segment, whatever they are; copied
     */
    static Segments mask(int... labels) {
        return new Mask(labels);
    }

    /** Every pixel by itself, with all its channels. */
    record Pixels() implements Segments {

        @Override
        public int[] of(ModelSignature signature, float[] pixels, int offset) {
            int[] labels = new int[signature.height() * signature.width()];
            Arrays.setAll(labels, i -> i);
            return labels;
        }

        @Override
        public String toString() {
            return "pixels";
        }
    }

    /**
     * Rectangles of equal size, to within a pixel.
     *
     * @param cells down and across; no more than there are pixels are made
     */
    record Grid(Extent cells) implements Segments {

        @Override
        public int[] of(ModelSignature signature, float[] pixels, int offset) {
            int height = signature.height();
            int width = signature.width();
            int rows = Math.min(cells.rows(), height);
            int columns = Math.min(cells.columns(), width);
            int[] labels = new int[height * width];
            for (int i = 0; i < labels.length; i++) {
                int row = (int) ((long) (i / width) * rows / height);
                int column = (int) ((long) (i % width) * columns / width);
                labels[i] = row * columns + column;
            }
            return labels;
        }

        @Override
        public int most(ModelSignature signature) {
            return Math.min(cells.rows(), signature.height()) * Math.min(cells.columns(), signature.width());
        }

        @Override
        public String toString() {
            return "grid:" + cells;
        }
    }

    /**
     * Pieces of what is drawn, cut across the stroke, and cells of the background, in which a hole that a stroke encloses is a
     * segment of its own. Without a seed: the same drawing is always cut the same way.
     *
     * <p>Ink is what differs from the border's median by more than Otsu's threshold. Its pieces are the cells of k-means along
     * the ink: a pixel belongs to the centre that is nearest on ink, so strokes that pass close by stay apart. Then the soft
     * edge of a stroke, two pixels at most, joins its piece. What is left is cut into 4×4 cells, and where strokes leave less
     * than a quarter of one, it joins the cell next to it.
     *
     * <p>Not for photographs, whose border is no background.
     *
     * @param length of a piece along the stroke, about, in pixels; 0 for a fifth of the image's shorter side
     */
    record Strokes(int length) implements Segments {

        private static final int A_FIFTH_OF_THE_IMAGE = 0;

        @Override
        public int[] of(ModelSignature signature, float[] pixels, int offset) {
            int shorter = Math.min(signature.height(), signature.width());
            return ordered(new StrokeSegmentation(signature, pixels, offset)
                    .cut(length == A_FIFTH_OF_THE_IMAGE ? Math.max(1, shorter / 5.0) : length));
        }

        @Override
        public String toString() {
            return length == A_FIFTH_OF_THE_IMAGE ? "strokes" : "strokes:" + length;
        }
    }

    /** The same for every image. */
    final class Mask implements Segments {

        private final int[] labels;

        private Mask(int[] labels) {
            this.labels = ordered(labels);
        }

        /** @throws InvalidInputException if there is not a label per pixel */
        @Override
        public int[] of(ModelSignature signature, float[] pixels, int offset) {
            if (labels.length != signature.height() * signature.width()) {
                throw new InvalidInputException(
                        "the mask has %d labels, expected one for each of the %d×%d pixels of model '%s'",
                        labels.length, signature.height(), signature.width(), signature.name());
            }
            return labels.clone();
        }

        @Override
        public int most(ModelSignature signature) {
            return Arrays.stream(labels).max().orElse(-1) + 1;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Mask that && Arrays.equals(labels, that.labels);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(labels);
        }

        @Override
        public String toString() {
            return "a mask of the program's own";
        }
    }

    /** The same segments, numbered from 0 in the order in which a reader meets them. */
    private static int[] ordered(int[] labels) {
        Map<Integer, Integer> numbers = new HashMap<>();
        int[] ordered = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            ordered[i] = numbers.computeIfAbsent(labels[i], label -> numbers.size());
        }
        return ordered;
    }
}

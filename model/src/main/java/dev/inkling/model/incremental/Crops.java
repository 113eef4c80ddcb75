package dev.inkling.model.incremental;

import java.util.List;

/**
 * Where along one side the changed parts of a batch lie, from the images through some operations: pieces of one size, wherever each row's
 * are.
 *
 * @param sizes of a piece, of the images and after each operation
 * @param origins the same for each row: where its piece begins, maybe before the first place
 */
record Crops(int[] sizes, int[][] origins) {

    /**
     * After each operation, how many places side by side hold every row's outputs that see a change; at least 1.
     *
     * @param from of each row, its first changed place
     * @param to of each row, the place after its last; at most from where none is
     */
    static int[] spans(List<ReceptiveField> fields, int[] from, int[] to) {
        int[] starts = from.clone();
        int[] ends = to.clone();
        int[] spans = new int[fields.size()];
        for (int i = 0; i < spans.length; i++) {
            ReceptiveField field = fields.get(i);
            int most = 1;
            for (int row = 0; row < starts.length; row++) {
                starts[row] = field.first(starts[row]);
                ends[row] = field.end(ends[row]);
                most = Math.max(most, ends[row] - starts[row]);
            }
            spans[i] = most;
        }
        return spans;
    }

    /** The smallest that hold, after the last operation, every row's outputs that see a change, and before, all that these see. */
    static Crops of(List<ReceptiveField> fields, int[] from, int[] to) {
        int last = fields.size();
        int[] sizes = new int[last + 1];
        int[][] origins = new int[last + 1][from.length];
        sizes[last] = spans(fields, from, to)[last - 1];
        for (int row = 0; row < from.length; row++) {
            int start = from[row];
            for (ReceptiveField field : fields) {
                start = field.first(start);
            }
            origins[last][row] = Math.min(start, fields.get(last - 1).outputs() - sizes[last]);
        }
        for (int i = last - 1; i >= 0; i--) {
            ReceptiveField field = fields.get(i);
            sizes[i] = field.extent(sizes[i + 1]);
            for (int row = 0; row < from.length; row++) {
                origins[i][row] = field.origin(origins[i + 1][row]);
            }
        }
        return new Crops(sizes, origins);
    }

    /** Whether a piece holds places that do not exist. */
    boolean exceed(int level, int places) {
        for (int origin : origins[level]) {
            if (origin < 0 || origin + sizes[level] > places) {
                return true;
            }
        }
        return false;
    }
}

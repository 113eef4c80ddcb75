package dev.inkling.model.incremental;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What images have in common, and the box of each in which it differs from that.
 *
 * @param pixels the images, (N, H, W, C), flat
 * @param common an image, flat
 * @param top of each, the first line that differs; 0 where none does
 * @param bottom the line after the last; 0 where none does
 * @param left the first column that differs
 * @param right the column after the last
 */
record ChangedParts(float[] pixels, float[] common, int[] top, int[] bottom, int[] left, int[] right) {

    /** Images that are asked, evenly spread over the batch. */
    private static final int WITNESSES = 7;

    /**
     * Of a batch. What most of some images agree on is taken to be common: with a window over a place of each, that is the image without
     * windows.
     *
     * @param pixels (N, H, W, C), flat; kept
     */
    static ChangedParts of(float[] pixels, int count, int height, int width, int channels) {
        int line = width * channels;
        int size = height * line;
        float[] common = new float[size];
        int[] witnesses = IntStream.range(0, WITNESSES)
                .map(i -> (count - 1) * i / (WITNESSES - 1) * size)
                .toArray();
        for (int i = 0; i < size; i++) {
            common[i] = majority(pixels, witnesses, i);
        }
        ChangedParts parts =
                new ChangedParts(pixels, common, new int[count], new int[count], new int[count], new int[count]);
        for (int row = 0; row < count; row++) {
            parts.find(row, height, line, channels);
        }
        return parts;
    }

    /** How many images. */
    int count() {
        return top.length;
    }

    /** What most agree on, if most do: those who differ cancel each other (Boyer and Moore 1991). */
    private static float majority(float[] pixels, int[] witnesses, int place) {
        float candidate = 0;
        int ahead = 0;
        for (int witness : witnesses) {
            float value = pixels[witness + place];
            if (ahead == 0) {
                candidate = value;
            }
            ahead += value == candidate ? 1 : -1;
        }
        return candidate;
    }

    private void find(int row, int height, int line, int channels) {
        int first = line;
        int end = 0;
        for (int y = 0; y < height; y++) {
            int at = (row * height + y) * line;
            int differs = Arrays.mismatch(pixels, at, at + line, common, y * line, (y + 1) * line);
            if (differs < 0) {
                continue;
            }
            if (bottom[row] == 0) {
                top[row] = y;
            }
            bottom[row] = y + 1;
            first = Math.min(first, differs);
            int i = line;
            while (i > end && pixels[at + i - 1] == common[y * line + i - 1]) {
                i--;
            }
            end = i;
        }
        if (end > 0) {
            left[row] = first / channels;
            right[row] = (end - 1) / channels + 1;
        }
    }
}

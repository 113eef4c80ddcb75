package dev.inkling.model.incremental;

import java.util.Arrays;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.buffer.DataBuffers;

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
     * Some images of a batch, flat, one after the other: what most of them agree on is common to all. With a window over a place of each, that
     * is the image without windows.
     *
     * @param images (N, H, W, C)
     */
    static float[] witnesses(FloatNdArray images) {
        int size = (int) images.shape().tail().size();
        float[] witnesses = new float[WITNESSES * size];
        for (int i = 0; i < WITNESSES; i++) {
            images.get((images.shape().get(0) - 1) * i / (WITNESSES - 1))
                    .copyTo(DataBuffers.of(witnesses, false, false)
                            .offset((long) i * size)
                            .narrow(size));
        }
        return witnesses;
    }

    /**
     * What most witnesses agree on, place by place.
     *
     * @param size of an image
     */
    static float[] common(float[] witnesses, int size) {
        float[] common = new float[size];
        for (int i = 0; i < size; i++) {
            common[i] = majority(witnesses, size, i);
        }
        return common;
    }

    /**
     * Where images differ from what they have in common.
     *
     * @param pixels (N, H, W, C), flat; kept
     * @param common (H, W, C), flat; kept
     */
    static ChangedParts of(float[] pixels, float[] common, int height, int width) {
        int count = pixels.length / common.length;
        ChangedParts parts =
                new ChangedParts(pixels, common, new int[count], new int[count], new int[count], new int[count]);
        int line = common.length / height;
        for (int row = 0; row < count; row++) {
            parts.find(row, height, line, line / width);
        }
        return parts;
    }

    /** How many images. */
    int count() {
        return top.length;
    }

    /** What most agree on, if most do: those who differ cancel each other (Boyer and Moore 1991). */
    private static float majority(float[] witnesses, int size, int place) {
        float candidate = 0;
        int ahead = 0;
        for (int i = place; i < witnesses.length; i += size) {
            float value = witnesses[i];
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

package dev.inkling.model.incremental;

import dev.inkling.spi.FloatArrays;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * For some images, which of the first operations are computed around what has changed, and where.
 *
 * @param steps those operations, at least one
 * @param parts that have changed
 * @param down where the pieces lie along the columns
 * @param across where they lie along the rows
 * @param padding which of the steps add zeros to what they read, but read pieces that reach beyond it, where these must be zero
 */
public record IncrementalPlan(
        List<LocalStep> steps, ChangedParts parts, Crops down, Crops across, List<Integer> padding) {

    static IncrementalPlan of(List<LocalStep> steps, ChangedParts parts) {
        Crops down = Crops.of(steps.stream().map(LocalStep::down).toList(), parts.top(), parts.bottom());
        Crops across = Crops.of(steps.stream().map(LocalStep::across).toList(), parts.left(), parts.right());
        // The first step reads the images' pieces, which are zero there.
        List<Integer> padding = IntStream.range(1, steps.size())
                .filter(i -> steps.get(i).isConvolution())
                .filter(i -> down.exceed(i, steps.get(i).down().inputs())
                        || across.exceed(i, steps.get(i).across().inputs()))
                .boxed()
                .toList();
        return new IncrementalPlan(steps, parts, down, across, padding);
    }

    /** What tells passes apart. */
    public record Kind(int steps, List<Integer> padding) {}

    /** The kind of pass that it needs. */
    public Kind kind() {
        return new Kind(steps.size(), padding);
    }

    /** Adds that pass to a graph, which nothing may run meanwhile. */
    public IncrementalPass pass(Graph graph, Output<?> image, Output<?> logits) {
        String scope = padding.stream()
                .map(step -> "-" + step)
                .collect(Collectors.joining("", "incremental." + steps.size(), ""));
        return IncrementalPass.add(graph, scope, steps, padding, image, logits);
    }

    /** The image that goes the ordinary way, (1, H, W, C). */
    public FloatNdArray common() {
        return FloatArrays.of(
                parts.common(), 1, first().down().inputs(), first().across().inputs(), channels());
    }

    /** Parts of the images, (N, h, w, C), zero beyond the image. */
    public FloatNdArray pieces() {
        int count = parts.count();
        int height = down.sizes()[0];
        int width = across.sizes()[0];
        int channels = channels();
        int rows = first().down().inputs();
        int columns = first().across().inputs();
        float[] pieces = new float[count * height * width * channels];
        for (int n = 0; n < count; n++) {
            int top = down.origins()[0][n];
            int left = across.origins()[0][n];
            int from = Math.max(0, left);
            int length = (Math.min(columns, left + width) - from) * channels;
            for (int y = Math.max(0, top); y < Math.min(rows, top + height); y++) {
                System.arraycopy(
                        parts.pixels(),
                        ((n * rows + y) * columns + from) * channels,
                        pieces,
                        ((n * height + y - top) * width + from - left) * channels,
                        length);
            }
        }
        return FloatArrays.of(pieces, count, height, width, channels);
    }

    /** For steps that read zeros beyond what the step before puts out, by their number: 1 inside and 0 beyond, (N, h, w, 1). */
    public Map<Integer, FloatNdArray> inside() {
        return padding.stream().collect(Collectors.toMap(i -> i, this::inside));
    }

    private FloatNdArray inside(int step) {
        int count = parts.count();
        int height = down.sizes()[step];
        int width = across.sizes()[step];
        int rows = steps.get(step).down().inputs();
        int columns = steps.get(step).across().inputs();
        float[] inside = new float[count * height * width];
        for (int n = 0; n < count; n++) {
            int top = down.origins()[step][n];
            int left = across.origins()[step][n];
            int from = Math.max(0, -left);
            int to = Math.min(width, columns - left);
            for (int y = Math.max(0, -top); y < Math.min(height, rows - top); y++) {
                Arrays.fill(inside, (n * height + y) * width + from, (n * height + y) * width + to, 1);
            }
        }
        return FloatArrays.of(inside, count, height, width, 1);
    }

    /** What each place after the steps shows, (N, places): see {@link IncrementalPass#places}. */
    public FloatNdArray places() {
        int count = parts.count();
        int end = steps.size();
        int height = down.sizes()[end];
        int width = across.sizes()[end];
        int columns = steps.get(end - 1).across().outputs();
        int ofWhole = steps.get(end - 1).down().outputs() * columns;
        float[] numbers = new float[ofWhole + height * width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        float[] places = new float[count * ofWhole];
        for (int n = 0; n < count; n++) {
            System.arraycopy(numbers, 0, places, n * ofWhole, ofWhole);
            int corner = n * ofWhole + down.origins()[end][n] * columns + across.origins()[end][n];
            for (int y = 0; y < height; y++) {
                System.arraycopy(numbers, ofWhole + y * width, places, corner + y * columns, width);
            }
        }
        return FloatArrays.of(places, count, ofWhole);
    }

    private LocalStep first() {
        return steps.get(0);
    }

    private int channels() {
        return parts.common().length
                / (first().down().inputs() * first().across().inputs());
    }
}

package dev.inkling.model.incremental;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.spi.FloatArrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.tensorflow.Output;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

/** What a model's first operations allow to leave out where images are alike but for a part. Safe for use by several threads. */
public final class IncrementalInference {

    /** With fewer images that which all have in common costs too much. */
    private static final int FEWEST = 16;

    /** More come from a data set rather than from one image, and the arrays that are made of them here would be large. */
    private static final int MOST = 256;

    /** What it takes to bring a value to its place after the operations, in multiplications of a convolution. */
    private static final long PLACING = 20;

    /** Of all multiplications, what must be saved for it to be worth the care. */
    private static final double WORTHWHILE = 0.03;

    private final List<LocalStep> steps;
    private final long multiplications;
    private final Shape image;

    /** After how many steps the pieces may be put together: before a convolution, and after the last step. */
    private final List<Integer> ends;

    /**
     * Looks at a graph, which nothing may run meanwhile.
     *
     * @param image (N, H, W, C)
     * @param logits (N, K)
     * @param multiplications that an image takes from there to the logits
     */
    public IncrementalInference(Output<?> image, Output<?> logits, long multiplications) {
        this.steps = LocalStep.from(image, new GraphPath(image, logits));
        this.multiplications = multiplications;
        this.ends = ends(steps);
        this.image = image.shape().tail();
    }

    /**
     * How to compute a batch, if that saves something.
     *
     * @param images (N, H, W, C)
     */
    public Optional<IncrementalPlan> plan(FloatNdArray images) {
        long count = images.shape().get(0);
        if (count < FEWEST || count > MOST || ends.isEmpty()) {
            return Optional.empty();
        }
        float[] witnesses = ChangedParts.witnesses(images);
        float[] common = ChangedParts.common(witnesses, (int) image.size());
        // Pieces that hold all images' changes are no smaller, so where these differ too much, all do.
        if (end(parts(witnesses, common), count).isEmpty()) {
            return Optional.empty();
        }
        ChangedParts parts = parts(FloatArrays.flat(images), common);
        return end(parts, count).map(end -> IncrementalPlan.of(steps.subList(0, end), parts));
    }

    private ChangedParts parts(float[] pixels, float[] common) {
        return ChangedParts.of(pixels, common, (int) image.get(0), (int) image.get(1));
    }

    /** After how many steps the pieces are best put together, if it is worth it at all. */
    private Optional<Integer> end(ChangedParts parts, long count) {
        int[] down = Crops.spans(steps.stream().map(LocalStep::down).toList(), parts.top(), parts.bottom());
        int[] across = Crops.spans(steps.stream().map(LocalStep::across).toList(), parts.left(), parts.right());
        ToLongFunction<Integer> saved = end -> saved(end, down[end - 1], across[end - 1], count);
        return ends.stream()
                .max(Comparator.comparingLong(saved))
                .filter(end -> saved.applyAsLong(end) > WORTHWHILE * multiplications);
    }

    /**
     * Multiplications of each image, if the first steps compute pieces that end with so many places, and a whole image for all of them;
     * below 0 where it costs more.
     */
    private long saved(int end, int height, int width, long count) {
        long saved = -PLACING * steps.get(end - 1).size();
        int rows = height;
        int columns = width;
        for (int i = end - 1; i >= 0; i--) {
            LocalStep step = steps.get(i);
            long whole = (long) step.down().outputs() * step.across().outputs();
            saved += step.multiplications() * (whole - (long) rows * columns - whole / count);
            rows = step.down().extent(rows);
            columns = step.across().extent(columns);
        }
        return saved;
    }

    private static List<Integer> ends(List<LocalStep> steps) {
        return IntStream.rangeClosed(1, steps.size())
                .filter(end -> end == steps.size() || steps.get(end).isConvolution())
                .filter(end -> steps.subList(0, end).stream().anyMatch(LocalStep::isConvolution))
                .boxed()
                .toList();
    }
}

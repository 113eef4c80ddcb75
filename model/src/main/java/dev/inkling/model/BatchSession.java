package dev.inkling.model;

import dev.inkling.model.backward.ReverseWalk;
import dev.inkling.model.saved.ModelGraph;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A model's graph at work on whole batches, and the tensors that every pass begins with. Batches are cut into parts, so that all processors
 * have one each and memory stays bounded whatever their size. Safe for use by several threads.
 */
final class BatchSession implements AutoCloseable {

    /** What an image costs forward, from which on several processors are better at it than one: measured on two. */
    private static final long COSTLY = 100_000_000;

    private final ModelSignature signature;
    private final Output<?> image;
    private final Output<TFloat32> targetWeights;
    private final OptionalLong operations;
    private final GraphSession session;
    private final Lanes lanes;

    /** Takes ownership of the model's graph. */
    BatchSession(ModelGraph model, Execution execution) {
        this.signature = model.signature();
        this.image = model.image();
        int rows = ChunkSize.of(model, execution.memory());
        this.operations = model.obstacle().isPresent()
                ? OptionalLong.empty()
                : FloatingPointOperations.of(
                        new ReverseWalk(model.graph(), "explain/operations", image, model.logits()).path());
        this.targetWeights = Ops.create(model.graph())
                .withSubScope("explain")
                .withName("targets")
                .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, signature.classCount())))
                .asOutput();
        this.session = new GraphSession(model.graph(), execution.precision());
        this.lanes =
                new Lanes(session.processors(), rows, model.mostAtOnce(), operations.orElse(Long.MAX_VALUE) > COSTLY);
    }

    /** What an image costs forward, in multiplications and additions, if that is known. */
    OptionalLong operations() {
        return operations;
    }

    /** Where the targets are fed, (N, K). */
    Output<TFloat32> targetWeights() {
        return targetWeights;
    }

    /** Images, for the model's own. */
    GraphSession.Feed feed(FloatNdArray images) {
        return feed(image, images);
    }

    /** Images, for another tensor of the image's shape. */
    GraphSession.Feed feed(Output<?> tensor, FloatNdArray images) {
        return new GraphSession.Feed(
                tensor, FloatArrays.flat(images), image.shape().tail());
    }

    GraphSession.Feed feed(Targets targets) {
        return new GraphSession.Feed(
                targetWeights, FloatArrays.flat(targets.weights()), Shape.of(signature.classCount()));
    }

    /**
     * Computes tensors for a batch.
     *
     * @param count rows of the feeds
     * @return the values of each, in row-major order
     */
    List<float[]> run(int count, List<GraphSession.Feed> feeds, List<? extends Operand<?>> fetches) {
        Rows whole = new Rows(count, fetches.size());
        lanes.run(count, (from, rows, width) -> session.run(feeds, from, rows, width, fetches, whole));
        return whole.all();
    }

    /** How a batch of so many rows is computed. */
    GraphSession.Width width(int count) {
        return lanes.width(count);
    }

    /** Changes the graph while nothing runs. */
    <T> T edit(Function<Graph, T> change) {
        return session.edit(change);
    }

    /** How long at least one run was in flight so far, in nanoseconds. */
    long nanosRunning() {
        return session.nanosRunning();
    }

    /** Waits for runs in flight, then frees what the sessions and the graph hold. */
    @Override
    public void close() {
        session.close();
    }
}

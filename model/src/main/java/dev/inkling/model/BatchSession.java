package dev.inkling.model;

import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.saved.ModelGraph;
import dev.inkling.spi.InvalidInputException;
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
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
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
    private final OptionalLong memory;
    private final GraphSession session;
    private final Lanes lanes;

    /** Takes ownership of the model's graph. */
    BatchSession(ModelGraph model, Execution execution) {
        this.signature = model.signature();
        this.image = model.image();
        this.memory = execution.memory();
        int rows = ChunkSize.of(model, memory);
        this.operations = model.obstacle().isPresent()
                ? OptionalLong.empty()
                : FloatingPointOperations.of(new GraphPath(image, model.logits()).operations());
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

    /**
     * Images, for the model's own.
     *
     * @throws InvalidInputException if they do not fit the model
     */
    GraphSession.Feed feed(FloatNdArray images) {
        signature.requireImages(images);
        return new GraphSession.Feed(image, images);
    }

    /**
     * Images and their targets.
     *
     * @throws InvalidInputException if either do not fit
     */
    List<GraphSession.Feed> feeds(FloatNdArray images, Targets targets) {
        GraphSession.Feed pixels = feed(images);
        targets.require(pixels.rows(), signature);
        return List.of(pixels, new GraphSession.Feed(targetWeights, targets.weights()));
    }

    /**
     * Computes tensors for a batch.
     *
     * @param feeds of as many rows each, but for those that are shared, of which none is the first
     * @return the values of each, in row-major order
     */
    List<float[]> run(List<GraphSession.Feed> feeds, List<? extends Operand<?>> fetches) {
        return run(lanes, feeds, fetches);
    }

    /** The same for rows that begin elsewhere. */
    List<float[]> run(Lanes through, List<GraphSession.Feed> feeds, List<? extends Operand<?>> fetches) {
        Rows whole = new Rows(feeds.get(0).rows(), fetches.size());
        read(through, feeds, fetches, whole::put);
        return whole.all();
    }

    /** How rows that begin at a layer go from there to the logits; while nothing runs. */
    Lanes lanes(Output<?> layer, Output<?> logits) {
        return lanes.ofRows(ChunkSize.from(layer, logits, memory));
    }

    /** What sees some rows of several tensors. */
    @FunctionalInterface
    interface PartReader {

        /**
         * May ask for more runs.
         *
         * @param from first row
         * @param values of each tensor, (rows, ...), gone when this returns
         */
        void read(int from, List<TFloat32> values);
    }

    /**
     * Computes tensors for a batch, and shows them part by part, by several threads at once.
     *
     * @param feeds of as many rows each, but for those that are shared, of which none is the first
     */
    void read(List<GraphSession.Feed> feeds, List<? extends Operand<?>> fetches, PartReader reader) {
        read(lanes, feeds, fetches, reader);
    }

    private void read(
            Lanes through, List<GraphSession.Feed> feeds, List<? extends Operand<?>> fetches, PartReader reader) {
        through.run(
                feeds.get(0).rows(),
                (from, rows, width) ->
                        session.run(feeds, from, rows, width, fetches, values -> reader.read(from, values)));
    }

    /** What sees one row of several tensors. */
    @FunctionalInterface
    interface RowVisitor {

        /** @param values of each tensor, in row-major order; another row's as soon as this returns */
        void visit(int row, List<float[]> values);
    }

    /**
     * Computes tensors for a batch, and shows them row by row, by several threads at once, without having all in memory.
     *
     * @param feeds of as many rows each
     */
    void visit(List<GraphSession.Feed> feeds, List<? extends Operand<?>> fetches, RowVisitor visitor) {
        read(feeds, fetches, (from, values) -> visitEach(from, values, visitor));
    }

    private static void visitEach(int from, List<TFloat32> parts, RowVisitor visitor) {
        int rows = Math.toIntExact(parts.get(0).shape().get(0));
        List<FloatDataBuffer> buffers =
                parts.stream().map(part -> part.asRawTensor().data().asFloats()).toList();
        Crew.forEach(rows, () -> {
            List<float[]> values = parts.stream()
                    .map(part -> new float[Math.toIntExact(part.size() / rows)])
                    .toList();
            return row -> {
                for (int i = 0; i < values.size(); i++) {
                    float[] own = values.get(i);
                    // Not as an array's element: to find out its shape takes longer than to copy it.
                    buffers.get(i).offset((long) row * own.length).read(own);
                }
                visitor.visit(from + row, values);
            };
        });
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

package dev.inkling.model;

import dev.inkling.spi.FloatArrays;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * A graph and its session: the one place where tensors live and die. What goes in and comes out are arrays on the heap, for
 * a tensor used after its close reads other runs' numbers without a word.
 *
 * <p>Runs go side by side; an edit of the graph waits for them and keeps new ones out, since editing a graph while a session
 * runs is not safe.
 */
final class GraphSession implements AutoCloseable {

    private static final Set<String> VARIABLES = Set.of("Variable", "VariableV2");

    private final Graph graph;
    private final Session session;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final LongAdder running = new LongAdder();

    /** Takes ownership of the graph. */
    GraphSession(Graph graph, Precision precision) {
        this.graph = graph;
        this.session = new Session(graph, configuration(graph, precision));
    }

    /**
     * One operation after the other, each on all processors, rather than several at once: a network is a chain, and handing its small
     * operations from thread to thread takes longer than some of them. That executor knows no control flow and no variables of
     * TensorFlow 1.
     */
    private static ConfigProto configuration(Graph graph, Precision precision) {
        ConfigProto.Builder configuration = precision.configuration();
        for (var operations = graph.operations(); operations.hasNext(); ) {
            String type = operations.next().type();
            if (NetworkOperations.controlFlow(type) || VARIABLES.contains(type)) {
                return configuration.build();
            }
        }
        return configuration
                .setExperimental(ConfigProto.Experimental.newBuilder().setExecutorType("SINGLE_THREADED_EXECUTOR"))
                .build();
    }

    /**
     * Values for a tensor: rows [from, from + count) of an array whose rows have the shape {@code row}.
     *
     * @param shared whether there is one row only, which meets all rows of the others
     */
    record Feed(Operand<?> tensor, float[] values, Shape row, boolean shared) {

        Feed(Operand<?> tensor, float[] values, Shape row) {
            this(tensor, values, row, false);
        }
    }

    /**
     * Runs the graph on some rows of the feeds.
     *
     * @param from first row
     * @param count number of rows
     * @return the values of each fetched tensor, in row-major order
     */
    List<float[]> run(List<Feed> feeds, int from, int count, List<? extends Operand<?>> fetches) {
        List<TFloat32> inputs = new ArrayList<>();
        lock.readLock().lock();
        try {
            Session.Runner runner = session.runner();
            for (Feed feed : feeds) {
                int size = Math.toIntExact(feed.row().size());
                TFloat32 input = TFloat32.tensorOf(
                        feed.row().prepend(feed.shared() ? 1 : count),
                        DataBuffers.of(feed.values(), true, false)
                                .offset(feed.shared() ? 0 : (long) from * size)
                                .narrow(feed.shared() ? size : (long) count * size));
                inputs.add(input);
                runner.feed(feed.tensor(), input);
            }
            fetches.forEach(runner::fetch);
            try (Result result = run(runner)) {
                List<float[]> outputs = new ArrayList<>();
                for (int i = 0; i < fetches.size(); i++) {
                    outputs.add(FloatArrays.flat((TFloat32) result.get(i)));
                }
                return outputs;
            }
        } finally {
            inputs.forEach(TFloat32::close);
            lock.readLock().unlock();
        }
    }

    private Result run(Session.Runner runner) {
        long began = System.nanoTime();
        try {
            return runner.run();
        } finally {
            running.add(System.nanoTime() - began);
        }
    }

    /** How long runs have taken so far, in nanoseconds, of all threads together. */
    long nanosRunning() {
        return running.sum();
    }

    /** Changes the graph while nothing runs. */
    <T> T edit(Function<Graph, T> change) {
        lock.writeLock().lock();
        try {
            return change.apply(graph);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Waits for runs in flight, then frees what the session and the graph hold. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            // In this order: closing a graph before its session blocks for ever.
            session.close();
            graph.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}

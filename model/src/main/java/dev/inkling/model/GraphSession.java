package dev.inkling.model;

import dev.inkling.model.saved.NetworkOperations;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * A graph and its sessions: the one place where tensors live and die. What goes in and comes out are arrays on the heap, for
 * a tensor used after its close reads other runs' numbers without a word.
 *
 * <p>Runs go side by side; an edit of the graph waits for them and keeps new ones out, since editing a graph while a session
 * runs is not safe.
 */
final class GraphSession implements AutoCloseable {

    private static final Set<String> VARIABLES = Set.of("Variable", "VariableV2");

    private final Graph graph;
    private final Precision precision;
    private final boolean chain;

    /** Opened when first needed. */
    private final Map<Width, Session> sessions = new EnumMap<>(Width.class);

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final BusyClock busy = new BusyClock(System::nanoTime);

    /** What computes an operation. */
    enum Width {
        /** The thread that asks, alone. */
        NARROW,
        /** All processors. */
        WIDE
    }

    /** Takes ownership of the graph. */
    GraphSession(Graph graph, Precision precision) {
        this.graph = graph;
        this.precision = precision;
        this.chain = chain(graph);
    }

    /** Whether it has neither control flow nor variables of TensorFlow 1, whose values live in one session. */
    private static boolean chain(Graph graph) {
        for (var operations = graph.operations(); operations.hasNext(); ) {
            String type = operations.next().type();
            if (NetworkOperations.controlFlow(type) || VARIABLES.contains(type)) {
                return false;
            }
        }
        return true;
    }

    /** How many narrow runs at once keep all processors busy; 1 where there are wide ones only. */
    int processors() {
        return chain && SessionThreads.own() ? Runtime.getRuntime().availableProcessors() : 1;
    }

    private synchronized Session session(Width width) {
        return sessions.computeIfAbsent(width, missing -> new Session(graph, configuration(width)));
    }

    /**
     * One operation after the other rather than several at once: a network is a chain, and handing its small operations from thread to
     * thread takes longer than some of them. That executor knows neither control flow nor variables.
     */
    private ConfigProto configuration(Width width) {
        ConfigProto.Builder configuration = precision.configuration();
        if (chain) {
            configuration.setExperimental(
                    ConfigProto.Experimental.newBuilder().setExecutorType("SINGLE_THREADED_EXECUTOR"));
        }
        return (width == Width.NARROW ? SessionThreads.use(configuration, 1) : configuration).build();
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
     * @param into where the values of each fetched tensor go, to the same rows
     */
    void run(List<Feed> feeds, int from, int count, Width width, List<? extends Operand<?>> fetches, Rows into) {
        List<TFloat32> inputs = new ArrayList<>();
        lock.readLock().lock();
        try {
            Session.Runner runner = session(width).runner();
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
                for (int i = 0; i < fetches.size(); i++) {
                    into.put(i, from, (TFloat32) result.get(i));
                }
            }
        } finally {
            inputs.forEach(TFloat32::close);
            lock.readLock().unlock();
        }
    }

    private Result run(Session.Runner runner) {
        busy.begin();
        try {
            return runner.run();
        } finally {
            busy.end();
        }
    }

    /** How long at least one run was in flight so far, in nanoseconds. */
    long nanosRunning() {
        return busy.nanos();
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

    /** Waits for runs in flight, then frees what the sessions and the graph hold. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            // In this order: closing a graph before its sessions blocks for ever.
            sessions.values().forEach(Session::close);
            graph.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}

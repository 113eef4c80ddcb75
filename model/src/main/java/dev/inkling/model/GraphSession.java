package dev.inkling.model;

import dev.inkling.model.saved.NetworkOperations;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.index.Indices;
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

    private final Map<Width, SessionPool> sessions = new EnumMap<>(Width.class);

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
        for (Width width : Width.values()) {
            int most = width == Width.NARROW ? processors() : 1;
            sessions.put(width, new SessionPool(most, () -> new Session(graph, configuration(width))));
        }
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
     * Values for a tensor.
     *
     * @param values (rows, ...), read when it is fed; maybe a view of a larger array
     * @param row the tensor's shape but for the rows, where that of the values is another
     * @param shared whether there is one row only, which meets all rows of the others
     */
    record Feed(Operand<?> tensor, FloatNdArray values, Shape row, boolean shared) {

        Feed(Operand<?> tensor, FloatNdArray values) {
            this(tensor, values, values.shape().tail(), false);
        }

        int rows() {
            return Math.toIntExact(values.shape().get(0));
        }

        /** The values of rows [from, from + count), to be closed. */
        TFloat32 tensor(int from, int count) {
            // Part of an array is copied row by row, all of it at once.
            boolean all = shared || count == rows();
            FloatNdArray some = all ? values : values.slice(Indices.range(from, from + count));
            // The tensor takes the values' shape: a view that takes another is wrong without a word.
            return TFloat32.tensorOf(
                    row.prepend(some.shape().get(0)), tensor -> some.copyTo(tensor.withShape(some.shape())));
        }
    }

    /**
     * Runs the graph on some rows of the feeds.
     *
     * @param from first row
     * @param count number of rows
     * @param reader takes the values of the fetched tensors, (count, ...) each, which are gone when it returns; it may ask for more runs and
     *     edits
     */
    void run(
            List<Feed> feeds,
            int from,
            int count,
            Width width,
            List<? extends Operand<?>> fetches,
            Consumer<List<TFloat32>> reader) {
        List<TFloat32> inputs = new ArrayList<>();
        try {
            feeds.forEach(feed -> inputs.add(feed.tensor(from, count)));
            try (Result result = run(feeds, inputs, width, fetches)) {
                reader.accept(IntStream.range(0, fetches.size())
                        .mapToObj(i -> (TFloat32) result.get(i))
                        .toList());
            }
        } finally {
            inputs.forEach(TFloat32::close);
        }
    }

    private Result run(List<Feed> feeds, List<TFloat32> inputs, Width width, List<? extends Operand<?>> fetches) {
        lock.readLock().lock();
        try {
            return sessions.get(width).with(session -> {
                Session.Runner runner = session.runner();
                for (int i = 0; i < inputs.size(); i++) {
                    runner.feed(feeds.get(i).tensor(), inputs.get(i));
                }
                fetches.forEach(runner::fetch);
                busy.begin();
                try {
                    return runner.run();
                } finally {
                    busy.end();
                }
            });
        } finally {
            lock.readLock().unlock();
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
            sessions.values().forEach(SessionPool::close);
            graph.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}

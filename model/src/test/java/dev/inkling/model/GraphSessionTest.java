package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inkling.model.GraphSession.Feed;
import dev.inkling.model.GraphSession.Width;
import dev.inkling.spi.FloatArrays;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.index.Indices;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

class GraphSessionTest {

    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final Placeholder<TFloat32> x =
            tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, 2)));

    private float[] run(GraphSession session, Width width, Operand<?> fetch) {
        Rows rows = new Rows(2, 1);
        session.run(
                List.of(new Feed(x, FloatArrays.of(new float[] {1, 2, 3, 4}, 2, 2))),
                0,
                2,
                width,
                List.of(fetch),
                parts -> rows.put(0, parts));
        return rows.all().get(0);
    }

    @Test
    void eachWidthRunsTheGraphAsItIsNow() {
        try (GraphSession session = new GraphSession(graph, Precision.FLOAT32)) {
            assertThat(session.processors())
                    .isEqualTo(SessionThreads.own() ? Runtime.getRuntime().availableProcessors() : 1);
            Operand<?> twice = session.edit(edited -> tf.math.add(x, x));
            for (Width width : Width.values()) {
                assertThat(run(session, width, twice)).containsExactly(2, 4, 6, 8);
            }
            Operand<?> square = session.edit(edited -> tf.math.mul(x, x));
            for (Width width : Width.values()) {
                assertThat(run(session, width, square)).containsExactly(1, 4, 9, 16);
            }
        }
    }

    /** An edit waits for runs in flight, so whoever reads must not be in one any more. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aReaderMayRunAndEdit() {
        try (GraphSession session = new GraphSession(graph, Precision.FLOAT32)) {
            Operand<?> twice = session.edit(edited -> tf.math.add(x, x));
            List<Float> read = new ArrayList<>();
            session.run(
                    List.of(new Feed(x, FloatArrays.of(new float[] {1, 2}, 1, 2))),
                    0,
                    1,
                    Width.WIDE,
                    List.of(twice),
                    parts -> {
                        Operand<?> square = session.edit(edited -> tf.math.mul(x, x));
                        assertThat(run(session, Width.WIDE, square)).containsExactly(1, 4, 9, 16);
                        read.add(parts.get(0).getFloat(0, 1));
                    });
            assertThat(read).containsExactly(4f);
        }
    }

    /** Rows may lie apart in a larger array, and a tensor may have another shape than they. */
    @Test
    void viewsAreFedAsTheyAre() {
        FloatNdArray columns = FloatArrays.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 1, 3)
                .slice(Indices.all(), Indices.all(), Indices.range(1, 3));
        try (GraphSession session = new GraphSession(graph, Precision.FLOAT32)) {
            Operand<?> same = session.edit(edited -> tf.math.add(x, tf.constant(0f)));
            List<float[]> read = new ArrayList<>();
            Feed feed = new Feed(x, columns, Shape.of(2), false);
            session.run(
                    List.of(feed), 1, 2, Width.WIDE, List.of(same), parts -> read.add(FloatArrays.flat(parts.get(0))));
            assertThat(read).containsExactly(new float[] {5, 6, 8, 9});
        }
    }

    /** What one session has assigned the other would not know. */
    @Test
    void variablesOfTensorFlow1HaveOneSession() {
        Variable<TFloat32> variable = tf.variable(Shape.of(2), TFloat32.class);
        Operand<?> assigned = tf.assign(variable, tf.constant(new float[] {10, 20}));
        Operand<?> sum = tf.math.add(x, variable);
        try (GraphSession session = new GraphSession(graph, Precision.FLOAT32)) {
            assertThat(session.processors()).isEqualTo(1);
            run(session, Width.WIDE, assigned);
            assertThat(run(session, Width.WIDE, sum)).containsExactly(11, 22, 13, 24);
        }
    }

    @Test
    void controlFlowHasOneSession() {
        Operand<?> taken = tf.switchCond(x, tf.constant(true)).outputTrue();
        try (GraphSession session = new GraphSession(graph, Precision.FLOAT32)) {
            assertThat(session.processors()).isEqualTo(1);
            assertThat(run(session, Width.WIDE, taken)).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void closingWaitsForRunsAndRefusesMore() throws Exception {
        Operand<?> twice = tf.math.add(x, x);
        GraphSession session = new GraphSession(graph, Precision.FLOAT32);
        ExecutorService pool = Executors.newFixedThreadPool(Width.values().length);
        List<Future<?>> running = List.of(
                pool.submit(() -> untilClosed(session, Width.NARROW, twice)),
                pool.submit(() -> untilClosed(session, Width.WIDE, twice)));
        while (session.nanosRunning() == 0) {
            Thread.onSpinWait();
        }
        session.close();
        for (Future<?> each : running) {
            assertThatThrownBy(() -> each.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
        }
        pool.shutdown();
    }

    private void untilClosed(GraphSession session, Width width, Operand<?> fetch) {
        while (true) {
            assertThat(run(session, width, fetch)).containsExactly(2, 4, 6, 8);
        }
    }
}

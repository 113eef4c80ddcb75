package dev.inkling.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.tensorflow.Session;

/**
 * Sessions of one graph, each with one run at a time. Two runs in one session share its kernels, and TensorFlow's fused convolution keeps
 * the tensor that it adds in a field: in a residual network one run would read what the other has freed. For several threads.
 */
final class SessionPool implements AutoCloseable {

    private final Supplier<Session> opener;
    private final Semaphore free;
    private final List<Session> opened = new ArrayList<>();
    private final Deque<Session> idle = new ArrayDeque<>();

    /**
     * Opens none yet.
     *
     * @param most that may be open; who needs one more waits
     */
    SessionPool(int most, Supplier<Session> opener) {
        this.free = new Semaphore(most);
        this.opener = opener;
    }

    /** Does something with a session that nobody else has. */
    <T> T with(Function<Session, T> work) {
        free.acquireUninterruptibly();
        try {
            Session session = take();
            try {
                return work.apply(session);
            } finally {
                putBack(session);
            }
        } finally {
            free.release();
        }
    }

    /** The one that was used last, for TensorFlow has made ready there what it was asked. */
    private synchronized Session take() {
        if (idle.isEmpty()) {
            idle.push(opener.get());
            opened.add(idle.peek());
        }
        return idle.pop();
    }

    private synchronized void putBack(Session session) {
        idle.push(session);
    }

    /** When no run is in flight. */
    @Override
    public synchronized void close() {
        opened.forEach(Session::close);
    }
}

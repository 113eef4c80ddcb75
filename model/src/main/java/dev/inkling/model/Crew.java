package dev.inkling.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * The threads that compute the parts of a batch. What is to be done with the rows of a part is done by the thread that has computed it, and by
 * those that have no part left: the last part of a batch would keep all others waiting.
 */
final class Crew {

    /** Whose parts this thread computes; null where it works alone. */
    private static final ThreadLocal<Crew> OWN = new ThreadLocal<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** In hand; guarded by the lock. */
    private final List<Shared> inHand = new ArrayList<>();

    /** Threads that may still have rows to share; guarded by the lock. */
    private int working;

    /** Threads that wait for rows; guarded by the lock. */
    private int waiting;

    /** Rows of a part, of which each is taken by one thread. */
    private static final class Shared {

        private final int count;
        private final Supplier<IntConsumer> worker;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        /** Guarded by the crew's lock. */
        private int helpers;

        Shared(int count, Supplier<IntConsumer> worker) {
            this.count = count;
            this.worker = worker;
        }

        boolean left() {
            return next.get() < count;
        }

        /** Takes one after the other, until none is left. */
        void work() {
            try {
                IntConsumer own = worker.get();
                for (int row = next.getAndIncrement(); row < count; row = next.getAndIncrement()) {
                    own.accept(row);
                }
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
                next.set(count);
            }
        }

        void requireDone() {
            if (failure.get() instanceof Error error) {
                throw error;
            }
            if (failure.get() != null) {
                throw (RuntimeException) failure.get();
            }
        }
    }

    /** Whether this thread computes one of several parts. */
    static boolean atWork() {
        return OWN.get() != null;
    }

    /** Computes parts by this thread, then helps those of the crew who still have some. */
    void work(Runnable parts) {
        Crew before = OWN.get();
        OWN.set(this);
        begin();
        try {
            try {
                parts.run();
            } finally {
                end();
            }
            help();
        } finally {
            OWN.set(before);
        }
    }

    /**
     * Does something with each row of a part, with this thread's crew if it has one, and returns when all is done. What fails comes through as it
     * is; no further row is begun then.
     *
     * @param worker gives each thread what it works with
     */
    static void forEach(int count, Supplier<IntConsumer> worker) {
        Shared rows = new Shared(count, worker);
        Crew crew = OWN.get();
        if (crew == null || count == 1) {
            rows.work();
        } else {
            crew.share(rows);
        }
        rows.requireDone();
    }

    private void share(Shared rows) {
        lock.lock();
        try {
            inHand.add(rows);
            if (waiting > 0) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        rows.work();
        lock.lock();
        try {
            inHand.remove(rows);
            while (rows.helpers > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void help() {
        for (Shared rows = take(); rows != null; rows = take()) {
            rows.work();
            leave(rows);
        }
    }

    /** Waits for rows; null when nobody can have any more. */
    private Shared take() {
        lock.lock();
        try {
            while (working > 0) {
                for (Shared rows : inHand) {
                    if (rows.left()) {
                        rows.helpers++;
                        return rows;
                    }
                }
                waiting++;
                changed.awaitUninterruptibly();
                waiting--;
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void leave(Shared rows) {
        lock.lock();
        try {
            rows.helpers--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        lock.lock();
        try {
            working++;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            working--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

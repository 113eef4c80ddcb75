package dev.inkling.spi;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Several at once, such as the images of a batch: while one is made ready, the model is at work on another. */
public final class Parallel {

    private Parallel() {}

    /**
     * Does the same for each of a number of things, several at once, and returns when all is done. The calling thread takes part, so calls may
     * be nested; with it work the threads of {@link java.util.concurrent.ForkJoinPool#commonPool()}. What the task has written is seen by the
     * caller.
     *
     * <p>What a task throws comes through as it is, whichever thread meets it: a parallel stream makes another exception of that of another
     * thread where it can, with another message. Once a task has failed none is begun, and those at work end first. Of several failures
     * the first comes through.
     *
     * @param count how many there are
     * @param task given each number in [0, count) once, in any order
     */
    public static void forEach(int count, IntConsumer task) {
        if (count == 1) {
            // Nothing to share: the threads' own work would take longer than many a task within a task.
            task.accept(0);
            return;
        }
        AtomicReference<Throwable> failure = new AtomicReference<>();
        IntStream.range(0, count).parallel().forEach(i -> {
            if (failure.get() == null) {
                try {
                    task.accept(i);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
            }
        });
        if (failure.get() instanceof Error error) {
            throw error;
        }
        if (failure.get() != null) {
            throw (RuntimeException) failure.get();
        }
    }
}

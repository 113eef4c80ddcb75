package dev.inkling.trainer;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.Uninterruptibles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes an epoch's batches ahead of their time, on threads of its own, while the step before is computed. Batches come in their
 * order and with the same content whatever the number of threads. {@link #next} and {@link #start} are for one thread.
 */
final class BatchLoader implements AutoCloseable {

    /** A batch in the making for every thread, and one ready. */
    private static final int THREADS = 2;

    private static final int AHEAD = THREADS + 1;

    private final Dataset data;
    private final int size;
    private final ThreadLocal<Augmenter> augmenters;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS,
            new ThreadFactoryBuilder().setNameFormat("batch-%d").setDaemon(true).build());
    private final Deque<Future<Batch>> ready = new ArrayDeque<>();
    private final Deque<Batch> free = new ArrayDeque<>();

    private int[] order;
    private int epoch;
    private int from;
    private Batch handedOut;

    BatchLoader(Dataset data, int size, AugmentationSettings augmentation, long seed) {
        this.data = data;
        this.size = size;
        this.augmenters = ThreadLocal.withInitial(
                () -> new Augmenter(augmentation, data.height(), data.width(), data.channels(), seed));
        for (int i = 0; i < AHEAD; i++) {
            free.add(new Batch(data, size));
        }
    }

    /**
     * Begins an epoch.
     *
     * @param indices of its images, in their order
     * @param number of the epoch, counted from 1
     * @param batches to leave out at the beginning
     */
    void start(int[] indices, int number, int batches) {
        while (!ready.isEmpty()) {
            free.add(await(ready.remove()));
        }
        order = indices;
        epoch = number;
        from = batches * size;
        submit();
    }

    private void submit() {
        while (!free.isEmpty() && from < order.length) {
            Batch batch = free.remove();
            int[] indices = order;
            int number = epoch;
            int first = from;
            ready.add(threads.submit(() -> {
                batch.fill(indices, first);
                Augmenter augmenter = augmenters.get();
                for (int n = 0; n < batch.count(); n++) {
                    augmenter.apply(batch.pixels(), n * batch.imageSize(), number, indices[first + n]);
                }
                return batch;
            }));
            from += size;
        }
    }

    /** Whether the epoch has a batch left. */
    boolean hasNext() {
        return !ready.isEmpty();
    }

    /** The next batch, to be used until the next call. */
    Batch next() {
        if (handedOut != null) {
            free.add(handedOut);
        }
        handedOut = await(ready.remove());
        submit();
        return handedOut;
    }

    private static Batch await(Future<Batch> future) {
        try {
            // An interrupt ends a run between steps, not in the middle of one.
            return Uninterruptibles.getUninterruptibly(future);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a batch could not be made", e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

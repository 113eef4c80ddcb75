package dev.inkling.tck;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/**
 * Lets an {@link ObservedModel} answer no sooner than some number of threads have asked: so that state which explanations
 * share by mistake is mixed up for certain, not by luck.
 */
final class Rendezvous implements IntConsumer {

    private static final long PATIENCE_MILLIS = 500;

    private final CyclicBarrier barrier;

    Rendezvous(int threads) {
        this.barrier = new CyclicBarrier(threads);
    }

    /** Gives up for good after a while: explanations may come one after the other, or ask the model unequally often. */
    @Override
    public void accept(int images) {
        try {
            barrier.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (BrokenBarrierException | TimeoutException e) {
            // a broken barrier lets everyone pass
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.inkling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrewTest {

    private final Crew crew = new Crew();
    private final CountDownLatch begun = new CountDownLatch(1);

    /** Daemons, so that one that hangs fails its test and not the whole run. */
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private Future<?> inCrew(Runnable parts) {
        return threads.submit(() -> crew.work(parts));
    }

    private Future<?> owner(Runnable parts) {
        return inCrew(() -> {
            begun.countDown();
            parts.run();
        });
    }

    /** Has no part left when the owner has begun; before, there would be nobody to help. */
    private Future<?> helper() {
        return inCrew(() -> await(begun));
    }

    /** Both rows are in hand at the same time, so two threads have one each. */
    @Test
    void whoHasNoPartLeftHelps() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        Set<Object> tools = ConcurrentHashMap.newKeySet();
        Future<?> owner = owner(() -> Crew.forEach(2, () -> {
            Object tool = new Object();
            return row -> {
                await(together);
                seen.add(Thread.currentThread());
                tools.add(tool);
            };
        }));
        Future<?> helper = helper();
        owner.get();
        helper.get();
        assertThat(seen).hasSize(2);
        assertThat(tools).hasSize(2);
    }

    /** It waits for rows that come later, here while it waits already, and helps with those of several parts. */
    @Test
    void helpsUntilAllPartsAreDone() throws Exception {
        AtomicReference<Thread> helping = new AtomicReference<>();
        Future<?> owner = owner(() -> {
            while (helping.get() == null) {
                Thread.onSpinWait();
            }
            awaitWaiting(helping.get());
            for (int part = 0; part < 3; part++) {
                CyclicBarrier together = new CyclicBarrier(2);
                Crew.forEach(2, () -> row -> await(together));
            }
        });
        Future<?> helper = inCrew(() -> {
            await(begun);
            helping.set(Thread.currentThread());
        });
        owner.get();
        helper.get();
    }

    @Test
    void takesEachRowOnce() throws Exception {
        ConcurrentLinkedQueue<Integer> rows = new ConcurrentLinkedQueue<>();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int from = 100 * i;
            all.add(inCrew(() -> Crew.forEach(100, () -> row -> rows.add(from + row))));
        }
        for (Future<?> each : all) {
            each.get();
        }
        assertThat(rows).hasSize(300).doesNotHaveDuplicates();
    }

    /** What is shown is gone when the owner goes on: the helper's row ends after the owner has begun to wait. */
    @Test
    void theOwnerWaitsForTheHelpersRow() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicReference<Thread> owning = new AtomicReference<>();
        AtomicBoolean over = new AtomicBoolean();
        AtomicBoolean helpersRowDone = new AtomicBoolean();
        Future<?> owner = owner(() -> {
            owning.set(Thread.currentThread());
            Crew.forEach(2, () -> row -> {
                await(together);
                if (Thread.currentThread() != owning.get()) {
                    while (!over.get() && owning.get().getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                    }
                    helpersRowDone.set(!over.get());
                }
            });
            over.set(true);
            assertThat(helpersRowDone).isTrue();
        });
        Future<?> helper = helper();
        owner.get();
        helper.get();
    }

    @Test
    void whatFailsForTheHelperIsTheOwnersFailure() throws Exception {
        IllegalStateException failure = new IllegalStateException("no");
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicReference<Thread> owning = new AtomicReference<>();
        Future<?> owner = owner(() -> {
            owning.set(Thread.currentThread());
            Crew.forEach(2, () -> row -> {
                await(together);
                if (Thread.currentThread() != owning.get()) {
                    throw failure;
                }
            });
        });
        Future<?> helper = helper();
        assertThatThrownBy(owner::get).isInstanceOf(ExecutionException.class).hasCause(failure);
        helper.get();
    }

    /** The helper is in its row until the owner, whose row has failed, waits for it. */
    @Test
    void afterAFailureNoFurtherRowIsBegun() throws Exception {
        AssertionError failure = new AssertionError("no");
        AtomicInteger rows = new AtomicInteger();
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicReference<Thread> owning = new AtomicReference<>();
        CountDownLatch fails = new CountDownLatch(1);
        Future<?> owner = owner(() -> {
            owning.set(Thread.currentThread());
            Crew.forEach(10, () -> row -> {
                rows.incrementAndGet();
                await(together);
                if (Thread.currentThread() == owning.get()) {
                    fails.countDown();
                    throw failure;
                }
                // Before that it may wait inside the barrier.
                await(fails);
                awaitWaiting(owning.get());
            });
        });
        Future<?> helper = helper();
        assertThatThrownBy(owner::get).hasCause(failure);
        helper.get();
        assertThat(rows).hasValue(2);
    }

    @Test
    void aFailureLeavesTheThreadAlone() {
        AssertionError failure = new AssertionError("no");
        assertThatThrownBy(() -> crew.work(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(Crew.atWork()).isFalse();
    }

    /** One that has failed holds up no other. */
    @Test
    void aFailedPartIsDone() throws Exception {
        IllegalStateException failure = new IllegalStateException("no");
        Future<?> failing = owner(() -> {
            throw failure;
        });
        helper().get();
        assertThatThrownBy(failing::get).hasCause(failure);
    }

    /** The pool may have no second thread: then the first lane must not wait for one that comes after it. */
    @Test
    void oneAfterTheOther() {
        List<Integer> rows = new ArrayList<>();
        crew.work(() -> Crew.forEach(2, () -> rows::add));
        crew.work(() -> Crew.forEach(1, () -> rows::add));
        assertThat(rows).containsExactly(0, 1, 0);
    }

    @Test
    void aloneInOrderOnThisThread() {
        List<Integer> rows = new ArrayList<>();
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        Crew.forEach(3, () -> row -> {
            seen.add(Thread.currentThread());
            rows.add(row);
        });
        assertThat(rows).containsExactly(0, 1, 2);
        assertThat(seen).containsExactly(Thread.currentThread());
        assertThat(Crew.atWork()).isFalse();
    }

    /** A row that asks for rows of its own: they are shared among the same crew. */
    @Test
    void rowsWithinARow() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        Future<?> owner = owner(() -> Crew.forEach(
                1,
                () -> row -> Crew.forEach(2, () -> inner -> {
                    assertThat(Crew.atWork()).isTrue();
                    await(together);
                })));
        Future<?> helper = helper();
        owner.get();
        helper.get();
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}

package dev.inkling.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 1000})
    void doesEachOnceAndShowsWhatWasWritten(int count) {
        int[] times = new int[count];
        Parallel.forEach(count, i -> times[i]++);
        assertThat(times).containsOnly(count == 0 ? new int[0] : new int[] {1});
    }

    @Test
    void doesSeveralAtOnceAndLetsThemDoTheSame() {
        assumeThat(ForkJoinPool.getCommonPoolParallelism()).isPositive();
        CountDownLatch both = new CountDownLatch(2);
        AtomicIntegerArray times = new AtomicIntegerArray(20);
        Parallel.forEach(2, i -> {
            both.countDown();
            await(both);
            Parallel.forEach(10, j -> times.incrementAndGet(i * 10 + j));
        });
        for (int i = 0; i < times.length(); i++) {
            assertThat(times.get(i)).isEqualTo(1);
        }
    }

    /** Each of two threads fails once; a parallel stream would wrap one of the two. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFailureComesThroughAsItIs(boolean error) {
        assumeThat(ForkJoinPool.getCommonPoolParallelism()).isPositive();
        Thread caller = Thread.currentThread();
        for (boolean byCaller : new boolean[] {false, true}) {
            IllegalStateException exception = new IllegalStateException("no");
            AssertionError assertion = new AssertionError("no");
            CountDownLatch both = new CountDownLatch(2);
            assertThatThrownBy(() -> Parallel.forEach(2, i -> {
                        both.countDown();
                        await(both);
                        if ((Thread.currentThread() == caller) == byCaller) {
                            if (error) {
                                throw assertion;
                            }
                            throw exception;
                        }
                    }))
                    .isSameAs(error ? assertion : exception);
        }
    }

    @Test
    void afterAFailureNoneIsBegun() {
        AtomicInteger begun = new AtomicInteger();
        assertThatThrownBy(() -> Parallel.forEach(100_000, i -> {
                    begun.incrementAndGet();
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        // Those that other threads had begun by then.
        assertThat(begun.get()).isLessThanOrEqualTo(ForkJoinPool.getCommonPoolParallelism() + 1);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("the other thread did not come");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

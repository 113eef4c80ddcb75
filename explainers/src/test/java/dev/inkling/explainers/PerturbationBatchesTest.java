package dev.inkling.explainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import dev.inkling.tck.LinearModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.FloatNdArray;

class PerturbationBatchesTest {

    /** Class k's score is the image's pixel k. */
    private final LinearModel pixels = new LinearModel(1, 2, 1, new float[][] {{1, 0}, {0, 1}}, new float[2]);

    private final List<Long> batches = Collections.synchronizedList(new ArrayList<>());
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    private final Model counting = scoring(images -> {
        batches.add(images.shape().get(0));
        return pixels.scores(images);
    });

    /** Adds the number of the copy to both pixels. */
    private class Counted implements Perturbations<Integer> {

        private final int image;
        private final int copies;

        Counted(int image, int copies) {
            this.image = image;
            this.copies = copies;
        }

        @Override
        public int copies() {
            return copies;
        }

        @Override
        public Integer perturb(int copy, float[] batch, int offset) {
            batch[offset] += copy;
            batch[offset + 1] += copy;
            return copy;
        }

        @Override
        public void observe(Integer copy, float score) {
            log.add(image + "." + copy + "=" + (int) score);
        }

        @Override
        public void conclude() {
            log.add(image + " done");
        }
    }

    private List<String> logOf(int image) {
        return log.stream().filter(entry -> entry.matches(image + "[. ].*")).toList();
    }

    @Test
    void copiesAreOfTheirImageAndScoredByItsTarget() {
        int[] copies = {2, 0, 3};
        PerturbationBatches.run(
                counting,
                new float[] {100, 200, 300, 400, 500, 600},
                Targets.classes(2, 0, 0, 1),
                n -> new Counted(n, copies[n]));
        assertThat(logOf(0)).containsExactly("0.0=100", "0.1=101", "0 done");
        assertThat(logOf(1)).containsExactly("1 done");
        assertThat(logOf(2)).containsExactly("2.0=600", "2.1=601", "2.2=602", "2 done");
        assertThat(log).hasSize(8);
    }

    /** So that all copies in a batch have their image in common. */
    @Test
    void everyImageHasBatchesOfItsOwn() {
        PerturbationBatches.run(
                counting,
                new float[8],
                Targets.classes(2, 0, 1, 0, 1),
                n -> new Counted(n, new int[] {100, 3, 150, 257}[n]));
        assertThat(batches).containsExactlyInAnyOrder(100L, 3L, 128L, 22L, 128L, 128L, 1L);
        assertThat(logOf(3)).hasSize(258).startsWith("3.0=0").endsWith("3.256=256", "3 done");
    }

    /** Each of two images waits for the other, as it would for ever if that were taken up after it. */
    @Test
    void severalImagesAreTakenUpAtOnce() {
        assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
        CountDownLatch both = new CountDownLatch(2);
        Model waiting = scoring(images -> {
            both.countDown();
            await(both);
            return pixels.scores(images);
        });
        PerturbationBatches.run(waiting, new float[4], Targets.classes(2, 0, 1), n -> new Counted(n, 2));
        assertThat(log).hasSize(6);
    }

    /** The first batch waits for a copy of the second, as it would for ever if that were made after it. */
    @Test
    void aBatchIsMadeWhileTheOneBeforeIsScored() {
        CountDownLatch second = new CountDownLatch(1);
        Model waiting = scoring(images -> {
            await(second);
            return pixels.scores(images);
        });
        Thread caller = Thread.currentThread();
        PerturbationBatches.run(waiting, new float[2], Targets.classes(2, 0), n -> new Counted(n, 200) {
            @Override
            public Integer perturb(int copy, float[] batch, int offset) {
                assertThat(Thread.currentThread()).isSameAs(caller);
                if (copy == 128) {
                    second.countDown();
                }
                return super.perturb(copy, batch, offset);
            }

            @Override
            public void observe(Integer copy, float score) {
                assertThat(Thread.currentThread()).isSameAs(caller);
                super.observe(copy, score);
            }
        });
        assertThat(log).hasSize(201).startsWith("0.0=0").endsWith("0.199=199", "0 done");
    }

    @Test
    void whatTheModelThrowsIsThrown() {
        InvalidInputException refusal = new InvalidInputException("no such image");
        Model refusing = scoring(images -> {
            throw refusal;
        });
        assertThatThrownBy(() -> PerturbationBatches.run(
                        refusing, new float[2], Targets.classes(2, 0), n -> new Counted(n, 1000)))
                .isSameAs(refusal);
        OutOfMemoryError error = new OutOfMemoryError();
        Model failing = scoring(images -> {
            throw error;
        });
        assertThatThrownBy(() -> PerturbationBatches.run(
                        failing, new float[2], Targets.classes(2, 0), n -> new Counted(n, 1000)))
                .isSameAs(error);
    }

    /** Whichever thread takes it up, and whether the model refuses or the method. */
    @Test
    void aRefusalOfOneOfManyImagesIsThrownAsItIs() {
        InvalidInputException refusal = new InvalidInputException("no such image");
        Model refusing = scoring(images -> {
            if (images.getFloat(0, 0, 0, 0) == 7) {
                throw refusal;
            }
            return pixels.scores(images);
        });
        Targets targets = Targets.classes(2, new int[8]);
        for (int refused = 0; refused < 8; refused++) {
            float[] images = new float[16];
            images[2 * refused] = 7;
            assertThatThrownBy(() -> PerturbationBatches.run(refusing, images, targets, n -> new Counted(n, 2)))
                    .isSameAs(refusal);
            int last = refused;
            assertThatThrownBy(() -> PerturbationBatches.run(counting, new float[16], targets, n -> {
                        if (n == last) {
                            throw refusal;
                        }
                        return new Counted(n, 2);
                    }))
                    .isSameAs(refusal);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Model scoring(UnaryOperator<FloatNdArray> scores) {
        return scoring(pixels.signature(), scores);
    }

    private static Model scoring(ModelSignature signature, UnaryOperator<FloatNdArray> scores) {
        return new Model() {
            @Override
            public ModelSignature signature() {
                return signature;
            }

            @Override
            public FloatNdArray scores(FloatNdArray images) {
                return scores.apply(images);
            }

            @Override
            public <T> Optional<T> capability(Class<T> type) {
                return Optional.empty();
            }
        };
    }

    @Test
    void oneImageOfManyCopiesFillsNoMoreThanABatch() {
        PerturbationBatches.run(counting, new float[2], Targets.classes(2, 0), n -> new Counted(n, 1000));
        assertThat(batches).containsExactly(128L, 128L, 128L, 128L, 128L, 128L, 128L, 104L);
        assertThat(log).contains("0.999=999");
    }

    /** 2²⁴ values are 64 MiB, in two batches. */
    @Test
    void batchesOfLargeImagesAreSmall() {
        ModelSignature signature = new ModelSignature(
                "large", 1024, 1024, 3, ModelSignature.ValueRange.UNIT, List.of("a", "b"), List.of());
        Model large = scoring(signature, images -> {
            long count = images.shape().get(0);
            batches.add(count);
            return FloatArrays.of(new float[2 * (int) count], count, 2);
        });
        PerturbationBatches.run(large, new float[1024 * 1024 * 3], Targets.classes(2, 0), n -> new Counted(n, 5));
        assertThat(batches).containsExactly(2L, 2L, 1L);
    }

    @Test
    void theImagesAreNotWrittenTo() {
        float[] images = {1, 2};
        PerturbationBatches.run(counting, images, Targets.classes(2, 0), n -> new Counted(n, 3));
        assertThat(images).containsExactly(1, 2);
    }
}

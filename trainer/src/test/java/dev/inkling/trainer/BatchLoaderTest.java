package dev.inkling.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchLoaderTest {

    private static final Dataset DATA = Patterns.bars(50, 1);
    private static final AugmentationSettings CHANGES = new AugmentationSettings(10, 0.1, 0.1, 5, 20, 4, 0.5, 0.5);

    private static List<float[]> epoch(BatchLoader loader, int[] order, int number, int skipped) {
        List<float[]> images = new ArrayList<>();
        loader.start(order, number, skipped);
        while (loader.hasNext()) {
            Batch batch = loader.next();
            for (int n = 0; n < batch.count(); n++) {
                float[] image = new float[65];
                System.arraycopy(batch.pixels(), n * 64, image, 0, 64);
                image[64] = batch.labels()[n];
                images.add(image);
            }
        }
        return images;
    }

    /** In order, each with its own label, changed as the augmenter alone changes it; the last batch shorter. */
    @Test
    void batchesAreWhatTheirImagesMake() {
        int[] order = IntStream.range(0, 50).map(i -> 7 * i % 50).toArray();
        Augmenter augmenter = new Augmenter(CHANGES, 8, 8, 1, 3);
        try (BatchLoader loader = new BatchLoader(DATA, 8, CHANGES, 3)) {
            for (int number = 1; number <= 3; number++) {
                List<float[]> images = epoch(loader, order, number, 0);
                assertThat(images).hasSize(50);
                for (int i = 0; i < 50; i++) {
                    float[] expected = new float[65];
                    DATA.copyImages(order, i, 1, expected);
                    augmenter.apply(expected, 0, number, order[i]);
                    expected[64] = DATA.label(order[i]);
                    assertThat(images.get(i))
                            .as("image %d of epoch %d", i, number)
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void anEpochCanBeginInTheMiddleAndBeLeftInTheMiddle() {
        int[] order = IntStream.range(0, 50).toArray();
        try (BatchLoader loader = new BatchLoader(DATA, 8, CHANGES, 3)) {
            List<float[]> whole = epoch(loader, order, 2, 0);
            loader.start(order, 1, 0);
            loader.next();
            List<float[]> rest = epoch(loader, order, 2, 4);
            assertThat(rest).hasSize(50 - 32);
            for (int i = 0; i < rest.size(); i++) {
                assertThat(rest.get(i)).isEqualTo(whole.get(32 + i));
            }
        }
    }

    /** A batch is left alone until the next is asked for. */
    @Test
    void aBatchIsNotOverwrittenWhileItIsUsed() {
        int[] order = IntStream.range(0, 50).toArray();
        try (BatchLoader loader = new BatchLoader(DATA, 2, CHANGES, 3)) {
            loader.start(order, 1, 0);
            for (int i = 0; loader.hasNext(); i++) {
                Batch batch = loader.next();
                float[] first = batch.pixels().clone();
                // The loader has room for two more, and time to overwrite this one if it meant to.
                Augmenter augmenter = new Augmenter(CHANGES, 8, 8, 1, 3);
                for (int busy = 0; busy < 20; busy++) {
                    augmenter.apply(new float[64], 0, busy, i);
                }
                assertThat(batch.pixels()).isEqualTo(first);
            }
        }
    }

    @Test
    void aFailureReachesTheOneWhoAsks() {
        try (BatchLoader loader = new BatchLoader(DATA, 8, CHANGES, 3)) {
            loader.start(new int[] {0, 50}, 1, 0);
            assertThatThrownBy(loader::next)
                    .hasMessage("a batch could not be made")
                    .hasRootCauseMessage("image 50 does not exist; data 'bars' hold images 0 to 49");
        }
    }
}

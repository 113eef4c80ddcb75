package dev.inkling.model.incremental;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inkling.spi.FloatArrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A 3×3 convolution of 32 channels over 16×16 places: 9,216 multiplications at each of 256. */
class IncrementalInferenceTest {

    private static final int SIDE = 16;
    private static final int CHANNELS = 32;
    private static final long MULTIPLICATIONS = 9L * CHANNELS * CHANNELS * SIDE * SIDE;

    /**
     * A changed box of b×b places makes (b + 2)² outputs to compute. With the whole image shared by N copies, 256/N places each, and 20
     * multiplications for each of 8,192 values to place, 12×12 saves 10.6 % for 17 copies, 13×13 0.5 % for 20 of them and 4.8 % for 256, 14×14 less than nothing.
     */
    @ParameterizedTest
    @CsvSource({"12, 17, true", "13, 20, false", "13, 256, true", "14, 256, false"})
    void savesAtLeastThreeInAHundred(int box, int count, boolean worthwhile) {
        assertThat(hasPlan(copies(box, count), count)).isEqualTo(worthwhile);
    }

    @Test
    void theLargestBoxOfAllCounts() {
        int count = 20;
        // Not one of those that are asked what is common: the first, the last and every third.
        for (int odd : new int[] {1, 10, 17}) {
            float[] pixels = copies(4, count);
            int size = SIDE * SIDE * CHANNELS;
            System.arraycopy(copies(14, 1), 0, pixels, odd * size, size);
            assertThat(hasPlan(pixels, count)).isFalse();
        }
        assertThat(hasPlan(copies(4, count), count)).isTrue();
    }

    private static boolean hasPlan(float[] pixels, int count) {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Output<TFloat32> image = tf.placeholder(
                            TFloat32.class, Placeholder.shape(Shape.of(-1, SIDE, SIDE, CHANNELS)))
                    .asOutput();
            Output<TFloat32> convolved = tf.nn.conv2d(
                            image,
                            tf.fill(tf.array(3, 3, CHANNELS, CHANNELS), tf.constant(1f)),
                            List.of(1L, 1L, 1L, 1L),
                            "SAME")
                    .asOutput();
            Output<?> logits =
                    tf.reshape(convolved, tf.array(-1, SIDE * SIDE * CHANNELS)).asOutput();
            return new IncrementalInference(image, logits, MULTIPLICATIONS)
                    .plan(FloatArrays.of(pixels, count, SIDE, SIDE, CHANNELS))
                    .isPresent();
        }
    }

    /** Copies of a black image, with a box of noise from the second place on. */
    private static float[] copies(int box, int count) {
        Random random = new Random(3);
        float[] copies = new float[count * SIDE * SIDE * CHANNELS];
        for (int n = 0; n < count; n++) {
            for (int y = 1; y <= box; y++) {
                int from = ((n * SIDE + y) * SIDE + 1) * CHANNELS;
                for (int i = from; i < from + box * CHANNELS; i++) {
                    copies[i] = random.nextFloat();
                }
            }
        }
        return copies;
    }
}

package dev.inkling.explainers;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.tensorflow.ndarray.FloatNdArray;

/** A black box that counts what it is asked for. */
final class CountingModel implements Model {

    private final Model model;
    private final AtomicInteger images = new AtomicInteger();
    private final AtomicInteger largest = new AtomicInteger();

    CountingModel(Model model) {
        this.model = model;
    }

    /** A model of images 1×M×1 whose first score is a function of the M pixels, and whose second is 0. */
    static CountingModel of(int pixels, ToDoubleFunction<float[]> function) {
        return new CountingModel(new Model() {
            @Override
            public ModelSignature signature() {
                return new ModelSignature(
                        "function", 1, pixels, 1, ModelSignature.ValueRange.UNIT, List.of("f", "0"), List.of());
            }

            @Override
            public FloatNdArray scores(FloatNdArray images) {
                float[] values = FloatArrays.flat(images);
                float[] scores = new float[2 * values.length / pixels];
                for (int n = 0; n < scores.length / 2; n++) {
                    float[] image = new float[pixels];
                    System.arraycopy(values, n * pixels, image, 0, pixels);
                    scores[2 * n] = (float) function.applyAsDouble(image);
                }
                return FloatArrays.of(scores, scores.length / 2, 2);
            }

            @Override
            public <T> Optional<T> capability(Class<T> type) {
                return Optional.empty();
            }
        });
    }

    /** Images scored so far. */
    int images() {
        return images.get();
    }

    /** The most in one call. */
    int largestBatch() {
        return largest.get();
    }

    @Override
    public ModelSignature signature() {
        return model.signature();
    }

    @Override
    public FloatNdArray scores(FloatNdArray batch) {
        int count = Math.toIntExact(batch.shape().get(0));
        images.addAndGet(count);
        largest.accumulateAndGet(count, Math::max);
        return model.scores(batch);
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return Optional.empty();
    }
}

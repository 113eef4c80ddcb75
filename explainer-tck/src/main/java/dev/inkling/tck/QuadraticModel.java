package dev.inkling.tck;

import dev.inkling.spi.Background;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.ValueRange;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * logitₖ = ½ xᵀAₖx + bₖ·x + cₖ over images in [0, 1], Aₖ symmetric: its gradient Aₖx + bₖ is linear in the image, so that
 * averages over noise and integrals along paths have closed forms. Offers {@link Gradients} and {@link Background}. Immutable and safe for use by
 * several threads.
 */
public final class QuadraticModel implements Model, Gradients, Background {

    private final ModelSignature signature;
    private final float[][][] a;
    private final float[][] b;
    private final float[] c;

    /**
     * @param a (K, n, n), each symmetric, for n = H · W · C
     * @param b (K, n)
     * @param c K values
     */
    public QuadraticModel(int height, int width, int channels, float[][][] a, float[][] b, float[] c) {
        this.signature = new ModelSignature(
                "quadratic", height, width, channels, ValueRange.UNIT, PlainModel.labels(c.length), List.of());
        int size = signature.imageSize();
        this.a = new float[c.length][][];
        this.b = Weights.copy(c.length, b);
        this.c = c.clone();
        for (int k = 0; k < c.length; k++) {
            this.a[k] = Weights.copy(size, a[k]);
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < i; j++) {
                    if (a[k][i][j] != a[k][j][i]) {
                        throw new IllegalArgumentException("matrix " + k + " is not symmetric at " + i + ", " + j);
                    }
                }
            }
        }
    }

    /** All coefficients drawn uniformly from [−1, 1]. */
    public static QuadraticModel random(long seed, int height, int width, int channels, int classes) {
        SplittableRandom random = new SplittableRandom(seed);
        int size = height * width * channels;
        float[][][] a = new float[classes][][];
        for (int k = 0; k < classes; k++) {
            a[k] = Weights.random(random, size, size);
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < i; j++) {
                    a[k][i][j] = a[k][j][i];
                }
            }
        }
        return new QuadraticModel(
                height, width, channels, a, Weights.random(random, classes, size), Weights.random(random, classes));
    }

    @Override
    public ModelSignature signature() {
        return signature;
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
    }

    /** Five images drawn uniformly from [0, 1]. */
    @Override
    public FloatNdArray images() {
        return PlainModel.background(signature);
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        List<double[]> scores = new ArrayList<>();
        for (double[] image : PlainModel.split(images, signature)) {
            double[] logits = new double[c.length];
            for (int k = 0; k < logits.length; k++) {
                double logit = c[k];
                for (int i = 0; i < image.length; i++) {
                    logit += image[i] * (b[k][i] + 0.5 * product(a[k][i], image));
                }
                logits[k] = logit;
            }
            scores.add(logits);
        }
        return PlainModel.stack(scores, c.length);
    }

    @Override
    public FloatNdArray gradients(FloatNdArray images, Targets targets) {
        List<double[]> inputs = PlainModel.split(images, signature);
        targets.require(inputs.size(), signature);
        List<double[]> gradients = new ArrayList<>();
        for (int n = 0; n < inputs.size(); n++) {
            double[] weights = PlainModel.row(targets, n);
            double[] gradient = new double[signature.imageSize()];
            for (int i = 0; i < gradient.length; i++) {
                double sum = 0;
                for (int k = 0; k < weights.length; k++) {
                    sum += weights[k] * (b[k][i] + product(a[k][i], inputs.get(n)));
                }
                gradient[i] = sum;
            }
            gradients.add(gradient);
        }
        return PlainModel.stack(gradients, signature.height(), signature.width(), signature.channels());
    }

    private static double product(float[] left, double[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }
}

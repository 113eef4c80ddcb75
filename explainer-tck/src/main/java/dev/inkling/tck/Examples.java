package dev.inkling.tck;

import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Targets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.tensorflow.ndarray.FloatNdArray;

/** What is explained: the same images and targets for everyone. */
final class Examples {

    /** N, the number of images and of targets. */
    static final int COUNT = 3;

    private Examples() {}

    /** Random ones in the model's value range. */
    static FloatNdArray images(ModelSignature signature) {
        SplittableRandom random = new SplittableRandom(20);
        float[] values = new float[COUNT * signature.imageSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float)
                    random.nextDouble(signature.range().min(), signature.range().max());
        }
        return shaped(signature, values);
    }

    /** The same value everywhere. */
    static FloatNdArray uniformImages(ModelSignature signature, float level) {
        float[] values = new float[COUNT * signature.imageSize()];
        Arrays.fill(values, level);
        return shaped(signature, values);
    }

    /** Images of these values. */
    static FloatNdArray shaped(ModelSignature signature, float[] values) {
        return FloatArrays.of(
                values,
                values.length / signature.imageSize(),
                signature.height(),
                signature.width(),
                signature.channels());
    }

    /** A class, another, and why that other and not the first. */
    static Targets targets(int classes) {
        float[] weights = new float[COUNT * classes];
        weights[0] = 1;
        weights[classes + 1] = 1;
        weights[2 * classes] = -1;
        weights[2 * classes + 1] = 1;
        return Targets.of(FloatArrays.of(weights, COUNT, classes));
    }

    /** The opposite of each. */
    static Targets negated(Targets targets) {
        float[] weights = FloatArrays.flat(targets.weights());
        for (int i = 0; i < weights.length; i++) {
            weights[i] = -weights[i];
        }
        return Targets.of(FloatArrays.of(weights, targets.count(), targets.classCount()));
    }

    /** One class for all. */
    static Targets ofClass(int classes, int target) {
        int[] all = new int[COUNT];
        Arrays.fill(all, target);
        return Targets.classes(classes, all);
    }
}

package dev.inkling.spi;

import java.util.Arrays;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

/**
 * What to explain, one row per image: a linear functional Σₖ wₖ · logitₖ of the scores. Explaining a class is a row with a
 * single 1; "why 4 and not 9" is +1 at 4 and −1 at 9. Immutable.
 */
public final class Targets {

    private final float[] weights;
    private final int count;
    private final int classCount;

    private Targets(float[] weights, int classCount) {
        this.weights = weights;
        this.count = weights.length / classCount;
        this.classCount = classCount;
    }

    /**
     * Any weights.
     *
     * @param weights (N, K); copied
     * @throws InvalidInputException if the shape is another or a weight is not finite
     */
    public static Targets of(FloatNdArray weights) {
        float[] values = matrix(weights, "target weights");
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new InvalidInputException("a target weight is %s, expected a finite number", value);
            }
        }
        return new Targets(values, Math.toIntExact(weights.shape().get(1)));
    }

    /**
     * One class per image.
     *
     * @param classCount K
     * @param classes N class indices, each in [0, K)
     * @throws InvalidInputException if an index is outside
     */
    public static Targets classes(int classCount, int... classes) {
        float[] weights = new float[classes.length * classCount];
        for (int n = 0; n < classes.length; n++) {
            weights[n * classCount + checked(classes[n], classCount)] = 1;
        }
        return new Targets(weights, classCount);
    }

    /**
     * The class with the highest score of each image; the lowest index where several share it.
     *
     * @param scores (N, K) logits
     */
    public static Targets predicted(FloatNdArray scores) {
        return classes(Math.toIntExact(scores.shape().get(1)), predictedClasses(scores));
    }

    /**
     * The index of the highest score of each image; the lowest index where several share it.
     *
     * @param scores (N, K)
     * @return N indices
     */
    public static int[] predictedClasses(FloatNdArray scores) {
        float[] values = matrix(scores, "scores");
        int classCount = Math.toIntExact(scores.shape().get(1));
        int[] classes = new int[values.length / classCount];
        for (int n = 0; n < classes.length; n++) {
            for (int k = 1; k < classCount; k++) {
                if (values[n * classCount + k] > values[n * classCount + classes[n]]) {
                    classes[n] = k;
                }
            }
        }
        return classes;
    }

    /**
     * Why this class and not that: +1 and −1.
     *
     * @param classCount K
     * @param why N class indices in [0, K)
     * @param whyNot N class indices in [0, K), each another than its counterpart
     * @throws InvalidInputException if an index is outside, the lengths differ, or a pair is one class
     */
    public static Targets contrast(int classCount, int[] why, int[] whyNot) {
        if (why.length != whyNot.length) {
            throw new InvalidInputException(
                    "contrast of %d classes with %d; expected as many of both", why.length, whyNot.length);
        }
        float[] weights = new float[why.length * classCount];
        for (int n = 0; n < why.length; n++) {
            if (why[n] == whyNot[n]) {
                throw new InvalidInputException("contrast of class %d with itself; name two classes", why[n]);
            }
            weights[n * classCount + checked(why[n], classCount)] = 1;
            weights[n * classCount + checked(whyNot[n], classCount)] = -1;
        }
        return new Targets(weights, classCount);
    }

    /** N, the number of rows. */
    public int count() {
        return count;
    }

    /** K, the number of classes. */
    public int classCount() {
        return classCount;
    }

    /** The weights (N, K); a copy. */
    public FloatNdArray weights() {
        return FloatArrays.of(weights.clone(), count, classCount);
    }

    /** Rows [from, to). */
    public Targets rows(int from, int to) {
        return new Targets(Arrays.copyOfRange(weights, from * classCount, to * classCount), classCount);
    }

    /** One image's row, as often as asked: for methods that evaluate many variants of that image in one batch. */
    public Targets repeat(int image, int times) {
        float[] row = Arrays.copyOfRange(weights, image * classCount, (image + 1) * classCount);
        float[] repeated = new float[times * classCount];
        for (int i = 0; i < times; i++) {
            System.arraycopy(row, 0, repeated, i * classCount, classCount);
        }
        return new Targets(repeated, classCount);
    }

    /** The rows of these images, in this order, each as often as it is named: for batches that hold variants of several images. */
    public Targets select(int... images) {
        float[] selected = new float[images.length * classCount];
        for (int i = 0; i < images.length; i++) {
            System.arraycopy(weights, images[i] * classCount, selected, i * classCount, classCount);
        }
        return new Targets(selected, classCount);
    }

    /**
     * The value of each image's functional, Σₖ wₖ · logitₖ.
     *
     * @param scores (N, K) logits
     * @return N values, in logits
     * @throws InvalidInputException if the shape is another
     */
    public float[] scores(FloatNdArray scores) {
        float[] logits = logits(scores);
        float[] values = new float[count];
        for (int n = 0; n < count; n++) {
            float value = 0;
            for (int i = n * classCount; i < (n + 1) * classCount; i++) {
                value += weights[i] * logits[i];
            }
            values[n] = value;
        }
        return values;
    }

    /**
     * The positive weights of positive logits: for methods that explain how something positive came about.
     *
     * @param scores (N, K) logits
     * @throws InvalidInputException if the shape is another
     */
    public Targets positivePart(FloatNdArray scores) {
        float[] logits = logits(scores);
        float[] positive = weights.clone();
        for (int i = 0; i < positive.length; i++) {
            if (!(positive[i] > 0 && logits[i] > 0)) {
                positive[i] = 0;
            }
        }
        return new Targets(positive, classCount);
    }

    /**
     * Checks that there is a row per image and a weight per class.
     *
     * @throws InvalidInputException otherwise
     */
    public void require(int images, ModelSignature signature) {
        if (count != images || classCount != signature.classCount()) {
            throw new InvalidInputException(
                    "targets are (%d, %d), expected (%d, %d): a row per image, a weight per class of" + " model '%s'",
                    count, classCount, images, signature.classCount(), signature.name());
        }
    }

    /** Flat scores, after a look at their shape. */
    private float[] logits(FloatNdArray scores) {
        float[] logits = matrix(scores, "scores");
        if (logits.length != weights.length || scores.shape().get(1) != classCount) {
            throw new InvalidInputException(
                    "scores have shape %s, expected (%d, %d)", scores.shape(), count, classCount);
        }
        return logits;
    }

    private static int checked(int index, int classCount) {
        if (index < 0 || index >= classCount) {
            throw new InvalidInputException("class %d does not exist; classes are 0 to %d", index, classCount - 1);
        }
        return index;
    }

    private static float[] matrix(FloatNdArray array, String what) {
        Shape shape = array.shape();
        if (shape.numDimensions() != 2 || shape.get(1) < 1) {
            throw new InvalidInputException("%s have shape %s, expected (N, K)", what, shape);
        }
        return FloatArrays.flat(array);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Targets that && classCount == that.classCount && Arrays.equals(weights, that.weights);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(weights) + classCount;
    }

    @Override
    public String toString() {
        return "Targets(" + count + " × " + classCount + ")" + Arrays.toString(weights);
    }
}

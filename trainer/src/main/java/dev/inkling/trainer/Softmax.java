package dev.inkling.trainer;

/** Probabilities from one image's logits, in double precision and without overflow. */
public final class Softmax {

    private Softmax() {}

    /**
     * exp(logitₖ) / Σ exp(logit), for the logits from, …, from + count − 1 of a longer array.
     *
     * @param logits finite numbers
     * @return count numbers in [0, 1]
     */
    public static double[] of(float[] logits, int from, int count) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = from; k < from + count; k++) {
            max = Math.max(max, logits[k]);
        }
        double[] probabilities = new double[count];
        double sum = 0;
        for (int k = 0; k < count; k++) {
            probabilities[k] = Math.exp(logits[from + k] - max);
            sum += probabilities[k];
        }
        for (int k = 0; k < count; k++) {
            probabilities[k] /= sum;
        }
        return probabilities;
    }
}

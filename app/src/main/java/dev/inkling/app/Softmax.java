package dev.inkling.app;

/** Probabilities from one image's logits, in double precision and without overflow. */
final class Softmax {

    private Softmax() {}

    /** exp(logitₖ) / Σ exp(logit), for logits [from, from + count). */
    static double[] of(float[] logits, int from, int count) {
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

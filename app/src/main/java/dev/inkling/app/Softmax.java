package dev.inkling.app;

/** Probabilities and losses from one image's logits, in double precision and without overflow. */
final class Softmax {

    private Softmax() {}

    /** exp(logitₖ) / Σ exp(logit), for logits [from, from + count). */
    static double[] probabilities(float[] logits, int from, int count) {
        double max = max(logits, from, count);
        double sum = sum(logits, from, count, max);
        double[] probabilities = new double[count];
        for (int k = 0; k < count; k++) {
            probabilities[k] = Math.exp(logits[from + k] - max) / sum;
        }
        return probabilities;
    }

    /** −log of the probability of a class, in nats. */
    static double crossEntropy(float[] logits, int from, int count, int label) {
        double max = max(logits, from, count);
        return max - logits[from + label] + Math.log(sum(logits, from, count, max));
    }

    private static double max(float[] logits, int from, int count) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = from; k < from + count; k++) {
            max = Math.max(max, logits[k]);
        }
        return max;
    }

    private static double sum(float[] logits, int from, int count, double max) {
        double sum = 0;
        for (int k = from; k < from + count; k++) {
            sum += Math.exp(logits[k] - max);
        }
        return sum;
    }
}

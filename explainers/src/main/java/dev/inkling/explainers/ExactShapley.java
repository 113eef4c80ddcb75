package dev.inkling.explainers;

/**
 * All 2ᴹ coalitions of an image's M features, and from their scores v the Shapley values themselves,
 * φᵢ = Σ over S without i of |S|! (M − |S| − 1)! / M! · (v(S ∪ {i}) − v(S)).
 */
final class ExactShapley implements Perturbations<Void> {

    private final SegmentedImage image;
    private final ShapleyMaps maps;
    private final int features;
    private final float[] scores;
    private int observed;

    ExactShapley(SegmentedImage image, ShapleyMaps maps) {
        this.image = image;
        this.maps = maps;
        this.features = image.features();
        this.scores = new float[1 << features];
    }

    /** Whether so many evaluations suffice. */
    static boolean isWithin(int budget, int features) {
        return features < Integer.SIZE - 1 && 1 << features <= budget;
    }

    @Override
    public int copies() {
        return scores.length;
    }

    /** @param copy bit i says whether feature i is kept */
    @Override
    public Void perturb(int copy, float[] batch, int offset) {
        boolean[] kept = new boolean[features];
        for (int i = 0; i < features; i++) {
            kept[i] = (copy >> i & 1) == 1;
        }
        image.keep(kept, batch, offset);
        return null;
    }

    @Override
    public void observe(Void nothing, float score) {
        scores[observed++] = score;
    }

    @Override
    public void conclude() {
        double[] weights = weights();
        double[] values = new double[features];
        for (int coalition = 0; coalition < scores.length; coalition++) {
            double weight = weights[Integer.bitCount(coalition)];
            for (int i = 0; i < features; i++) {
                if ((coalition >> i & 1) == 0) {
                    values[i] += weight * ((double) scores[coalition | 1 << i] - scores[coalition]);
                }
            }
        }
        maps.put(image, values, new double[features], (double) scores[scores.length - 1] - scores[0]);
    }

    /** By the size s of a coalition, s! (M − s − 1)! / M!: 1 / M for the empty one, then times s / (M − s). */
    private double[] weights() {
        double[] weights = new double[features + 1];
        for (int s = 0; s < features; s++) {
            weights[s] = s == 0 ? 1.0 / features : weights[s - 1] * s / (features - s);
        }
        return weights;
    }
}

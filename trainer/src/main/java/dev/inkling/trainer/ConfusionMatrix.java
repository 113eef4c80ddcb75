package dev.inkling.trainer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How often images of each class were taken for each class, and what follows from the counts alone. Immutable. */
public final class ConfusionMatrix {

    private final int[][] counts;

    /**
     * A matrix.
     *
     * @param counts [true class][predicted class], K × K; copied
     * @throws IllegalArgumentException if it is not square or a count is negative
     */
    public ConfusionMatrix(int[][] counts) {
        this.counts = Arrays.stream(counts).map(int[]::clone).toArray(int[][]::new);
        for (int[] row : this.counts) {
            if (row.length != counts.length || Arrays.stream(row).anyMatch(count -> count < 0)) {
                throw new IllegalArgumentException(
                        "expected " + counts.length + " counts of at least 0 per row, found " + Arrays.toString(row));
            }
        }
    }

    /**
     * How well one class is recognised. A share of nothing is not 0 but undefined, NaN.
     *
     * @param precision of the images taken for this class, the share that is of it; NaN where none was
     * @param recall of the images of this class, the share taken for it; NaN where there is none
     * @param f1 harmonic mean of both, 2·TP / (2·TP + FP + FN); NaN where the class neither exists nor was predicted
     * @param support images of this class
     * @param predicted images taken for it
     */
    public record ClassScores(double precision, double recall, double f1, int support, int predicted) {}

    /**
     * Means over classes, each class counting the same; over those alone for which the number is defined.
     *
     * @param precision mean over the classes that were ever predicted; NaN where there is none, as for the others
     * @param recall mean over the classes that exist
     * @param f1 mean over the classes that exist or were predicted
     */
    public record MacroAverages(double precision, double recall, double f1) {}

    /**
     * A mistake that was made at least once.
     *
     * @param truth the true class
     * @param predicted the other class
     * @param count how many images
     * @param share of all images of the true class, in (0, 1]
     */
    public record ConfusedPair(int truth, int predicted, int count, double share) {}

    /** K. */
    public int classCount() {
        return counts.length;
    }

    /** [true class][predicted class]; a copy. */
    public int[][] counts() {
        return Arrays.stream(counts).map(int[]::clone).toArray(int[][]::new);
    }

    /** How many images. */
    public int images() {
        return IntStream.range(0, counts.length).map(this::support).sum();
    }

    /** How many of them were classified right. */
    public int right() {
        return IntStream.range(0, counts.length).map(k -> counts[k][k]).sum();
    }

    /** The share classified right, in [0, 1]; NaN without images. */
    public double accuracy() {
        return share(right(), images());
    }

    /** One per class, in the order of the classes. */
    public List<ClassScores> classes() {
        return IntStream.range(0, counts.length).mapToObj(this::scores).toList();
    }

    /** Averages over the classes. */
    public MacroAverages macro() {
        return new MacroAverages(mean(ClassScores::precision), mean(ClassScores::recall), mean(ClassScores::f1));
    }

    /**
     * All pairs that were ever confused: the most images first, then the largest share of the true class, then by true and
     * by predicted class.
     */
    public List<ConfusedPair> confusedPairs() {
        return IntStream.range(0, counts.length)
                .boxed()
                .flatMap(this::confusedPairs)
                .sorted(Comparator.comparingInt(ConfusedPair::count)
                        .thenComparingDouble(ConfusedPair::share)
                        .reversed()
                        .thenComparingInt(ConfusedPair::truth)
                        .thenComparingInt(ConfusedPair::predicted))
                .toList();
    }

    private Stream<ConfusedPair> confusedPairs(int truth) {
        return IntStream.range(0, counts.length)
                .filter(predicted -> predicted != truth && counts[truth][predicted] > 0)
                .mapToObj(predicted -> new ConfusedPair(
                        truth, predicted, counts[truth][predicted], share(counts[truth][predicted], support(truth))));
    }

    private ClassScores scores(int k) {
        int support = support(k);
        int predicted = Arrays.stream(counts).mapToInt(row -> row[k]).sum();
        return new ClassScores(
                share(counts[k][k], predicted),
                share(counts[k][k], support),
                share(2.0 * counts[k][k], (double) support + predicted),
                support,
                predicted);
    }

    private int support(int k) {
        return Arrays.stream(counts[k]).sum();
    }

    private double mean(ToDoubleFunction<ClassScores> number) {
        return classes().stream()
                .mapToDouble(number)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }

    private static double share(double part, double whole) {
        return part / whole;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfusionMatrix that && Arrays.deepEquals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(counts);
    }

    @Override
    public String toString() {
        return "ConfusionMatrix" + Arrays.deepToString(counts);
    }
}

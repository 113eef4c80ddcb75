package dev.inkling.trainer;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a model is right as often as it says. Its confidence is the probability of the predicted class; of the images about
 * which it is 80 % confident it should get 80 % right (Guo et al. 2017, arXiv:1706.04599).
 *
 * @param bins {@value #BINS} of equal width, from low to high confidence
 * @param expectedError ECE: the mean over the images of |accuracy − mean confidence| of their bin, in [0, 1]
 * @param maximumError MCE: the largest such gap of any bin that holds an image
 * @param brierScore mean over the images of Σₖ (pₖ − [k is true])², in [0, 2]; 0 is perfect
 */
public record Calibration(List<Bin> bins, double expectedError, double maximumError, double brierScore) {

    /** The number of bins. */
    public static final int BINS = 15;

    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * The images whose confidence is above {@code from} and at most {@code to}; those of confidence 0 are in the first.
     *
     * @param count how many
     * @param confidence their mean confidence; NaN where there is none
     * @param accuracy the share classified right; NaN where there is none
     */
    public record Bin(double from, double to, int count, double confidence, double accuracy) {

        /** |accuracy − confidence|; 0 without images. */
        public double gap() {
            return count == 0 ? 0 : Math.abs(accuracy - confidence);
        }
    }

    /** Adds up images one by one, so that nobody needs to keep all their probabilities. */
    static final class Tally {

        private final int[] count = new int[BINS];
        private final int[] right = new int[BINS];
        private final double[] confidence = new double[BINS];
        private double brier;

        /**
         * One more image.
         *
         * @param probabilities of the K classes
         * @param truth its true class
         * @param predicted the class that the model chose
         */
        void add(double[] probabilities, int truth, int predicted) {
            int bin = bin(probabilities[predicted]);
            count[bin]++;
            right[bin] += truth == predicted ? 1 : 0;
            confidence[bin] += probabilities[predicted];
            for (int k = 0; k < probabilities.length; k++) {
                double miss = probabilities[k] - (k == truth ? 1 : 0);
                brier += miss * miss;
            }
        }

        /** What the images so far say; at least one. */
        Calibration calibration() {
            List<Bin> bins = new ArrayList<>();
            int images = 0;
            double gaps = 0;
            double largest = 0;
            for (int m = 0; m < BINS; m++) {
                double whole = count[m];
                Bin bin = new Bin(border(m), border(m + 1), count[m], confidence[m] / whole, right[m] / whole);
                bins.add(bin);
                images += bin.count();
                gaps += bin.count() * bin.gap();
                largest = Math.max(largest, bin.gap());
            }
            return new Calibration(bins, gaps / images, largest, brier / images);
        }

        /** By comparison with the borders as they are reported; a product with the number of bins would round otherwise. */
        private static int bin(double confidence) {
            int bin = 0;
            while (bin < BINS - 1 && confidence > border(bin + 1)) {
                bin++;
            }
            return bin;
        }

        private static double border(int bin) {
            return (double) bin / BINS;
        }
    }
}

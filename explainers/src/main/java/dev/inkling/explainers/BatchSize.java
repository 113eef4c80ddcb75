package dev.inkling.explainers;

/** How many copies of an image go through a model at once, whatever the method and its options. */
final class BatchSize {

    /** Larger batches fall out of the processor's cache and gain nothing. */
    static final int COPIES = 128;

    /** Values in all batches at once, so that large copies do not fill the memory. */
    private static final int VALUES = 1 << 24;

    private BatchSize() {}

    /**
     * Of each image, where every processor has one at work.
     *
     * @param values of a copy
     * @param images that there are to explain
     */
    static int of(int values, int images) {
        int atWork = Math.min(images, Runtime.getRuntime().availableProcessors());
        return Math.max(1, Math.min(COPIES, VALUES / atWork / values));
    }
}

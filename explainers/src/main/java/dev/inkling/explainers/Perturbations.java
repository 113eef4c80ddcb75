package dev.inkling.explainers;

/**
 * The perturbed copies of one image: how many there are, what each looks like, and what follows from their scores. Run by
 * {@link PerturbationBatches} on one thread, while others may run other images' copies.
 *
 * @param <P> what one must remember of a copy until its score is known, such as a mask
 */
interface Perturbations<P> {

    /** How many copies are to be scored; asked once, before the first. */
    int copies();

    /**
     * Changes a copy; called once for each, in order.
     *
     * @param copy its number, from 0
     * @param batch holds the image, unchanged, from {@code offset} on, and other copies before and after
     */
    P perturb(int copy, float[] batch, int offset);

    /** Takes note of a copy's score; called once for each, in order, some copies after {@link #perturb}. */
    void observe(P perturbation, float score);

    /** All scores are known. */
    void conclude();
}

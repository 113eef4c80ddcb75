package dev.inkling.spi;

import org.tensorflow.ndarray.FloatNdArray;

/**
 * One attribution method with its options fixed: says for each image how much each place of it contributed to the
 * target.
 *
 * <p>An explainer is immutable and safe for use by several threads. Its answer for an image depends on the model, the
 * image, its target and the options alone: never on the other images of the batch, their number or their order (see
 * {@link ImageRandom} for randomness under this rule).
 */
@FunctionalInterface
public interface Explainer {

    /**
     * Explains a batch of images.
     *
     * @param model the model to ask; what it offers beyond scores is found by {@link Model#capability}
     * @param images (N, H, W, C), N ≥ 1, in the model's value range; read, never written, not kept
     * @param targets N rows: for each image the linear functional of the logits to explain
     * @return values (N, h, w, c) at the method's own resolution, on the heap and owned by the caller
     * @throws InvalidInputException if the images do not fit the model, a named layer does not exist, or the model lacks
     *     a capability that the method needs
     */
    Attribution explain(Model model, FloatNdArray images, Targets targets);
}

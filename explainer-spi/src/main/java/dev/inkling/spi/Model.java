package dev.inkling.spi;

import java.util.Optional;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * An image classifier as an explainer sees it.
 *
 * <p>Every method takes batches of any size: the model cuts them into chunks that fit memory, an explainer never does.
 * Implementations are safe for use by several threads. Arrays that go in are read only during the call; arrays that come
 * out are on the heap and owned by the caller.
 */
public interface Model {

    /** Shapes, value range, labels and layers. */
    ModelSignature signature();

    /**
     * The pre-softmax logits.
     *
     * @param images (N, H, W, C) in the signature's value range
     * @return (N, K)
     * @throws InvalidInputException if the images do not have the signature's shape or hold a value that is not finite
     */
    FloatNdArray scores(FloatNdArray images);

    /**
     * What this model offers beyond scores: {@link Gradients}, {@link Layers}, {@link Propagation},
     * {@link Background}, or a type of the implementation's own. A black box offers nothing and is still explained by the perturbation methods.
     */
    <T> Optional<T> capability(Class<T> type);

    /**
     * The capability, for a method that cannot do without it.
     *
     * @throws InvalidInputException if the model does not offer it
     */
    default <T> T require(Class<T> type) {
        return capability(type)
                .orElseThrow(() -> new InvalidInputException(
                        type == Background.class
                                ? "model '%s' does not offer %s, a set of reference images, which is needed here; give it one with"
                                        + " '--background', in a program with BackgroundModel"
                                : "model '%s' does not offer %s, which this explainer needs; use"
                                        + " an explainer that needs less (perturbation methods need scores only)",
                        signature().name(),
                        type.getSimpleName()));
    }
}

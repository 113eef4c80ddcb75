package dev.inkling.spi;

import java.util.List;
import org.tensorflow.ndarray.FloatNdArray;

/** A model's capability to say what the constants that it adds on the way contribute to the scores. Safe for use by several threads. */
public interface Biases {

    /**
     * b ⊙ ∂(Σₖ wₖ · logitₖ)/∂(z + b) for every operation that adds a bias b to what it computes from the image, z. In a network
     * of linear operations, ReLUs and max-pooling they add up to what image ⊙ gradient leaves open: Σ wₖ · logitₖ = Σ image ⊙
     * gradient + Σ contributions.
     *
     * @param images (N, H, W, C)
     * @param targets N rows
     * @return in the order of the forward pass; empty where the model adds no constant
     * @throws InvalidInputException if the images or targets do not fit the model
     */
    List<Contribution> contributions(FloatNdArray images, Targets targets);

    /**
     * What one operation's bias adds.
     *
     * @param operation its name
     * @param values (N, h, w, c), in logits; a dense layer's are (N, 1, 1, units)
     */
    record Contribution(String operation, FloatNdArray values) {}
}

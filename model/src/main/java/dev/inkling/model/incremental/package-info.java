/**
 * Incremental inference: of images that are alike but for a part, a network's first operations are computed around the part only; of
 * features that are alike but for some channels, as long as channels go separate ways, each channel once.
 *
 * @see <a href="https://doi.org/10.1145/3299869.3319874">Nakandala, Kumar and Papakonstantinou 2019, Incremental and Approximate
 *     Inference for Faster Occlusion-based Deep CNN Explanations</a>
 */
package dev.inkling.model.incremental;

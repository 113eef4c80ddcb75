package dev.inkling.explainers;

import dev.inkling.spi.Baseline;
import dev.inkling.spi.Option;
import dev.inkling.spi.Segments;

/**
 * What estimates of Shapley values share.
 *
 * @param segments the players
 * @param baseline what takes the place of those that are absent
 * @param budget evaluations of the model for each image, at most
 * @param credit how a segment's value is shown on its pixels
 * @param seed of what is drawn
 */
public record ShapleyOptions(
        @Option(value = "grid:7", help = "what shares the credit: pixels, grid:7, grid:4x7, strokes or strokes:8")
        Segments segments,

        @Option(
                value = "black",
                help = "what takes the place of absent segments: black, white, a number, uniform, blur:SIGMA or mean")
        Baseline baseline,

        @Option(
                value = "1024",
                max = 1_000_000,
                help = "evaluations of the model per image, at most; exact if it allows all 2^segments coalitions")
        int budget,

        @Option(
                value = "shared",
                help =
                        "whether the pixels of a segment share its value, so that the map sums up, or each shows the whole")
        Credit credit,

        @Option(value = "0", help = "same seed, same draws") long seed) {

    public ShapleyOptions {
        Budget.requireTwo(budget);
    }
}

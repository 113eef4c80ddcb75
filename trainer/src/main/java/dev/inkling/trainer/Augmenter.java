package dev.inkling.trainer;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * All augmentations together: warps composed and resampled once, then erasing. What an image becomes is a function of the seed,
 * the epoch and its index, whatever batch or thread it is in. For one thread.
 */
final class Augmenter {

    private final List<Warp> warps;
    private final Optional<RandomErasing> erasing;
    private final SamplingGrid grid;
    private final int channels;
    private final long seed;
    private final float[] original;

    Augmenter(AugmentationSettings settings, int height, int width, int channels, long seed) {
        this.warps = settings.warps();
        this.erasing = settings.erasing() > 0 ? Optional.of(new RandomErasing(settings.erasing())) : Optional.empty();
        this.grid = new SamplingGrid(height, width);
        this.channels = channels;
        this.seed = seed;
        this.original = new float[height * width * channels];
    }

    /**
     * Changes one image in place.
     *
     * @param images (H, W, C) from {@code offset} on, in [0, 1]; stays there
     * @param epoch counted from 1
     * @param index of the image in its data
     */
    void apply(float[] images, int offset, int epoch, int index) {
        SplittableRandom random = new SplittableRandom(Seeds.mix(seed, epoch, index));
        if (!warps.isEmpty()) {
            System.arraycopy(images, offset, original, 0, original.length);
            grid.reset();
            warps.forEach(warp -> warp.move(grid, random));
            grid.sample(original, 0, channels, images, offset);
        }
        erasing.ifPresent(eraser -> eraser.erase(images, offset, grid.height(), grid.width(), channels, random));
    }
}

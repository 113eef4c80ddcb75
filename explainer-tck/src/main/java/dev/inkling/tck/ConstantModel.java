package dev.inkling.tck;

import dev.inkling.spi.Extent;

/**
 * The same logits whatever the image: every gradient is zero, and a method that divides by one shows it. Offers every
 * capability; its layers are a 1×1 convolution {@code conv1}, which passes the image on, and {@code dense1}, the logits.
 */
public final class ConstantModel extends PlainModel {

    public ConstantModel(int height, int width, int channels, float... logits) {
        super(builder("constant", height, width, channels)
                .convolution("conv1", identity(channels), new float[channels], new Extent(1, 1), Padding.VALID)
                .dense("dense1", new float[height * width * channels][logits.length], logits));
    }

    private static float[][][][] identity(int channels) {
        float[][] kernel = new float[channels][channels];
        for (int c = 0; c < channels; c++) {
            kernel[c][c] = 1;
        }
        return new float[][][][] {{kernel}};
    }
}

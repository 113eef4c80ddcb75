package dev.inkling.tck;

import dev.inkling.spi.ModelSignature.ValueRange;
import java.util.List;

/**
 * The same logits whatever the image: every gradient is zero, and a method that divides by one shows it. Offers every
 * capability; its layers are a 1×1 convolution {@code conv1}, which passes the image on, and {@code dense1}, the logits.
 */
public final class ConstantModel extends LayeredModel {

    public ConstantModel(int height, int width, int channels, float... logits) {
        super(
                "constant",
                height,
                width,
                channels,
                ValueRange.UNIT,
                List.of("conv1", "dense1"),
                List.of(
                        new Operation.Convolution(
                                height, width, channels, 1, 1, channels, identity(channels), new float[channels]),
                        new Operation.Dense(new float[height * width * channels][logits.length], logits.clone())));
    }

    private static float[] identity(int channels) {
        float[] kernel = new float[channels * channels];
        for (int c = 0; c < channels; c++) {
            kernel[c * channels + c] = 1;
        }
        return kernel;
    }
}

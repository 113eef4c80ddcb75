package dev.inkling.tck;

import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import java.util.List;

/** The models in closed form that the contract asks about. */
final class ClosedForms {

    private ClosedForms() {}

    /** Takes images like another model, has as many classes, and ignores the images: one logit is 1, the others 0. */
    static Model constant(ModelSignature signature) {
        float[] logits = new float[signature.classCount()];
        logits[0] = 1;
        return new ConstantModel(signature.height(), signature.width(), signature.channels(), logits);
    }

    /** Models without kinks. */
    static List<Model> smooth() {
        return List.of(LinearModel.random(2, 4, 3, 2, 3), QuadraticModel.random(3, 4, 3, 2, 3));
    }

    /**
     * Each class reads a single pixel, all channels of it alike: logitₖ is the sum of the pixel's values. A 1×1 convolution
     * that passes the image on, a ReLU that lets all of it through, and a dense layer.
     *
     * @param spots (K) indices of pixels, y · width + x
     */
    static Model spots(int height, int width, int channels, int... spots) {
        float[][] identity = new float[channels][channels];
        float[][] dense = new float[height * width * channels][spots.length];
        for (int c = 0; c < channels; c++) {
            identity[c][c] = 1;
            for (int k = 0; k < spots.length; k++) {
                dense[spots[k] * channels + c][k] = 1;
            }
        }
        return new ConvolutionModel(
                height, width, new float[][][][] {{identity}}, new float[channels], dense, new float[spots.length]);
    }
}

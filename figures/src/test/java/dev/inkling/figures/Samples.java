package dev.inkling.figures;

import dev.inkling.spi.Attribution;
import dev.inkling.spi.Attribution.Contract;
import dev.inkling.spi.Attribution.Contract.Sign;
import dev.inkling.spi.FloatArrays;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.tensorflow.ndarray.FloatNdArray;

/** Images, maps and predictions to draw. */
final class Samples {

    private Samples() {}

    /** A white seven on black. */
    static FloatNdArray seven() {
        float[] pixels = new float[28 * 28];
        for (int x = 7; x < 21; x++) {
            pixels[6 * 28 + x] = 1;
            pixels[7 * 28 + x] = 0.6f;
        }
        for (int y = 8; y < 24; y++) {
            pixels[y * 28 + 20 - (y - 8) / 2] = 1;
        }
        return FloatArrays.of(pixels, 1, 28, 28, 1);
    }

    static FloatNdArray random(int height, int width, int channels) {
        Random random = new Random(7);
        float[] pixels = new float[height * width * channels];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        return FloatArrays.of(pixels, 1, height, width, channels);
    }

    static Attribution attribution(Sign sign, int height, int width, float... values) {
        return new Attribution(
                FloatArrays.of(values, 1, height, width, values.length / height / width),
                new Contract(sign, false, "logits per unit of input"));
    }

    static Heatmap map(Sign sign, int height, int width, float... values) {
        return Heatmap.of(attribution(sign, height, width, values), 0);
    }

    /** As fine as {@link #seven()}: zero but for its strongest value 2 at row 3, column 5 and −1 at row 20, column 10. */
    static Heatmap fineSigned() {
        float[] values = new float[28 * 28];
        values[3 * 28 + 5] = 2;
        values[20 * 28 + 10] = -1;
        return map(Sign.SIGNED, 28, 28, values);
    }

    /** A 2 × 2 map whose strongest value is in the upper left corner. */
    static Heatmap coarse() {
        return map(Sign.POSITIVE, 2, 2, 0.75f, 0.5f, 0.25f, 0);
    }

    static Heatmap zeroByReLU() {
        return Heatmap.of(
                attribution(Sign.POSITIVE, 7, 7, new float[49])
                        .with("signed minimum", -3.2f)
                        .with("signed maximum", -0.1f),
                0);
    }

    static Prediction prediction(String truth, Object... labelsAndProbabilities) {
        List<Prediction.Score> scores = new ArrayList<>();
        for (int i = 0; i < labelsAndProbabilities.length; i += 2) {
            scores.add(
                    new Prediction.Score((String) labelsAndProbabilities[i], (Double) labelsAndProbabilities[i + 1]));
        }
        return new Prediction(scores, Optional.ofNullable(truth));
    }
}

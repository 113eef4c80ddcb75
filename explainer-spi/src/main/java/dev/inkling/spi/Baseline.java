package dev.inkling.spi;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * The image that stands for "nothing there": where a path to the image begins, or what covers a part of it. Users type
 * {@code black}, {@code white}, a number such as {@code 0.5}, {@code uniform}, {@code blur:5} or {@code mean}.
 *
 * <p>An answer is always relative to its baseline: what equals it gets nothing. None is neutral for all images. Implementations
 * are immutable; one of a program's own may be any function of the model and the images that gives an image the same baseline
 * alone and in any batch.
 */
public interface Baseline {

    /**
     * A baseline for each image.
     *
     * @param model to explain; read for its size, its value range and what it offers
     * @param images (N, H, W, C) to be explained; read only
     * @return (N, H, W, C), on the heap and owned by the caller
     * @throws InvalidInputException if the images do not fit the model, or the model lacks what this baseline is made from
     */
    FloatNdArray forImages(Model model, FloatNdArray images);

    /**
     * Reads {@code black}, {@code white}, a number, {@code uniform} or {@code uniform:SEED}, {@code blur:SIGMA}, {@code mean}.
     *
     * @throws InvalidInputException if the text is none of these
     */
    static Baseline valueOf(String text) {
        try {
            if (text.startsWith("uniform:")) {
                return new Uniform(Long.parseLong(text.substring("uniform:".length())));
            } else if (text.startsWith("blur:")) {
                return new Blur(Double.parseDouble(text.substring("blur:".length())));
            }
            return switch (text) {
                case "black" -> new Black();
                case "white" -> new White();
                case "uniform" -> new Uniform(0);
                case "mean" -> new Mean();
                default -> new Constant(Double.parseDouble(text));
            };
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    e,
                    "expected a baseline such as black, white, 0.5, uniform, uniform:7 (a seed), blur:5 (pixels) or mean,"
                            + " found '%s'",
                    text);
        }
    }

    /**
     * The least of the model's value range everywhere. For a range that begins at 0 the same as the number 0; for [−1, 1] it is
     * −1, and 0 is a medium grey.
     */
    record Black() implements Baseline {

        @Override
        public FloatNdArray forImages(Model model, FloatNdArray images) {
            return Constant.everywhere(model.signature().range().min(), model, images);
        }

        @Override
        public String toString() {
            return "black";
        }
    }

    /** The largest of the model's value range everywhere. */
    record White() implements Baseline {

        @Override
        public FloatNdArray forImages(Model model, FloatNdArray images) {
            return Constant.everywhere(model.signature().range().max(), model, images);
        }

        @Override
        public String toString() {
            return "white";
        }
    }

    /**
     * One value everywhere.
     *
     * @param value in units of the input; finite, and not confined to the model's range
     */
    record Constant(double value) implements Baseline {

        public Constant {
            if (!Float.isFinite((float) value)) {
                throw new InvalidInputException("baseline is %s, expected a finite number", value);
            }
            value += 0.0; // there is one zero
        }

        @Override
        public FloatNdArray forImages(Model model, FloatNdArray images) {
            return everywhere((float) value, model, images);
        }

        private static FloatNdArray everywhere(float value, Model model, FloatNdArray images) {
            model.signature().requireImages(images);
            float[] baselines = new float[Math.toIntExact(images.size())];
            Arrays.fill(baselines, value);
            return FloatArrays.of(baselines, images.shape().asArray());
        }

        @Override
        public String toString() {
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? String.valueOf((long) value)
                    : String.valueOf(value);
        }
    }

    /**
     * Noise: every value drawn uniformly from the model's range, for an image always the same.
     *
     * @param seed same seed and same image, same noise
     */
    record Uniform(long seed) implements Baseline {

        @Override
        public FloatNdArray forImages(Model model, FloatNdArray images) {
            ModelSignature signature = model.signature();
            int count = signature.requireImages(images);
            int size = signature.imageSize();
            double min = signature.range().min();
            double width = signature.range().max() - min;
            float[] pixels = FloatArrays.flat(images);
            float[] baselines = new float[pixels.length];
            for (int n = 0; n < count; n++) {
                RandomGenerator random = ImageRandom.of(seed, pixels, n * size, size);
                for (int i = n * size; i < (n + 1) * size; i++) {
                    baselines[i] = (float) (min + width * random.nextDouble());
                }
            }
            return FloatArrays.of(baselines, images.shape().asArray());
        }

        @Override
        public String toString() {
            return "uniform:" + seed;
        }
    }

    /**
     * The image itself, blurred: nothing is added that was not there, fine structure goes first.
     *
     * @param sigma standard deviation of the {@link GaussianBlur}, in pixels, above 0, up to {@link GaussianBlur#LARGEST}
     */
    record Blur(double sigma) implements Baseline {

        public Blur {
            if (!(sigma > 0 && sigma <= GaussianBlur.LARGEST)) {
                throw new InvalidInputException(
                        "blur's sigma is %s, expected above 0, up to %.0f pixels", sigma, GaussianBlur.LARGEST);
            }
        }

        @Override
        public FloatNdArray forImages(Model model, FloatNdArray images) {
            ModelSignature signature = model.signature();
            int count = signature.requireImages(images);
            int size = signature.imageSize();
            GaussianBlur blur = new GaussianBlur(sigma, signature.height(), signature.width(), signature.channels());
            float[] baselines = FloatArrays.flat(images);
            for (int n = 0; n < count; n++) {
                blur.apply(baselines, n * size, baselines, n * size);
            }
            return FloatArrays.of(baselines, images.shape().asArray());
        }

        @Override
        public String toString() {
            return "blur:" + (sigma == Math.rint(sigma) && sigma < 1e15 ? String.valueOf((long) sigma) : sigma);
        }
    }

    /** The mean of the model's {@link Background}, pixel by pixel; with a single background image, that image. */
    record Mean() implements Baseline {

        @Override
        public FloatNdArray forImages(Model model, FloatNdArray images) {
            int count = model.signature().requireImages(images);
            float[] background =
                    FloatArrays.flat(model.require(Background.class).images());
            int size = model.signature().imageSize();
            double[] sums = new double[size];
            for (int i = 0; i < background.length; i++) {
                sums[i % size] += background[i];
            }
            float[] baselines = new float[count * size];
            for (int i = 0; i < baselines.length; i++) {
                baselines[i] = (float) (sums[i % size] / (background.length / size));
            }
            return FloatArrays.of(baselines, images.shape().asArray());
        }

        @Override
        public String toString() {
            return "mean";
        }
    }

    /** An image of one's own, the same for all; from a program only, for it has no name that one could type. */
    final class Image implements Baseline {

        private final FloatNdArray image;

        /** @param image (1, H, W, C); copied */
        public Image(FloatNdArray image) {
            this.image = FloatArrays.of(FloatArrays.flat(image), image.shape().asArray());
        }

        /** @throws InvalidInputException if the image does not fit the model */
        @Override
        public FloatNdArray forImages(Model model, FloatNdArray images) {
            int count = model.signature().requireImages(images);
            if (model.signature().requireImages(image) != 1) {
                throw new InvalidInputException(
                        "baseline has shape %s, expected one image: (1, H, W, C)", image.shape());
            }
            float[] one = FloatArrays.flat(image);
            float[] baselines = new float[count * one.length];
            for (int n = 0; n < count; n++) {
                System.arraycopy(one, 0, baselines, n * one.length, one.length);
            }
            return FloatArrays.of(baselines, images.shape().asArray());
        }

        @Override
        public String toString() {
            return "an image of the program's own";
        }
    }
}

package dev.inkling.app;

import java.util.OptionalInt;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * One image on its way into a model.
 *
 * @param name what people call it, such as {@code mnist test 5} or {@code four.png}
 * @param stem what its folder in a report is called, such as {@code 0005-label7} or {@code four}
 * @param pixels (1, H, W, C) in the model's value range
 * @param label its true class, where that is known
 * @param sha256 of the bytes it came from: an image file's, or a data set image's H·W·C uint8 pixels
 */
public record InputImage(String name, String stem, FloatNdArray pixels, OptionalInt label, String sha256) {}

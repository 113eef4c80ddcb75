package dev.inkling.trainer;

import dev.inkling.spi.InvalidInputException;

/**
 * The images to train on and those to test with, of one size and with the same classes.
 *
 * @param train training (and validation) images
 * @param test images that training never sees
 */
public record Datasets(Dataset train, Dataset test) {

    public Datasets {
        if (train.height() != test.height() || train.width() != test.width() || train.channels() != test.channels()) {
            throw new InvalidInputException(
                    "images of '%s' are %s, those of '%s' are %s; expected one size",
                    train.name(), size(train), test.name(), size(test));
        }
        if (!train.labels().equals(test.labels())) {
            throw new InvalidInputException(
                    "classes of '%s' are %s, those of '%s' are %s; expected the same",
                    train.name(), train.labels(), test.name(), test.labels());
        }
    }

    private static String size(Dataset images) {
        return images.height() + "×" + images.width() + "×" + images.channels();
    }
}

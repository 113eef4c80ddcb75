package dev.inkling.app;

import com.beust.jcommander.Parameter;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;

/** The options of every command that works with a model: which, and how to read it. */
final class ModelOptions extends ModelChoiceOptions {

    @Parameter(
            names = "--model",
            placeholder = "DIR",
            required = true,
            description =
                    "model folder: one that Inkling trained, any SavedModel from images to scores, or pretrained: the one"
                            + " inside the program, trained on MNIST")
    String model;

    /**
     * Loads the model and tells what was found out about it.
     *
     * @throws InvalidInputException if there is none of this name, it cannot be used, or an option does not fit it
     */
    TensorFlowModel open(Terminal terminal) throws IOException {
        return open(model, terminal);
    }
}

package dev.inkling.app;

import dev.inkling.model.Execution;
import dev.inkling.model.TensorFlowModel;
import dev.inkling.model.saved.ModelChoices;
import dev.inkling.spi.InvalidInputException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Opens models by the name a user gives: a folder, or the model inside the program. */
final class Models {

    /** The model inside the program; a folder of this name is reached as {@code ./pretrained}. */
    static final String PRETRAINED = "pretrained";

    private Models() {}

    /**
     * Loads a model.
     *
     * @throws InvalidInputException if there is none of this name, or it cannot be used
     */
    static TensorFlowModel open(String name) throws IOException {
        return open(name, ModelChoices.NONE, Execution.DEFAULT);
    }

    /**
     * Loads a model.
     *
     * @param choices what the user says of it
     * @throws InvalidInputException if there is none of this name, or it cannot be used
     */
    static TensorFlowModel open(String name, ModelChoices choices, Execution execution) throws IOException {
        if (name.equals(PRETRAINED)) {
            return pretrained(choices, execution);
        }
        try {
            return TensorFlowModel.load(Path.of(name), choices, execution);
        } catch (InvalidPathException e) {
            throw new InvalidInputException(e, "no model folder '%s'; train one with 'inkling train'", name);
        }
    }

    /** The model inside the program: two files in its jar, or in the folder of classes that it was built from. */
    private static TensorFlowModel pretrained(ModelChoices choices, Execution execution) throws IOException {
        URI folder;
        try {
            folder = Models.class.getResource("pretrained/").toURI();
        } catch (URISyntaxException e) {
            throw new AssertionError("a resource has a URI", e);
        }
        if (folder.getScheme().equals("file")) {
            return TensorFlowModel.load(Path.of(folder), choices, execution);
        }
        // A loaded model needs its files no more.
        try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
            return TensorFlowModel.load(jar.provider().getPath(folder), choices, execution);
        }
    }
}

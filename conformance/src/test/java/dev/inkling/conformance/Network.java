package dev.inkling.conformance;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.FloatNdArray;
import tools.jackson.databind.json.JsonMapper;

/**
 * A network of {@code conformance/data}, as its {@code network.json} describes it.
 *
 * @param name also its folder's
 * @param about what is special about it
 * @param height H, rows of an image
 * @param width W, columns of an image
 * @param channels C, values per pixel
 * @param range the least and the greatest value of a pixel
 * @param classes K
 * @param operations each after those that it reads; what the last one puts out are the logits
 */
record Network(
        String name,
        String about,
        int height,
        int width,
        int channels,
        float[] range,
        int classes,
        List<Operation> operations) {

    private static final JsonMapper JSON = new JsonMapper();

    /** Beside this module's pom, where Maven runs the tests. */
    static final Path DATA = Path.of("data");

    /** An operation; what its type does not have is null. Arrays are names of files. */
    record Operation(
            String name,
            String type,
            List<String> inputs,
            String kernel,
            String weights,
            String bias,
            Integer stride,
            String padding,
            Integer window,
            Float slope) {}

    /**
     * A peer's map of all images, and what of ours it is compared with.
     *
     * @param name also its file's
     * @param explainer ours
     * @param options ours
     * @param images name of the file that holds them
     * @param background name of the file of reference images that the model is given; or null
     * @param targets (N, K) weights
     * @param peer whose map it is
     * @param call how the peer was asked
     * @param note why definitions differ, and what was done about it; or null
     * @param factor by which the peer's map of each image is multiplied; or null
     * @param sign {@code either} where the peer's sign is arbitrary; or null
     * @param scale {@code min-max} where the peer scales and resizes its map; or null
     * @param tolerance the greatest difference, as a share of the peer's greatest value; null for the usual one
     */
    record Case(
            String name,
            String explainer,
            Map<String, String> options,
            String images,
            String background,
            float[][] targets,
            String peer,
            String call,
            String note,
            double[] factor,
            String sign,
            String scale,
            Double tolerance) {}

    static Network read(String name) {
        return JSON.readValue(DATA.resolve(name).resolve("network.json"), Network.class);
    }

    List<Case> cases() {
        return List.of(JSON.readValue(folder().resolve("cases.json"), Case[].class));
    }

    /** An array that the network's folder holds. */
    FloatNdArray array(String file) {
        return NpyArray.read(folder().resolve(file.endsWith(".npy") ? file : file + ".npy"));
    }

    private Path folder() {
        return DATA.resolve(name);
    }
}

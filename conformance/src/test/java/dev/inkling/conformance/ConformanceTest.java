package dev.inkling.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.inkling.model.TensorFlowModel;
import dev.inkling.spi.Attribution;
import dev.inkling.spi.BackgroundModel;
import dev.inkling.spi.Bilinear;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Model;
import dev.inkling.spi.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.FloatNdArray;

/**
 * Our explainers against the maps that other libraries find on the same networks (see README.md), each in plain arithmetic,
 * which knows the method alone, and on TensorFlow, which knows the backward passes too.
 */
class ConformanceTest {

    /** The greatest difference, as a share of the greatest value of the peer's map of that image. */
    private static final double TOLERANCE = 1e-4;

    @TempDir
    static Path folder;

    private static final List<TensorFlowModel> OPEN = new ArrayList<>();

    @AfterAll
    static void close() {
        OPEN.forEach(TensorFlowModel::close);
        OPEN.clear();
    }

    @TestFactory
    Stream<DynamicNode> inPlainArithmetic() {
        return networks().map(network -> tests(network, PlainArithmetic.model(network)));
    }

    @TestFactory
    Stream<DynamicNode> onTensorFlow() {
        return networks().map(network -> {
            TensorFlowModel model = TensorFlowGraph.model(
                    network,
                    folder.resolve(network.name()),
                    PlainArithmetic.model(network).signature());
            OPEN.add(model);
            return tests(network, model);
        });
    }

    private static Stream<Network> networks() {
        try (Stream<Path> folders = Files.list(Network.DATA)) {
            return folders
                    .filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .map(Network::read)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DynamicContainer tests(Network network, Model model) {
        DynamicTest scores = dynamicTest(
                "scores",
                () -> requireClose(
                        FloatArrays.flat(model.scores(network.array("images"))),
                        FloatArrays.flat(network.array("scores")),
                        TOLERANCE,
                        network.name() + ": scores"));
        return dynamicContainer(
                network.name(),
                Stream.concat(
                        Stream.of(scores),
                        network.cases().stream()
                                .map(one -> dynamicTest(one.name(), () -> compare(network, model, one)))));
    }

    private static void compare(Network network, Model model, Network.Case one) {
        Model known = one.background() == null ? model : new BackgroundModel(model, network.array(one.background()));
        Attribution ours = Explainers.named(one.explainer(), one.options())
                .explain(known, network.array(one.images()), Targets.of(targets(one.targets())));
        FloatNdArray peers = network.array(one.name());
        int count = ours.count();
        for (int image = 0; image < count; image++) {
            float[] expected = FloatArrays.flat(peers.get(image));
            float[] found = FloatArrays.flat(ours.values().get(image));
            if (one.factor() != null) {
                multiply(expected, one.factor()[image]);
            }
            if ("min-max".equals(one.scale())) {
                found = scaledToImage(found, ours.height(), ours.width(), network);
            }
            if ("either".equals(one.sign()) && product(found, expected) < 0) {
                multiply(expected, -1);
            }
            requireClose(
                    found,
                    expected,
                    one.tolerance() == null ? TOLERANCE : one.tolerance(),
                    network.name() + ": " + one.name() + ", image " + image);
        }
    }

    private static FloatNdArray targets(float[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int n = 0; n < rows.length; n++) {
            System.arraycopy(rows[n], 0, flat, n * rows[n].length, rows[n].length);
        }
        return FloatArrays.of(flat, rows.length, rows[0].length);
    }

    private static void requireClose(float[] found, float[] expected, double tolerance, String what) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        double greatest = 0;
        for (float value : expected) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        assertThat(found).as(what).containsExactly(expected, within((float) (tolerance * greatest)));
    }

    /** As pytorch-grad-cam shows a map: to [0, 1], resized to the image, and to [0, 1] again. */
    private static float[] scaledToImage(float[] map, int height, int width, Network network) {
        minMax(map);
        float[] resized = Bilinear.resize(map, height, width, network.height(), network.width());
        minMax(resized);
        return resized;
    }

    private static void minMax(float[] map) {
        float least = Float.POSITIVE_INFINITY;
        float greatest = Float.NEGATIVE_INFINITY;
        for (float value : map) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        for (int i = 0; i < map.length; i++) {
            map[i] = (map[i] - least) / (1e-7f + greatest - least);
        }
    }

    private static void multiply(float[] values, double factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) factor;
        }
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}

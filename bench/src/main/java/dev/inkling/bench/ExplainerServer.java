package dev.inkling.bench;

import dev.inkling.model.Precision;
import dev.inkling.model.saved.ModelFolder;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.InvalidInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Measures explainers when another program says so, line by line, so that the two take turns (bench/captum/compare.py).
 *
 * <p>{@code rate SECONDS COUNT METHOD [OPTION=VALUE]...} is answered by images per second, evaluations forward and backward per
 * image and the share of the time that is spent outside TensorFlow; {@code map COUNT METHOD [OPTION=VALUE]...} by the file that
 * holds the map; both by {@code absent} and the reason where there is no such explainer. The scores are method {@code forward}.
 */
final class ExplainerServer {

    private static final double WARM_UP_SECONDS = 5;

    private final Subject subject;
    private final Path folder;

    private ExplainerServer(Subject subject, Path folder) {
        this.subject = subject;
        this.folder = folder;
    }

    /**
     * Answers until the input ends.
     *
     * @param folder where the weights, the images, their targets and maps are left for the other program, as float32 in files
     *     that their shape is part of the name of
     */
    static void serve(Path folder, Precision precision) throws IOException {
        Files.createDirectories(folder);
        exportWeights(folder);
        try (Subject subject = new Subject(precision)) {
            write(folder, "images", subject.images(Subject.IMAGES));
            write(folder, "targets", subject.targets(Subject.IMAGES).weights());
            ExplainerServer server = new ExplainerServer(subject, folder);
            System.out.println("ready");
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(server.answer(List.of(line.split(" "))));
            }
        }
    }

    private static void exportWeights(Path folder) throws IOException {
        SavedModel read = SavedModel.parseFrom(Files.readAllBytes(Subject.PRETRAINED.resolve(ModelFolder.GRAPH_FILE)));
        for (NodeDef node : read.getMetaGraphs(0).getGraphDef().getNodeList()) {
            if (node.getOp().equals("Const") && node.getName().matches(".*/(kernel|bias)")) {
                TensorProto tensor = node.getAttrOrThrow("value").getTensor();
                long[] shape = tensor.getTensorShape().getDimList().stream()
                        .mapToLong(TensorShapeProto.Dim::getSize)
                        .toArray();
                float[] values = new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
                tensor.getTensorContent()
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(values);
                write(folder, node.getName(), FloatArrays.of(values, shape));
            }
        }
    }

    private static Path write(Path folder, String name, FloatNdArray array) throws IOException {
        float[] values = FloatArrays.flat(array);
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        String shape =
                LongStream.of(array.shape().asArray()).mapToObj(Long::toString).collect(Collectors.joining("x"));
        return Files.write(folder.resolve(name.replace('/', '.') + "." + shape + ".f32"), bytes.array());
    }

    private String answer(List<String> words) throws IOException {
        try {
            return switch (words.get(0)) {
                case "rate" -> {
                    int count = Integer.parseInt(words.get(2));
                    Subject.Method method = subject.method(words.subList(3, words.size()));
                    yield rate(method, count, Double.parseDouble(words.get(1)));
                }
                case "map" -> {
                    int count = Integer.parseInt(words.get(1));
                    Subject.Method method = subject.method(words.subList(2, words.size()));
                    yield write(
                                    folder,
                                    "map",
                                    method.on(subject.model(), subject.images(count), subject.targets(count)))
                            .toString();
                }
                default -> throw new IllegalArgumentException("expected rate or map, found " + words.get(0));
            };
        } catch (InvalidInputException e) {
            return "absent: " + e.getMessage();
        }
    }

    private String rate(Subject.Method method, int count, double seconds) {
        Rate rate = Rate.of(method, subject, count, WARM_UP_SECONDS, seconds);
        return String.format(
                Locale.ROOT,
                "%.3f %d %d %.4f",
                rate.imagesPerSecond(),
                rate.forward(),
                rate.backward(),
                rate.outside());
    }
}

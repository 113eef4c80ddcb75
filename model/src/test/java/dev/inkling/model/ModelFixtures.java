package dev.inkling.model;

import dev.inkling.model.saved.ModelCard;
import dev.inkling.spi.ModelSignature.Layer.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Model folders for tests. */
public final class ModelFixtures {

    /** Small enough for plain loops and yet with every kind of layer. */
    public static final Architecture SMALL =
            new Architecture(8, 12, 2, 3, new Design(List.of(4, 5, 6), 2, false, false, 7, 0.5));

    /**
     * Every option and both together: blocks that keep the number of channels and blocks that do not, images with odd sides,
     * an image whose channels the first block keeps, and one that shrinks to a single place.
     */
    public static Stream<Architecture> architectures() {
        return Stream.of(
                SMALL,
                new Architecture(8, 12, 2, 3, new Design(List.of(4, 4, 6), 2, true, false, 12, 0.5)),
                new Architecture(9, 7, 3, 4, new Design(List.of(3, 5), 1, true, false, 12, 0)),
                new Architecture(9, 7, 3, 2, new Design(List.of(4, 5), 2, false, true, 12, 0)),
                new Architecture(4, 5, 1, 3, new Design(List.of(4, 5, 6), 1, false, true, 12, 0)),
                new Architecture(9, 7, 3, 4, new Design(List.of(4, 6), 2, true, true, 12, 0)),
                new Architecture(5, 6, 2, 3, new Design(List.of(4), 3, true, true, 12, 0)));
    }

    public static final ModelCard.Training TRAINING = new ModelCard.Training(
            "noise", "00", 100, 10, 1, 1, 10, Map.of("batchSize", 8), null, "test", "2.18.0", "17");

    private ModelFixtures() {}

    public static ModelCard write(Path folder, Architecture architecture, Map<String, float[]> weights) {
        List<String> labels = IntStream.range(0, architecture.classes())
                .mapToObj(String::valueOf)
                .toList();
        try {
            return SavedModelWriter.write(
                    folder,
                    architecture,
                    weights,
                    new SavedModelWriter.About("test", labels, TRAINING, new ModelCard.Accuracy(0.5, null)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From images to the logits of two classes. */
    interface Body {
        Operand<TFloat32> logits(Ops tf, Operand<TFloat32> image);
    }

    /** A model of any operations, written and loaded again. */
    static TensorFlowModel load(Path folder, ModelCard.Input input, Body body) throws IOException {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Shape images = Shape.of(Shape.UNKNOWN_SIZE, input.height(), input.width(), input.channels());
            Placeholder<TFloat32> image = tf.withName("image").placeholder(TFloat32.class, Placeholder.shape(images));
            Operand<TFloat32> logits = tf.withName("logits").identity(body.logits(tf, image));
            SavedModelWriter.writeGraph(folder, graph, image, logits, tf.nn.softmax(logits));
        }
        SavedModelWriter.writeCard(
                folder,
                new ModelCard(
                        ModelCard.FORMAT,
                        "foreign",
                        input,
                        List.of("a", "b"),
                        0,
                        List.of(new ModelCard.CardLayer("logits", Kind.DENSE, 1, 1, 2, "logits:0")),
                        TRAINING,
                        new ModelCard.Accuracy(0.0, null),
                        null));
        return TensorFlowModel.load(folder);
    }

    public static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        Arrays.setAll(doubles, i -> values[i]);
        return doubles;
    }

    /** ‖a − b‖ / ‖b‖. */
    public static double relativeError(float[] a, double[] b) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < b.length; i++) {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            norm += b[i] * b[i];
        }
        return Math.sqrt(difference / norm);
    }
}

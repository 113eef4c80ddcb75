package dev.inkling.model.incremental;

import com.google.protobuf.ByteString;
import dev.inkling.model.graph.GraphPath;
import dev.inkling.model.graph.Replica;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A second way from images to logits: pieces of the images go through the first operations, without padding, and are put into what these
 * operations make of one whole image; from there all goes on.
 *
 * @param whole what the model's own operations make of the whole image, (1, h, w, c); fed, so that it is computed once for all pieces
 * @param pieces where parts of the images are fed, (N, h, w, C), zero beyond the image
 * @param inside for operations that pad, by their number: 1 where the piece that it reads has a place of the image and 0 beyond,
 *     (N, h, w, 1)
 * @param places for every place after the operations, row-major, its number in the whole image, or of a place of the piece that
 *     stands there: the number of places of the image and its own, (N, places)
 * @param logits (N, K)
 */
public record IncrementalPass(
        Output<?> whole,
        Output<TFloat32> pieces,
        Map<Integer, Output<TFloat32>> inside,
        Output<TFloat32> places,
        Output<?> logits) {

    private static final Map<String, AttrValue> NO_PADDING = Map.of(
            "padding",
            AttrValue.newBuilder().setS(ByteString.copyFromUtf8("VALID")).build());

    /**
     * Adds it to a graph, which nothing may run meanwhile.
     *
     * @param scope for its operations
     * @param padding which of the steps see beyond the image, where their pieces must be zero
     */
    static IncrementalPass add(
            Graph graph,
            String scope,
            List<LocalStep> steps,
            List<Integer> padding,
            Output<?> image,
            Output<?> logits) {
        Ops tf = Ops.create(graph).withSubScope(scope);
        Output<TFloat32> pieces =
                placeholder(tf, "pieces", -1, -1, image.shape().get(3));
        Map<Integer, Output<TFloat32>> inside = new HashMap<>();
        Output<?> read = image;
        Output<?> piece = pieces;
        for (int i = 0; i < steps.size(); i++) {
            if (padding.contains(i)) {
                Output<TFloat32> mask = placeholder(tf, "inside", -1, -1, 1);
                inside.put(i, mask);
                piece = tf.math.mul(GraphPath.typed(piece), mask).asOutput();
            }
            LocalStep step = steps.get(i);
            piece = Replica.of(
                            step.operation(),
                            tf,
                            Replica.inputs(step.operation(), Map.of(read, piece)),
                            step.hasWindow() ? NO_PADDING : Map.of())
                    .output(0);
            read = step.output();
        }
        Output<TFloat32> places =
                placeholder(tf, "places", read.shape().get(1) * read.shape().get(2));
        Output<?> joined = joined(tf, read, GraphPath.typed(piece), places).asOutput();
        return new IncrementalPass(read, pieces, inside, places, new GraphPath(read, logits).follow(tf, joined));
    }

    /** Places of the whole and of all pieces in one list, of which each image takes its own. */
    private static Operand<TFloat32> joined(
            Ops tf, Output<?> whole, Operand<TFloat32> pieces, Operand<TFloat32> places) {
        Shape shape = whole.shape();
        int ofWhole = (int) (shape.get(1) * shape.get(2));
        Operand<TInt32> list = tf.constant(new int[] {-1, (int) shape.get(3)});
        Operand<TFloat32> ofPieces = tf.reshape(pieces, list);
        Operand<TFloat32> all = tf.concat(List.of(tf.reshape(GraphPath.typed(whole), list), ofPieces), tf.constant(0));
        Operand<TInt32> count = length(tf, ofPieces);
        Operand<TInt32> offsets = tf.range(tf.constant(0), count, tf.math.div(count, length(tf, places)));
        Operand<TInt32> own = tf.dtypes.cast(places, TInt32.class);
        Operand<TInt32> indices = tf.select(
                tf.math.less(own, tf.constant(ofWhole)), own, tf.math.add(own, tf.expandDims(offsets, tf.constant(1))));
        return tf.reshape(
                tf.gather(all, indices, tf.constant(0)),
                tf.constant(new int[] {-1, (int) shape.get(1), (int) shape.get(2), (int) shape.get(3)}));
    }

    private static Operand<TInt32> length(Ops tf, Operand<TFloat32> list) {
        return tf.gather(tf.shape(list), tf.constant(0), tf.constant(0));
    }

    private static Output<TFloat32> placeholder(Ops tf, String name, long... row) {
        return tf.withName(name)
                .placeholder(TFloat32.class, Placeholder.shape(Shape.of(row).prepend(-1)))
                .asOutput();
    }
}

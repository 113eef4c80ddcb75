package dev.inkling.model;

import dev.inkling.model.graph.FormulaGraph;
import dev.inkling.model.incremental.ChannelAblation;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Formula.Input;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.index.Indices;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Formulas that read {@link Input#SCORE_DROP}. Which channels to leave out is known only when a layer's output is, so each part of a batch
 * takes several runs by the thread that has it: to the layer, then from the layer to the logits for each image, then the formulas.
 */
final class ScoreDropPass {

    /** 0 for a channel that is 0 everywhere: no sum of magnitudes rounds to 0. */
    private static final Formula MAGNITUDES = Input.ACTIVATION.magnitude().sumOverPlaces();

    private final BatchSession session;
    private final Output<?> layer;
    private final ChannelAblation ablation;
    private final Lanes lanes;

    /** The layer, what else formulas read of the network, and the magnitudes. */
    private final List<Output<?>> first;

    /** Where the same is fed again, the drops in the magnitudes' place. */
    private final List<Output<?>> fed;

    private final List<Output<?>> formulas;

    private ScoreDropPass(
            BatchSession session,
            Output<?> layer,
            ChannelAblation ablation,
            List<Output<?>> first,
            List<Output<?>> fed,
            List<Output<?>> formulas) {
        this.session = session;
        this.layer = layer;
        this.ablation = ablation;
        this.lanes = session.lanes(layer, ablation.logits());
        this.first = first;
        this.fed = fed;
        this.formulas = formulas;
    }

    /**
     * Adds it to a graph, which nothing may run meanwhile.
     *
     * @param inputs what else the formulas read, and the layer's output in any case
     * @param maps (h, w, c)
     * @param logits that follow from the layer alone
     */
    static ScoreDropPass add(
            Graph graph,
            String scope,
            List<Formula> formulas,
            Map<Input, Output<?>> inputs,
            Shape maps,
            Output<?> logits,
            BatchSession session) {
        Ops tf = Ops.create(graph).withSubScope(scope);
        List<Output<?>> first = new ArrayList<>();
        List<Output<?>> fed = new ArrayList<>();
        Map<Input, Output<?>> known = new EnumMap<>(Input.class);
        inputs.forEach((input, output) -> {
            first.add(output);
            fed.add(placeholder(tf, output.shape().tail()));
            // What is fed can not be fetched, as a formula may want it.
            known.put(input, tf.identity(fed.get(fed.size() - 1)).asOutput());
        });
        first.addAll(FormulaGraph.add(graph, scope, List.of(MAGNITUDES), inputs, maps));
        fed.add(placeholder(tf, Input.SCORE_DROP.shape(maps)));
        known.put(Input.SCORE_DROP, tf.identity(fed.get(fed.size() - 1)).asOutput());
        Output<?> layer = inputs.get(Input.ACTIVATION);
        return new ScoreDropPass(
                session,
                layer,
                ChannelAblation.add(graph, scope, layer, logits),
                first,
                fed,
                FormulaGraph.add(graph, scope, formulas, known, maps));
    }

    private static Output<?> placeholder(Ops tf, Shape row) {
        return tf.placeholder(TFloat32.class, Placeholder.shape(row.prepend(Shape.UNKNOWN_SIZE)))
                .asOutput();
    }

    /** Shows the formulas' values image by image, by several threads at once. */
    void visit(List<GraphSession.Feed> feeds, Targets targets, BatchSession.RowVisitor visitor) {
        session.read(feeds, first, (from, values) -> {
            List<GraphSession.Feed> again = new ArrayList<>();
            for (int i = 0; i < values.size() - 1; i++) {
                again.add(new GraphSession.Feed(fed.get(i), values.get(i)));
            }
            FloatNdArray drops = drops(values.get(0), values.get(values.size() - 1), targets, from);
            again.add(new GraphSession.Feed(fed.get(values.size() - 1), drops));
            session.visit(again, formulas, (row, made) -> visitor.visit(from + row, made));
        });
    }

    /** Of images from one on, (n, 1, 1, c). */
    private FloatNdArray drops(FloatNdArray activations, FloatNdArray magnitudes, Targets targets, int from) {
        float[] flat = FloatArrays.flat(magnitudes);
        int count = Math.toIntExact(activations.shape().get(0));
        int channels = flat.length / count;
        float[] drops = new float[flat.length];
        Crew.forEach(count, () -> n -> {
            float[] without = without(flat, n * channels, channels);
            float[] scores = targets.rows(from + n, from + n + 1)
                    .repeat(0, without.length)
                    .scores(scores(activations.slice(Indices.range(n, n + 1)), without, targets.classCount()));
            for (int i = 1; i < without.length; i++) {
                drops[n * channels + (int) without[i]] = scores[0] - scores[i];
            }
        });
        return FloatArrays.of(drops, count, 1, 1, channels);
    }

    /** The whole first, then without each channel that is not 0 already. */
    private static float[] without(float[] magnitudes, int from, int channels) {
        float[] without = new float[1 + channels];
        int count = 0;
        without[count++] = ChannelAblation.NONE;
        for (int c = 0; c < channels; c++) {
            if (magnitudes[from + c] != 0) {
                without[count++] = c;
            }
        }
        return Arrays.copyOf(without, count);
    }

    private FloatNdArray scores(FloatNdArray activations, float[] without, int classCount) {
        float[] scores = session.run(
                        lanes,
                        List.of(
                                new GraphSession.Feed(ablation.without(), FloatArrays.of(without, without.length)),
                                new GraphSession.Feed(
                                        layer, activations, layer.shape().tail(), true)),
                        List.of(ablation.logits()))
                .get(0);
        return FloatArrays.of(scores, without.length, classCount);
    }
}

package dev.inkling.model;

import dev.inkling.model.incremental.IncrementalInference;
import dev.inkling.model.incremental.IncrementalPass;
import dev.inkling.model.incremental.IncrementalPlan;
import dev.inkling.model.saved.ModelGraph;
import dev.inkling.spi.FloatArrays;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * The scores of images that are alike but for a part, such as copies of an image that is covered here and there: as a whole only what
 * they have in common goes through the first operations. What that takes is added to the graph when it is first needed, and kept.
 */
final class IncrementalScores {

    private final Output<?> image;
    private final Output<?> logits;
    private final BatchSession session;
    private final Optional<IncrementalInference> inference;
    private final Map<IncrementalPlan.Kind, IncrementalPass> passes = new ConcurrentHashMap<>();

    IncrementalScores(ModelGraph model, BatchSession session) {
        this.image = model.image();
        this.logits = model.logits();
        this.session = session;
        // What depends on other images of the batch, or whose cost is not known, is left alone.
        this.inference = model.mostAtOnce() > 1 && session.operations().isPresent()
                ? Optional.of(new IncrementalInference(
                        image, logits, session.operations().getAsLong() / 2))
                : Optional.empty();
    }

    /**
     * Of a batch, if that is faster than to compute all of it.
     *
     * @param pixels a batch that fits the model
     * @return (N, K), flat
     */
    Optional<float[]> of(GraphSession.Feed pixels) {
        return inference.flatMap(possible -> possible.plan(pixels.values())).map(this::run);
    }

    private float[] run(IncrementalPlan plan) {
        IncrementalPass pass =
                passes.computeIfAbsent(plan.kind(), missing -> session.edit(graph -> plan.pass(graph, image, logits)));
        List<GraphSession.Feed> feeds = new ArrayList<>();
        feeds.add(new GraphSession.Feed(pass.pieces(), plan.pieces()));
        feeds.add(new GraphSession.Feed(pass.places(), plan.places()));
        plan.inside()
                .forEach((step, mask) ->
                        feeds.add(new GraphSession.Feed(pass.inside().get(step), mask)));
        float[] whole = session.run(List.of(new GraphSession.Feed(image, plan.common())), List.of(pass.whole()))
                .get(0);
        Shape row = pass.whole().shape().tail();
        feeds.add(new GraphSession.Feed(
                pass.whole(), FloatArrays.of(whole, row.prepend(1).asArray()), row, true));
        return session.run(feeds, List.of(pass.logits())).get(0);
    }
}

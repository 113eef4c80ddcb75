package dev.inkling.model;

import dev.inkling.model.backward.ReverseWalk;
import dev.inkling.model.graph.FormulaGraph;
import dev.inkling.model.saved.ModelGraph;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.Targets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

/**
 * What lies between the image and the logits. A layer's gradient, and what formulas make of a layer, are added to the graph when they are
 * first asked for, and kept.
 */
final class LayerAccess implements Layers {

    private final ModelSignature signature;
    private final Output<?> logits;
    private final Map<String, Output<?>> outputs;
    private final BatchSession session;

    /** Layers that all of the image goes through: the logits follow from any of them. */
    private final List<String> waists;

    private final Map<String, Output<?>> gradients = new ConcurrentHashMap<>();
    private final Map<Computed, Pass> passes = new ConcurrentHashMap<>();

    /** Shows what formulas make of a layer. */
    @FunctionalInterface
    private interface Pass {
        void visit(FloatNdArray images, Targets targets, Visitor visitor);
    }

    /** Formulas of a layer. */
    private record Computed(Layer layer, List<Formula> formulas) {

        /** The same formulas are asked for again and again: to look at the few of a layer takes less than to hash a tree. */
        @Override
        public int hashCode() {
            return layer.name().hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Computed that && layer.equals(that.layer) && formulas.equals(that.formulas);
        }

        String scope() {
            return "formulas." + layer.name().replace('/', '.');
        }

        Shape maps() {
            return Shape.of(layer.height(), layer.width(), layer.channels());
        }
    }

    LayerAccess(ModelGraph model, BatchSession session) {
        this.signature = model.signature();
        this.logits = model.logits();
        this.outputs = model.layers();
        this.session = session;
        this.waists = signature.layers().stream()
                .map(Layer::name)
                .filter(layer -> !leadsAround(model, outputs.get(layer)))
                .toList();
    }

    /** Whether the image reaches the logits by a way that does not go through this tensor. */
    private static boolean leadsAround(ModelGraph model, Output<?> tensor) {
        Set<GraphOperation> seen = new HashSet<>();
        Deque<GraphOperation> next =
                new ArrayDeque<>(List.of((GraphOperation) model.logits().op()));
        while (!next.isEmpty()) {
            GraphOperation operation = next.pop();
            if (operation.equals(tensor.op()) || !seen.add(operation)) {
                continue;
            }
            if (operation.equals(model.image().op())) {
                return true;
            }
            for (int i = 0; i < operation.numInputs(); i++) {
                next.push((GraphOperation) operation.input(i).op());
            }
        }
        return false;
    }

    @Override
    public FloatNdArray activations(String layer, FloatNdArray images) {
        GraphSession.Feed pixels = session.feed(images);
        Layer shape = signature.layer(layer);
        float[] values =
                session.run(List.of(pixels), List.of(outputs.get(layer))).get(0);
        return shaped(values, pixels.rows(), shape);
    }

    @Override
    public LayerGradients gradients(String layer, FloatNdArray images, Targets targets) {
        List<GraphSession.Feed> feeds = session.feeds(images, targets);
        Layer shape = signature.layer(layer);
        List<float[]> both = session.run(feeds, List.of(outputs.get(layer), gradient(layer)));
        int count = feeds.get(0).rows();
        return new LayerGradients(shaped(both.get(0), count, shape), shaped(both.get(1), count, shape));
    }

    @Override
    public void visit(String layer, FloatNdArray images, Targets targets, List<Formula> formulas, Visitor visitor) {
        Computed key = new Computed(signature.layer(layer), List.copyOf(formulas));
        passes.computeIfAbsent(key, this::pass).visit(images, targets, visitor);
    }

    private Pass pass(Computed key) {
        Set<Formula.Input> read = Formula.require(key.formulas(), INPUTS);
        if (read.contains(Formula.Input.SCORE_DROP)) {
            requireWaist(key.layer().name());
            ScoreDropPass drops = scoreDrops(key);
            return (images, targets, visitor) -> drops.visit(session.feeds(images, targets), targets, visitor::visit);
        }
        List<Output<?>> values = compute(key);
        return read.equals(Set.of(Formula.Input.ACTIVATION))
                ? (images, targets, visitor) -> session.visit(List.of(session.feed(images)), values, visitor::visit)
                : (images, targets, visitor) -> session.visit(session.feeds(images, targets), values, visitor::visit);
    }

    private List<Output<?>> compute(Computed key) {
        Map<Formula.Input, Output<?>> inputs = inputs(key);
        return session.edit(graph -> FormulaGraph.add(graph, key.scope(), key.formulas(), inputs, key.maps()));
    }

    private ScoreDropPass scoreDrops(Computed key) {
        Map<Formula.Input, Output<?>> inputs = inputs(key);
        return session.edit(
                graph -> ScoreDropPass.add(graph, key.scope(), key.formulas(), inputs, key.maps(), logits, session));
    }

    /** What the network has of what formulas read. */
    private Map<Formula.Input, Output<?>> inputs(Computed key) {
        String layer = key.layer().name();
        Map<Formula.Input, Output<?>> inputs = new EnumMap<>(Formula.Input.class);
        inputs.put(Formula.Input.ACTIVATION, outputs.get(layer));
        if (Formula.inputs(key.formulas()).contains(Formula.Input.GRADIENT)) {
            inputs.put(Formula.Input.GRADIENT, gradient(layer));
        }
        return inputs;
    }

    private Output<?> gradient(String layer) {
        return gradients.computeIfAbsent(layer, name -> session.edit(graph -> gradient(graph, name)));
    }

    private Output<?> gradient(Graph graph, String layer) {
        ReverseWalk walk = new ReverseWalk(graph, "gradient." + layer.replace('/', '.'), outputs.get(layer), logits);
        Output<?> gradient = walk.gradient(session.targetWeights()).asOutput();
        // At the logits themselves it is the targets, and what is fed can not be fetched.
        return gradient.equals(session.targetWeights())
                ? Ops.create(graph)
                        .withSubScope("explain")
                        .identity(session.targetWeights())
                        .asOutput()
                : gradient;
    }

    @Override
    public FloatNdArray scoresFrom(String layer, FloatNdArray activations) {
        requireActivations(activations, layer);
        requireWaist(layer);
        Output<?> output = outputs.get(layer);
        if (output.equals(logits)) {
            return FloatArrays.of(
                    FloatArrays.flat(activations), activations.shape().get(0), signature.classCount());
        }
        GraphSession.Feed feed =
                new GraphSession.Feed(output, activations, output.shape().tail(), false);
        return FloatArrays.of(session.run(List.of(feed), List.of(logits)).get(0), feed.rows(), signature.classCount());
    }

    private void requireActivations(FloatNdArray activations, String layer) {
        Layer shape = signature.layer(layer);
        Shape expected = Shape.of(Shape.UNKNOWN_SIZE, shape.height(), shape.width(), shape.channels());
        Shape found = activations.shape();
        if (found.numDimensions() != 4 || found.get(0) < 1 || !found.tail().equals(expected.tail())) {
            throw new InvalidInputException("activations have shape %s, layer '%s' has %s", found, layer, expected);
        }
    }

    /** Checks that the logits follow from the layer's output alone. */
    private void requireWaist(String layer) {
        if (!waists.contains(layer)) {
            throw new InvalidInputException(
                    "the scores of model '%s' do not follow from layer '%s' alone, for the image has a way around it;"
                            + " layers without one: %s",
                    signature.name(), layer, String.join(", ", waists));
        }
    }

    private static FloatNdArray shaped(float[] values, int count, Layer layer) {
        return FloatArrays.of(values, count, layer.height(), layer.width(), layer.channels());
    }
}

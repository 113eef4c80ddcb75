package dev.inkling.model;

import dev.inkling.model.backward.BiasTerms;
import dev.inkling.model.backward.ReverseWalk;
import dev.inkling.model.backward.RulePass;
import dev.inkling.model.graph.FormulaGraph;
import dev.inkling.model.saved.ModelGraph;
import dev.inkling.spi.Biases;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Output;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.index.Indices;

/** What comes back to the image from the logits. Each pass is added to the graph when it is first asked for, and kept. */
final class BackwardAccess implements Gradients, Biases, Propagation {

    private final ModelGraph model;
    private final ModelSignature signature;
    private final BatchSession session;

    private Output<?> gradient;
    private List<BiasTerms.Term> biasTerms;
    private final Map<List<Formula>, List<Output<?>>> ofTerms = new ConcurrentHashMap<>();
    private final Map<Object, RulePass> rulePasses = new ConcurrentHashMap<>();

    BackwardAccess(ModelGraph model, BatchSession session) {
        this.model = model;
        this.signature = model.signature();
        this.session = session;
    }

    @Override
    public FloatNdArray gradients(FloatNdArray images, Targets targets) {
        float[] values =
                session.run(session.feeds(images, targets), List.of(gradient())).get(0);
        return FloatArrays.of(values, images.shape().asArray());
    }

    private synchronized Output<?> gradient() {
        if (gradient == null) {
            gradient = session.edit(graph -> new ReverseWalk(graph, "gradient", model.image(), model.logits())
                    .gradient(session.targetWeights())
                    .asOutput());
        }
        return gradient;
    }

    @Override
    public List<Contribution> contributions(FloatNdArray images, Targets targets) {
        List<GraphSession.Feed> feeds = session.feeds(images, targets);
        List<BiasTerms.Term> terms = biasTerms();
        if (terms.isEmpty()) {
            return List.of();
        }
        List<float[]> values = session.run(
                feeds, terms.stream().map(BiasTerms.Term::contribution).toList());
        List<Contribution> contributions = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            Shape shape = shape(terms.get(i)).prepend(feeds.get(0).rows());
            contributions.add(
                    new Contribution(terms.get(i).operation(), FloatArrays.of(values.get(i), shape.asArray())));
        }
        return contributions;
    }

    @Override
    public void visit(FloatNdArray images, Targets targets, List<Formula> formulas, Biases.Visitor visitor) {
        Formula.require(formulas, INPUTS);
        List<GraphSession.Feed> feeds = session.feeds(images, targets);
        List<BiasTerms.Term> terms = biasTerms();
        if (terms.isEmpty()) {
            return;
        }
        List<Shape> shapes = terms.stream().map(BackwardAccess::shape).toList();
        List<Output<?>> fetches = ofTerms.computeIfAbsent(List.copyOf(formulas), this::ofTerms);
        session.visit(feeds, fetches, (image, values) -> {
            for (int i = 0; i < terms.size(); i++) {
                List<float[]> own = values.subList(i * formulas.size(), (i + 1) * formulas.size());
                visitor.visit(image, terms.get(i).operation(), shapes.get(i), own);
            }
        });
    }

    /** The formulas of the first term, then those of the next. */
    private List<Output<?>> ofTerms(List<Formula> formulas) {
        List<BiasTerms.Term> terms = biasTerms();
        return session.edit(graph -> terms.stream()
                .flatMap(term -> FormulaGraph.add(
                        graph,
                        "formulas.biases",
                        formulas,
                        Map.of(Formula.Input.CONTRIBUTION, term.contribution()),
                        shape(term))
                        .stream())
                .toList());
    }

    /** (h, w, c) of what it contributes to an image. */
    private static Shape shape(BiasTerms.Term term) {
        Shape shape = term.contribution().shape().tail();
        return shape.numDimensions() == 3 ? shape : Shape.of(1, 1, shape.size());
    }

    private synchronized List<BiasTerms.Term> biasTerms() {
        if (biasTerms == null) {
            biasTerms =
                    session.edit(graph -> BiasTerms.add(graph, model.image(), model.logits(), session.targetWeights()));
        }
        return biasTerms;
    }

    @Override
    public Propagated propagate(FloatNdArray images, Targets targets, Rule rule) {
        List<GraphSession.Feed> feeds = new ArrayList<>(session.feeds(images, targets));
        int count = feeds.get(0).rows();
        RulePass pass = rulePasses.computeIfAbsent(
                RulePass.key(rule),
                missing -> session.edit(
                        graph -> RulePass.add(graph, rule, model.image(), model.logits(), session.targetWeights())));
        if (rule instanceof Rule.DeepLift lift) {
            feeds.add(baseline(pass.baseline().orElseThrow(), lift.baseline(), count));
        }
        List<float[]> found = session.run(feeds, List.of(pass.values(), pass.scores()));
        return new Propagated(
                FloatArrays.of(found.get(0), images.shape().asArray()),
                FloatArrays.of(found.get(1), count, signature.classCount()));
    }

    private GraphSession.Feed baseline(Output<?> tensor, FloatNdArray baseline, int count) {
        if (signature.requireImages(baseline) != count) {
            throw new InvalidInputException(
                    "%d baselines for %d images; expected one for each",
                    baseline.shape().get(0), count);
        }
        float[] values = FloatArrays.flat(baseline);
        int size = signature.imageSize();
        for (int i = size; i < values.length; i++) {
            if (values[i] != values[i - size]) {
                return new GraphSession.Feed(tensor, baseline);
            }
        }
        // One for all goes through the network once.
        return new GraphSession.Feed(
                tensor, baseline.slice(Indices.range(0, 1)), baseline.shape().tail(), true);
    }
}

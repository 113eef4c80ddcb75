package dev.inkling.model;

import dev.inkling.model.backward.BiasTerms;
import dev.inkling.model.backward.ReverseWalk;
import dev.inkling.model.backward.RulePass;
import dev.inkling.model.saved.ModelGraph;
import dev.inkling.spi.Biases;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Output;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

/** What comes back to the image from the logits. Each pass is added to the graph when it is first asked for, and kept. */
final class BackwardAccess implements Gradients, Biases, Propagation {

    private final ModelGraph model;
    private final ModelSignature signature;
    private final BatchSession session;

    private Output<?> gradient;
    private List<BiasTerms.Term> biasTerms;
    private final Map<Object, RulePass> rulePasses = new ConcurrentHashMap<>();

    BackwardAccess(ModelGraph model, BatchSession session) {
        this.model = model;
        this.signature = model.signature();
        this.session = session;
    }

    @Override
    public FloatNdArray gradients(FloatNdArray images, Targets targets) {
        int count = requireBatch(images, targets);
        float[] values =
                session.run(count, feeds(images, targets), List.of(gradient())).get(0);
        return FloatArrays.of(values, images.shape().asArray());
    }

    private int requireBatch(FloatNdArray images, Targets targets) {
        int count = signature.requireImages(images);
        targets.require(count, signature);
        return count;
    }

    private List<GraphSession.Feed> feeds(FloatNdArray images, Targets targets) {
        return List.of(session.feed(images), session.feed(targets));
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
        int count = requireBatch(images, targets);
        List<BiasTerms.Term> terms = biasTerms();
        if (terms.isEmpty()) {
            return List.of();
        }
        List<float[]> values = session.run(
                count,
                feeds(images, targets),
                terms.stream().map(BiasTerms.Term::contribution).toList());
        List<Contribution> contributions = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            Shape shape = terms.get(i).contribution().shape();
            contributions.add(new Contribution(
                    terms.get(i).operation(),
                    shape.numDimensions() == 4
                            ? FloatArrays.of(values.get(i), count, shape.get(1), shape.get(2), shape.get(3))
                            : FloatArrays.of(values.get(i), count, 1, 1, values.get(i).length / count)));
        }
        return contributions;
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
        int count = requireBatch(images, targets);
        RulePass pass = rulePasses.computeIfAbsent(
                RulePass.key(rule),
                missing -> session.edit(
                        graph -> RulePass.add(graph, rule, model.image(), model.logits(), session.targetWeights())));
        List<GraphSession.Feed> feeds = new ArrayList<>(feeds(images, targets));
        if (rule instanceof Rule.DeepLift lift) {
            feeds.add(baseline(pass.baseline().orElseThrow(), lift.baseline(), count));
        }
        List<float[]> found = session.run(count, feeds, List.of(pass.values(), pass.scores()));
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
        GraphSession.Feed feed = session.feed(tensor, baseline);
        int size = signature.imageSize();
        for (int i = size; i < feed.values().length; i++) {
            if (feed.values()[i] != feed.values()[i - size]) {
                return feed;
            }
        }
        // One for all goes through the network once.
        return new GraphSession.Feed(tensor, Arrays.copyOf(feed.values(), size), feed.row(), true);
    }
}

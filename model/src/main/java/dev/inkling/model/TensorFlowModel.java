package dev.inkling.model;

import dev.inkling.model.backward.BiasTerms;
import dev.inkling.model.backward.ReverseWalk;
import dev.inkling.model.backward.RulePass;
import dev.inkling.model.saved.ModelCard;
import dev.inkling.model.saved.ModelChoices;
import dev.inkling.model.saved.ModelGraph;
import dev.inkling.model.saved.SavedSignature;
import dev.inkling.spi.Biases;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Propagation.Propagated;
import dev.inkling.spi.Targets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A SavedModel, ready to be explained: {@link Gradients}, {@link Layers}, {@link Biases} and {@link Propagation} are among its
 * capabilities as far as TensorFlow can differentiate its operations, and so is this class itself.
 *
 * <p>Batches are cut into parts, so that all processors have one each and memory stays bounded whatever their size. Safe for use by
 * several threads; close it when none uses it any more.
 */
public final class TensorFlowModel implements Model, AutoCloseable {

    /** What an image costs forward, from which on several processors are better at it than one: measured on two. */
    private static final long COSTLY = 100_000_000;

    private final GraphSession session;
    private final Precision precision;
    private final ModelGraph model;
    private final ModelSignature signature;
    private final OptionalLong operations;
    private final Lanes lanes;

    private final Output<?> image;
    private final Output<?> logits;
    private final Output<?> probabilities;
    private final Map<String, Output<?>> layerOutputs;

    /** Layers that all of the image goes through: the logits follow from any of them. */
    private final List<String> waists;

    private final Output<TFloat32> targetWeights;

    /** What was added to the graph so far, by what it computes: each is built once and kept. */
    private final Map<Object, Output<?>> backwardPasses = new ConcurrentHashMap<>();

    private final Map<Object, RulePass> rulePasses = new ConcurrentHashMap<>();

    /** Built when first asked for. */
    private List<BiasTerms.Term> biasTerms;

    private final Map<Class<?>, Object> capabilities;

    private TensorFlowModel(ModelGraph model, Execution execution) {
        this.model = model;
        this.signature = model.signature();
        this.image = model.image();
        this.logits = model.logits();
        this.layerOutputs = model.layers();
        this.waists = signature.layers().stream()
                .map(Layer::name)
                .filter(layer -> !leadsAround(layerOutputs.get(layer)))
                .toList();
        int rows = ChunkSize.of(model, execution.memory());
        this.operations = model.obstacle().isPresent()
                ? OptionalLong.empty()
                : FloatingPointOperations.of(
                        new ReverseWalk(model.graph(), "explain/operations", image, logits).path());
        Ops tf = Ops.create(model.graph()).withSubScope("explain");
        this.probabilities = tf.withName("probabilities")
                .nn
                .softmax(ReverseWalk.typed(logits))
                .asOutput();
        this.targetWeights = tf.withName("targets")
                .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, signature.classCount())))
                .asOutput();
        this.capabilities = capabilities();
        this.precision = execution.precision();
        this.session = new GraphSession(model.graph(), precision);
        this.lanes =
                new Lanes(session.processors(), rows, model.mostAtOnce(), operations.orElse(Long.MAX_VALUE) > COSTLY);
    }

    private Map<Class<?>, Object> capabilities() {
        Map<Class<?>, Object> offered = new HashMap<>(Map.of(TensorFlowModel.class, this));
        if (!signature.layers().isEmpty()) {
            offered.put(Layers.class, new LayerAccess());
        }
        if (model.obstacle().isEmpty()) {
            offered.put(Gradients.class, (Gradients) this::gradients);
            offered.put(Biases.class, (Biases) this::contributions);
            offered.put(Propagation.class, (Propagation) this::propagate);
        }
        return offered;
    }

    /**
     * Loads a model folder: one that Inkling wrote, or any SavedModel that leads from images to scores; to compute in float32.
     *
     * @throws InvalidInputException if there is no such folder, it holds no SavedModel or a damaged one, or what is what can not be found
     *     out; the message names the choice to make
     */
    public static TensorFlowModel load(Path folder) {
        return load(folder, ModelChoices.NONE, Execution.DEFAULT);
    }

    /**
     * Loads a model folder.
     *
     * @param choices what the user says of it
     * @throws InvalidInputException as {@link #load(Path)} does, or if the choices do not fit the model, or an image takes more than
     *     the memory granted
     */
    public static TensorFlowModel load(Path folder, ModelChoices choices, Execution execution) {
        ModelGraph model = ModelGraph.read(folder, choices);
        try {
            return new TensorFlowModel(model, execution);
        } catch (InvalidInputException e) {
            model.graph().close();
            throw e;
        }
    }

    /** Whether the image reaches the logits by a way that does not go through this tensor. */
    private boolean leadsAround(Output<?> tensor) {
        Set<GraphOperation> seen = new HashSet<>();
        Deque<GraphOperation> next = new ArrayDeque<>(List.of((GraphOperation) logits.op()));
        while (!next.isEmpty()) {
            GraphOperation operation = next.pop();
            if (operation.equals(tensor.op()) || !seen.add(operation)) {
                continue;
            }
            if (operation.equals(image.op())) {
                return true;
            }
            for (int i = 0; i < operation.numInputs(); i++) {
                next.push((GraphOperation) operation.input(i).op());
            }
        }
        return false;
    }

    @Override
    public ModelSignature signature() {
        return signature;
    }

    /** What the folder says about the model, if Inkling wrote it. */
    public Optional<ModelCard> card() {
        return model.card();
    }

    /** How many weights it has: trainable ones where a card tells, all where it was found out. */
    public long parameters() {
        return model.parameters();
    }

    /**
     * What one image costs forward, in multiplications and additions of convolutions and matrix products; empty where the graph does not
     * say.
     */
    public OptionalLong floatingPointOperations() {
        return operations;
    }

    /** What the file offers to runtimes, sorted by name. */
    public List<SavedSignature> signatures() {
        return model.signatures();
    }

    /** Why the scores can not be differentiated with respect to the image, if they can not. */
    public Optional<String> obstacle() {
        return model.obstacle();
    }

    /** What was found out about a model that Inkling did not write, in one line. */
    public Optional<String> found() {
        return model.found();
    }

    /**
     * SHA-256 of the graph's file, in lower-case hexadecimal; where variables have files of their own, of the list of the files'
     * SHA-256: a line each, the graph first, then the index, then the values.
     */
    public String sha256() {
        return model.sha256();
    }

    /** In which convolutions and matrix products are computed. */
    public Precision precision() {
        return precision;
    }

    /** How long at least one thread was in TensorFlow so far, in nanoseconds: what is left is our own code. */
    public long nanosInTensorFlow() {
        return session.nanosRunning();
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return Optional.ofNullable(capabilities.get(type)).map(type::cast);
    }

    @Override
    public <T> T require(Class<T> type) {
        if (model.obstacle().isPresent() && capability(type).isEmpty()) {
            throw new InvalidInputException(
                    "model '%s' does not offer %s: %s; use an explainer that needs less (perturbation methods need scores only)",
                    signature.name(), type.getSimpleName(), model.obstacle().get());
        }
        return Model.super.require(type);
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        return classValues(images, logits);
    }

    /**
     * The softmax of the scores.
     *
     * @param images (N, H, W, C) in the signature's value range
     * @return (N, K), each row summing to 1
     * @throws InvalidInputException as {@link #scores} does
     */
    public FloatNdArray probabilities(FloatNdArray images) {
        return classValues(images, probabilities);
    }

    private FloatNdArray classValues(FloatNdArray images, Output<?> fetch) {
        int count = signature.requireImages(images);
        float[] values =
                inLanes(count, List.of(imageFeed(images)), List.of(fetch)).get(0);
        return FloatArrays.of(values, count, signature.classCount());
    }

    private FloatNdArray gradients(FloatNdArray images, Targets targets) {
        int count = signature.requireImages(images);
        targets.require(count, signature);
        Output<?> gradient = backwardPass(Gradients.class, graph -> gradient(graph, "gradient", image));
        return onImages(images, targets, count, gradient);
    }

    private Propagated propagate(FloatNdArray images, Targets targets, Propagation.Rule rule) {
        int count = signature.requireImages(images);
        targets.require(count, signature);
        RulePass pass = rulePasses.computeIfAbsent(
                RulePass.key(rule),
                missing -> session.edit(graph -> RulePass.add(graph, rule, image, logits, targetWeights)));
        List<GraphSession.Feed> feeds = new ArrayList<>(List.of(imageFeed(images), targetFeed(targets)));
        if (rule instanceof Propagation.Rule.DeepLift lift) {
            feeds.add(baselineFeed(pass.baseline().orElseThrow(), lift.baseline(), count));
        }
        List<float[]> found = inLanes(count, feeds, List.of(pass.values(), pass.scores()));
        return new Propagated(
                FloatArrays.of(found.get(0), images.shape().asArray()),
                FloatArrays.of(found.get(1), count, signature.classCount()));
    }

    private GraphSession.Feed baselineFeed(Output<?> tensor, FloatNdArray baseline, int count) {
        if (signature.requireImages(baseline) != count) {
            throw new InvalidInputException(
                    "%d baselines for %d images; expected one for each",
                    baseline.shape().get(0), count);
        }
        GraphSession.Feed feed = imageFeed(tensor, baseline);
        int size = signature.imageSize();
        for (int i = size; i < feed.values().length; i++) {
            if (feed.values()[i] != feed.values()[i - size]) {
                return feed;
            }
        }
        // One for all goes through the network once.
        return new GraphSession.Feed(tensor, Arrays.copyOf(feed.values(), size), feed.row(), true);
    }

    private List<Biases.Contribution> contributions(FloatNdArray images, Targets targets) {
        int count = signature.requireImages(images);
        targets.require(count, signature);
        List<BiasTerms.Term> terms = biasTerms();
        if (terms.isEmpty()) {
            return List.of();
        }
        List<float[]> values = inLanes(
                count,
                List.of(imageFeed(images), targetFeed(targets)),
                terms.stream().map(BiasTerms.Term::contribution).toList());
        List<Biases.Contribution> contributions = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            Shape shape = terms.get(i).contribution().shape();
            contributions.add(new Biases.Contribution(
                    terms.get(i).operation(),
                    shape.numDimensions() == 4
                            ? FloatArrays.of(values.get(i), count, shape.get(1), shape.get(2), shape.get(3))
                            : FloatArrays.of(values.get(i), count, 1, 1, values.get(i).length / count)));
        }
        return contributions;
    }

    private synchronized List<BiasTerms.Term> biasTerms() {
        if (biasTerms == null) {
            biasTerms = session.edit(graph -> BiasTerms.add(graph, image, logits, targetWeights));
        }
        return biasTerms;
    }

    private FloatNdArray onImages(FloatNdArray images, Targets targets, int count, Output<?> fetch) {
        float[] values = inLanes(count, List.of(imageFeed(images), targetFeed(targets)), List.of(fetch))
                .get(0);
        return FloatArrays.of(values, count, signature.height(), signature.width(), signature.channels());
    }

    /** What lies between the image and the logits. */
    private final class LayerAccess implements Layers {

        @Override
        public FloatNdArray activations(String layer, FloatNdArray images) {
            int count = signature.requireImages(images);
            Layer shape = signature.layer(layer);
            return shaped(
                    inLanes(count, List.of(imageFeed(images)), List.of(layerOutputs.get(layer)))
                            .get(0),
                    count,
                    shape);
        }

        @Override
        public LayerGradients gradients(String layer, FloatNdArray images, Targets targets) {
            int count = signature.requireImages(images);
            targets.require(count, signature);
            Layer shape = signature.layer(layer);
            Output<?> activation = layerOutputs.get(layer);
            Output<?> gradient =
                    backwardPass(layer, graph -> gradient(graph, "gradient." + layer.replace('/', '.'), activation));
            List<float[]> both =
                    inLanes(count, List.of(imageFeed(images), targetFeed(targets)), List.of(activation, gradient));
            return new LayerGradients(shaped(both.get(0), count, shape), shaped(both.get(1), count, shape));
        }

        @Override
        public FloatNdArray scoresFrom(String layer, FloatNdArray activations) {
            Layer shape = signature.layer(layer);
            Shape expected = Shape.of(Shape.UNKNOWN_SIZE, shape.height(), shape.width(), shape.channels());
            Shape found = activations.shape();
            if (found.numDimensions() != 4 || found.get(0) < 1 || !found.tail().equals(expected.tail())) {
                throw new InvalidInputException("activations have shape %s, layer '%s' has %s", found, layer, expected);
            }
            if (!waists.contains(layer)) {
                throw new InvalidInputException(
                        "the scores of model '%s' do not follow from layer '%s' alone, for the image has a way around it;"
                                + " layers without one: %s",
                        signature.name(), layer, String.join(", ", waists));
            }
            int count = Math.toIntExact(found.get(0));
            Output<?> output = layerOutputs.get(layer);
            if (output.equals(logits)) {
                return FloatArrays.of(FloatArrays.flat(activations), count, signature.classCount());
            }
            GraphSession.Feed feed = new GraphSession.Feed(
                    output, FloatArrays.flat(activations), output.shape().tail());
            float[] values = inLanes(count, List.of(feed), List.of(logits)).get(0);
            return FloatArrays.of(values, count, signature.classCount());
        }

        private FloatNdArray shaped(float[] values, int count, Layer layer) {
            return FloatArrays.of(values, count, layer.height(), layer.width(), layer.channels());
        }
    }

    private Output<?> backwardPass(Object key, Function<Graph, Output<?>> build) {
        return backwardPasses.computeIfAbsent(key, missing -> session.edit(build));
    }

    private Output<?> gradient(Graph graph, String name, Output<?> point) {
        Output<?> gradient = new ReverseWalk(graph, name, point, logits)
                .gradient(targetWeights)
                .asOutput();
        // At the logits themselves it is the targets, and what is fed can not be fetched.
        return gradient.equals(targetWeights)
                ? Ops.create(graph)
                        .withSubScope("explain")
                        .identity(targetWeights)
                        .asOutput()
                : gradient;
    }

    private GraphSession.Feed imageFeed(FloatNdArray images) {
        return imageFeed(image, images);
    }

    private GraphSession.Feed imageFeed(Output<?> tensor, FloatNdArray images) {
        return new GraphSession.Feed(
                tensor, FloatArrays.flat(images), image.shape().tail());
    }

    private GraphSession.Feed targetFeed(Targets targets) {
        return new GraphSession.Feed(
                targetWeights, FloatArrays.flat(targets.weights()), Shape.of(signature.classCount()));
    }

    private List<float[]> inLanes(int count, List<GraphSession.Feed> feeds, List<? extends Operand<?>> fetches) {
        Rows whole = new Rows(count, fetches.size());
        lanes.run(count, (from, rows, width) -> session.run(feeds, from, rows, width, fetches, whole));
        return whole.all();
    }

    /** How a batch is computed; tests see by it which session does. */
    GraphSession.Width width(int count) {
        return lanes.width(count);
    }

    /** How many operations the graph holds, of one type or of all; tests see by it what was built. */
    int operations(String type) {
        return session.edit(graph -> {
            int count = 0;
            for (var operations = graph.operations(); operations.hasNext(); ) {
                String found = operations.next().type();
                count += type == null || type.equals(found) ? 1 : 0;
            }
            return count;
        });
    }

    /** Waits for calls in flight, then frees the native memory. */
    @Override
    public void close() {
        session.close();
    }
}

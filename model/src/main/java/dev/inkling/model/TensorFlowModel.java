package dev.inkling.model;

import dev.inkling.model.graph.GraphPath;
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
import dev.inkling.spi.Propagation;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.tensorflow.Output;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.op.Ops;

/**
 * A SavedModel, ready to be explained: {@link Gradients}, {@link Layers}, {@link Biases} and {@link Propagation} are among its
 * capabilities as far as TensorFlow can differentiate its operations, and so is this class itself.
 *
 * <p>Safe for use by several threads; close it when none uses it any more.
 */
public final class TensorFlowModel implements Model, AutoCloseable {

    private final ModelGraph model;
    private final Precision precision;
    private final Output<?> probabilities;
    private final BatchSession session;
    private final IncrementalScores incremental;
    private final Map<Class<?>, Object> capabilities;

    private TensorFlowModel(ModelGraph model, Execution execution) {
        this.model = model;
        this.precision = execution.precision();
        this.probabilities = Ops.create(model.graph())
                .withSubScope("explain")
                .withName("probabilities")
                .nn
                .softmax(GraphPath.typed(model.logits()))
                .asOutput();
        this.session = new BatchSession(model, execution);
        this.incremental = new IncrementalScores(model, session);
        this.capabilities = capabilities();
    }

    private Map<Class<?>, Object> capabilities() {
        Map<Class<?>, Object> offered = new HashMap<>(Map.of(TensorFlowModel.class, this));
        if (!signature().layers().isEmpty()) {
            offered.put(Layers.class, new LayerAccess(model, session));
        }
        if (model.obstacle().isEmpty()) {
            BackwardAccess backward = new BackwardAccess(model, session);
            offered.put(Gradients.class, backward);
            offered.put(Biases.class, backward);
            offered.put(Propagation.class, backward);
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

    @Override
    public ModelSignature signature() {
        return model.signature();
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
        return session.operations();
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
                    signature().name(), type.getSimpleName(), model.obstacle().get());
        }
        return Model.super.require(type);
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        GraphSession.Feed pixels = session.feed(images);
        return classValues(pixels, incremental.of(pixels).orElseGet(() -> run(pixels, model.logits())));
    }

    /**
     * The softmax of the scores.
     *
     * @param images (N, H, W, C) in the signature's value range
     * @return (N, K), each row summing to 1
     * @throws InvalidInputException as {@link #scores} does
     */
    public FloatNdArray probabilities(FloatNdArray images) {
        GraphSession.Feed pixels = session.feed(images);
        return classValues(pixels, run(pixels, probabilities));
    }

    private float[] run(GraphSession.Feed pixels, Output<?> fetch) {
        return session.run(List.of(pixels), List.of(fetch)).get(0);
    }

    private FloatNdArray classValues(GraphSession.Feed pixels, float[] values) {
        return FloatArrays.of(values, pixels.rows(), signature().classCount());
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

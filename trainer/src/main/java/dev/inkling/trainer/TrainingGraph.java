package dev.inkling.trainer;

import dev.inkling.model.Architecture;
import dev.inkling.model.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The network with variables for weights, once as it trains and once as it infers; the loss; and Adam. All tensors of training
 * live and die here. For one thread.
 *
 * <p>Inference and export use the {@link MovingAverage} of the weights, running statistics included.
 */
final class TrainingGraph implements AutoCloseable {

    private final Architecture architecture;
    private final OptimizerSettings optimizer;
    private final Graph graph;
    private final Session session;

    private final Operand<TFloat32> images;
    private final Operand<TInt32> labels;
    private final Operand<TInt64> dropoutSeed;
    private final WeightVariables weights;
    private final WeightVariables averages;
    private final Head training;
    private final Head inference;
    private final Adam adam;
    private final MovingAverage average;

    /** What is asked of a batch: the summed loss and the number classified right. */
    private record Head(Operand<TFloat32> logits, Operand<TFloat32> loss, Operand<TFloat32> correct) {}

    /**
     * Sums over some images.
     *
     * @param loss cross-entropy in nats, summed
     * @param correct images classified right
     * @param images images
     */
    record Sums(double loss, double correct, int images) {

        static final Sums NONE = new Sums(0, 0, 0);

        Sums plus(Sums more) {
            return new Sums(loss + more.loss, correct + more.correct, images + more.images);
        }

        double meanLoss() {
            return loss / images;
        }

        double accuracy() {
            return correct / images;
        }
    }

    /** @param settings of which the number of epochs and the learning rate do not matter here */
    TrainingGraph(Architecture architecture, TrainSettings settings) {
        this.architecture = architecture;
        this.optimizer = settings.optimizer();
        this.graph = new Graph();
        Ops tf = Ops.create(graph);
        this.images = tf.withName("images")
                .placeholder(
                        TFloat32.class,
                        Placeholder.shape(Shape.of(
                                Shape.UNKNOWN_SIZE,
                                architecture.height(),
                                architecture.width(),
                                architecture.channels())));
        this.labels = tf.withName("labels").placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
        this.dropoutSeed = tf.withName("dropout_seed").placeholder(TInt64.class, Placeholder.shape(Shape.of(2)));
        this.weights = WeightVariables.training(
                tf, dropoutSeed, new FastConvolution(settings.precision(), settings.batchSize()));
        this.averages = WeightVariables.inference(tf.withSubScope("averages"));
        this.training = head(tf.withSubScope("training"), weights, optimizer.labelSmoothing());
        this.inference = head(tf.withSubScope("inference"), averages, 0);
        this.adam = optimiser(tf);
        List<Op> changes = new ArrayList<>(adam.updates());
        changes.addAll(weights.statisticsUpdates());
        this.average = new MovingAverage(tf, optimizer.averageDecay(), weights.all(), averages.all(), changes);
        this.session = new Session(graph, configuration(settings));
        initialise(tf, InitialWeights.of(architecture, settings.seed()));
    }

    private static ConfigProto configuration(TrainSettings settings) {
        ConfigProto.Builder configuration = settings.precision().configuration();
        if (settings.deterministic()) {
            // One thread decides which operation comes next, so their order is the graph's; each still uses every core.
            configuration.setInterOpParallelismThreads(1);
        }
        return configuration.build();
    }

    /** @param smoothing share of the target that is spread evenly over all classes */
    private Head head(Ops tf, WeightVariables from, double smoothing) {
        Operand<TFloat32> logits = Network.build(tf, architecture, images, from).logits();
        float even = (float) (smoothing / architecture.classes());
        Operand<TFloat32> target = tf.oneHot(
                labels,
                tf.constant(architecture.classes()),
                tf.constant((float) (1 - smoothing) + even),
                tf.constant(even));
        Operand<TFloat32> losses =
                tf.nn.softmaxCrossEntropyWithLogits(logits, target).loss();
        Operand<TFloat32> right = tf.dtypes.cast(
                tf.math.equal(tf.math.argMax(logits, tf.constant(1), TInt32.class), labels), TFloat32.class);
        Operand<TInt32> all = tf.constant(new int[] {0});
        return new Head(logits, tf.reduceSum(losses, all), tf.reduceSum(right, all));
    }

    private Adam optimiser(Ops tf) {
        Map<String, Variable<TFloat32>> trainable = new LinkedHashMap<>();
        architecture.parameters().stream()
                .map(Architecture.Parameter::name)
                .filter(name -> !weights.cancelled().contains(name))
                .forEach(name -> trainable.put(name, weights.all().get(name)));
        // The gradient of the mean, so that the step does not depend on how full the last batch is.
        Operand<TFloat32> count = tf.dtypes.cast(tf.size(labels), TFloat32.class);
        Output<?>[] gradients = graph.addGradients(
                "gradients",
                new Output<?>[] {tf.math.div(training.loss(), count).asOutput()},
                trainable.values().stream().map(Operand::asOutput).toArray(Output<?>[]::new),
                null);
        return new Adam(
                tf,
                optimizer.weightDecay(),
                trainable,
                Arrays.stream(gradients).map(TrainingGraph::typed).toList());
    }

    @SuppressWarnings("unchecked")
    private static Output<TFloat32> typed(Output<?> output) {
        return (Output<TFloat32>) output;
    }

    /** Gives every variable its first value. */
    private void initialise(Ops tf, Map<String, float[]> first) {
        Session.Runner runner = session.runner();
        List<Tensor> tensors = new ArrayList<>();
        for (Map<String, Variable<TFloat32>> group : List.of(weights.all(), averages.all(), adam.moments())) {
            group.forEach((name, variable) -> {
                Shape shape = variable.asOutput().shape();
                float[] values = first.getOrDefault(name, new float[Math.toIntExact(shape.size())]);
                if (name.endsWith("/variance")) {
                    Arrays.fill(values, 1);
                }
                Operand<TFloat32> value = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
                TFloat32 tensor = TFloat32.tensorOf(shape, DataBuffers.of(values));
                tensors.add(tensor);
                runner.feed(value, tensor).addTarget(tf.assign(variable, value));
            });
        }
        try (Result none = runner.run()) {
            assert none.size() == 0;
        } finally {
            tensors.forEach(Tensor::close);
        }
    }

    /**
     * One step of Adam.
     *
     * @param pixels at least count images in [0, 1]
     * @param classes at least count labels
     * @param learningRate Adam's step size
     * @param seed of this run's dropout
     * @param step counted over the whole run, from 1
     * @return sums over the batch, from before the step
     */
    Sums step(float[] pixels, int[] classes, int count, double learningRate, long seed, long step) {
        try (TInt64 dropout = TInt64.vectorOf(seed, step);
                Adam.Feeds adamFeeds = adam.new Feeds(learningRate, step);
                MovingAverage.Feed averageFeed = average.new Feed(step)) {
            Session.Runner runner = session.runner().feed(dropoutSeed, dropout);
            return run(averageFeed.into(adamFeeds.into(runner)), training, pixels, classes, count);
        }
    }

    /** Sums over images in inference mode, on the averaged weights; changes nothing. */
    Sums evaluate(float[] pixels, int[] classes, int count) {
        return run(session.runner(), inference, pixels, classes, count);
    }

    private Sums run(Session.Runner runner, Head head, float[] pixels, int[] classes, int count) {
        try (TFloat32 image = imageTensor(pixels, count);
                TInt32 label = TInt32.tensorOf(
                        Shape.of(count), DataBuffers.of(classes, true, false).narrow(count));
                Result result = runner.feed(images, image)
                        .feed(labels, label)
                        .fetch(head.loss())
                        .fetch(head.correct())
                        .run()) {
            return new Sums(((TFloat32) result.get(0)).getFloat(), ((TFloat32) result.get(1)).getFloat(), count);
        }
    }

    /** The logits in inference mode, on the averaged weights, (count, K) in row-major order. */
    float[] logits(float[] pixels, int count) {
        try (TFloat32 image = imageTensor(pixels, count);
                Result result = session.runner()
                        .feed(images, image)
                        .fetch(inference.logits())
                        .run()) {
            return values(result.get(0));
        }
    }

    private TFloat32 imageTensor(float[] pixels, int count) {
        Shape shape = Shape.of(count, architecture.height(), architecture.width(), architecture.channels());
        return TFloat32.tensorOf(shape, DataBuffers.of(pixels, true, false).narrow(shape.size()));
    }

    /** The averaged weights and running statistics, by name, in row-major order: what is exported. */
    Map<String, float[]> weights() {
        Session.Runner runner = session.runner();
        averages.all().values().forEach(runner::fetch);
        Map<String, float[]> values = new LinkedHashMap<>();
        try (Result result = runner.run()) {
            int i = 0;
            for (String name : averages.all().keySet()) {
                values.put(name, values(result.get(i++)));
            }
        }
        return values;
    }

    /** One array of weights as the last step left it, not averaged. */
    float[] current(String name) {
        try (Result result = session.runner().fetch(weights.all().get(name)).run()) {
            return values(result.get(0));
        }
    }

    private static float[] values(Tensor tensor) {
        TFloat32 floats = (TFloat32) tensor;
        float[] values = new float[Math.toIntExact(floats.size())];
        floats.copyTo(DataBuffers.of(values));
        return values;
    }

    /** Writes every variable, averages and Adam's included, as a TensorFlow checkpoint of this prefix. */
    void save(Path prefix) throws IOException {
        try {
            session.save(prefix.toString());
        } catch (TensorFlowException e) {
            // The first line says what happened, the others where in the graph.
            throw new IOException(
                    "cannot write " + e.getMessage().lines().findFirst().orElse("a checkpoint"), e);
        }
    }

    /** Reads what {@link #save} wrote. */
    void restore(Path prefix) {
        session.restore(prefix.toString());
    }

    @Override
    public void close() {
        // In this order: closing a graph before its session blocks for ever.
        session.close();
        graph.close();
    }
}

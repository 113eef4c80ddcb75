package dev.inkling.tck;

import dev.inkling.spi.Background;
import dev.inkling.spi.Biases;
import dev.inkling.spi.FloatArrays;
import dev.inkling.spi.Formula;
import dev.inkling.spi.Gradients;
import dev.inkling.spi.InvalidInputException;
import dev.inkling.spi.Layers;
import dev.inkling.spi.Model;
import dev.inkling.spi.ModelSignature;
import dev.inkling.spi.ModelSignature.Layer;
import dev.inkling.spi.Propagation;
import dev.inkling.spi.Targets;
import dev.inkling.tck.PlainModelBuilder.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;

/**
 * A network in plain arithmetic and double precision, image by image, that offers every capability; each of its operations is
 * a layer. Immutable and safe for use by several threads. Put one together with {@link #builder}.
 *
 * <p>Not for large networks: its loops are written to be read.
 */
public class PlainModel implements Model, Gradients, Layers, Propagation, Biases, Background {

    private final ModelSignature signature;
    private final List<Node> nodes;

    PlainModel(PlainModelBuilder builder) {
        this.nodes = List.copyOf(builder.nodes);
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("model '" + builder.name + "' has no operation");
        }
        this.signature = new ModelSignature(
                builder.name,
                builder.height,
                builder.width,
                builder.channels,
                builder.range,
                labels(nodes.get(nodes.size() - 1).operation().size()),
                layers(nodes));
    }

    /** A model of images (height, width, channels), in [0, 1] unless the builder is told otherwise. */
    public static PlainModelBuilder builder(String name, int height, int width, int channels) {
        return new PlainModelBuilder(name, height, width, channels);
    }

    static List<String> labels(int classes) {
        return IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    }

    private static List<Layer> layers(List<Node> nodes) {
        List<Layer> layers = new ArrayList<>();
        for (Node node : nodes) {
            Operation operation = node.operation();
            layers.add(new Layer(
                    node.name(), kind(node, layers), operation.height(), operation.width(), operation.channels()));
        }
        return layers;
    }

    private static Layer.Kind kind(Node node, List<Layer> before) {
        Operation operation = node.operation();
        if (operation instanceof Linear.Convolution || operation instanceof Linear.DepthwiseConvolution) {
            return Layer.Kind.CONVOLUTION;
        } else if (operation instanceof Linear.AveragePool
                || operation instanceof Operation.MaxPool
                || operation instanceof Operation.WeightedSum) {
            return Layer.Kind.POOLING;
        } else if (operation instanceof Operation.Softmax) {
            return Layer.Kind.ATTENTION;
        } else if (operation instanceof Linear.Dense || node.inputs().get(0) == 0) {
            return Layer.Kind.DENSE;
        }
        // What follows a layer and only changes its values belongs to it.
        return before.get(node.inputs().get(0) - 1).kind();
    }

    @Override
    public ModelSignature signature() {
        return signature;
    }

    @Override
    public <T> Optional<T> capability(Class<T> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
    }

    /** Five images drawn uniformly from the value range. */
    @Override
    public FloatNdArray images() {
        return background(signature);
    }

    static FloatNdArray background(ModelSignature signature) {
        SplittableRandom random = new SplittableRandom(30);
        float[] values = new float[5 * signature.imageSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float)
                    random.nextDouble(signature.range().min(), signature.range().max());
        }
        return FloatArrays.of(values, 5, signature.height(), signature.width(), signature.channels());
    }

    @Override
    public FloatNdArray scores(FloatNdArray images) {
        return stack(
                split(images, signature).stream()
                        .map(image -> output(trace(image)))
                        .toList(),
                signature.classCount());
    }

    @Override
    public FloatNdArray gradients(FloatNdArray images, Targets targets) {
        return back(images, targets, false, Backward.CHAIN_RULE).values();
    }

    @Override
    public Propagated propagate(FloatNdArray images, Targets targets, Rule rule) {
        if (rule instanceof Rule.DeepLift lift) {
            return differences(images, targets, lift.baseline());
        } else if (rule instanceof Rule.Lrp lrp) {
            return back(images, targets, true, new Relevance(lrp, nodes));
        }
        return back(images, targets, false, rule instanceof Rule.Guided ? Backward.GUIDED : Backward.DECONVNET);
    }

    @Override
    public FloatNdArray activations(String layer, FloatNdArray images) {
        Layer found = signature.layer(layer);
        int value = signature.layers().indexOf(found) + 1;
        return stack(
                split(images, signature).stream()
                        .map(image -> trace(image)[value])
                        .toList(),
                found.height(),
                found.width(),
                found.channels());
    }

    @Override
    public LayerGradients gradients(String layer, FloatNdArray images, Targets targets) {
        Layer found = signature.layer(layer);
        int value = signature.layers().indexOf(found) + 1;
        List<double[]> inputs = split(images, signature);
        targets.require(inputs.size(), signature);
        List<double[]> activations = new ArrayList<>();
        List<double[]> gradients = new ArrayList<>();
        for (int n = 0; n < inputs.size(); n++) {
            double[][] trace = trace(inputs.get(n));
            activations.add(trace[value]);
            gradients.add(back(trace, row(targets, n), value, Backward.CHAIN_RULE));
        }
        return new LayerGradients(
                stack(activations, found.height(), found.width(), found.channels()),
                stack(gradients, found.height(), found.width(), found.channels()));
    }

    /** As a model may, the last image comes first, and what was shown is overwritten. */
    @Override
    public void visit(
            String layer, FloatNdArray images, Targets targets, List<Formula> formulas, Layers.Visitor visitor) {
        List<List<float[]>> all = new ArrayList<>();
        Layers.super.visit(layer, images, targets, formulas, (n, values) -> all.add(values));
        for (int n = all.size() - 1; n >= 0; n--) {
            visitor.visit(n, all.get(n));
            overwrite(all.get(n));
        }
    }

    @Override
    public FloatNdArray scoresFrom(String layer, FloatNdArray activations) {
        Layer found = signature.layer(layer);
        Shape shape = activations.shape();
        if (shape.numDimensions() != 4
                || shape.get(1) != found.height()
                || shape.get(2) != found.width()
                || shape.get(3) != found.channels()) {
            throw new InvalidInputException(
                    "activations of layer '%s' have shape %s, expected (N, %d, %d, %d)",
                    layer, shape, found.height(), found.width(), found.channels());
        }
        int value = signature.layers().indexOf(found) + 1;
        List<double[]> scores = new ArrayList<>();
        for (double[] activation : rows(activations)) {
            double[][] values = new double[nodes.size() + 1][];
            values[value] = activation;
            forward(values, value);
            if (output(values) == null) {
                throw new InvalidInputException(
                        "the scores of model '%s' do not follow from layer '%s' alone, for the image has a way around it",
                        signature.name(), layer);
            }
            scores.add(output(values));
        }
        return stack(scores, signature.classCount());
    }

    @Override
    public List<Contribution> contributions(FloatNdArray images, Targets targets) {
        List<double[]> inputs = split(images, signature);
        targets.require(inputs.size(), signature);
        List<double[][]> traces = inputs.stream().map(this::trace).toList();
        List<Contribution> contributions = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).operation() instanceof Linear linear) {
                List<double[]> rows = new ArrayList<>();
                for (int n = 0; n < traces.size(); n++) {
                    double[] row = back(traces.get(n), row(targets, n), i + 1, Backward.CHAIN_RULE);
                    for (int out = 0; out < row.length; out++) {
                        row[out] *= linear.bias(out);
                    }
                    rows.add(row);
                }
                contributions.add(new Contribution(
                        nodes.get(i).name(), stack(rows, linear.height(), linear.width(), linear.channels())));
            }
        }
        return contributions;
    }

    /** As a model may, the last image comes first, and what was shown is overwritten. */
    @Override
    public void visit(FloatNdArray images, Targets targets, List<Formula> formulas, Biases.Visitor visitor) {
        List<List<Runnable>> byImage = Stream.<List<Runnable>>generate(ArrayList::new)
                .limit(targets.count())
                .toList();
        Biases.super.visit(
                images,
                targets,
                formulas,
                (n, operation, shape, values) -> byImage.get(n).add(() -> {
                    visitor.visit(n, operation, shape, values);
                    overwrite(values);
                }));
        for (int n = byImage.size() - 1; n >= 0; n--) {
            byImage.get(n).forEach(Runnable::run);
        }
    }

    private static void overwrite(List<float[]> shown) {
        shown.forEach(values -> Arrays.fill(values, Float.NaN));
    }

    /** The image, and the output of every operation. */
    private double[][] trace(double[] image) {
        double[][] values = new double[nodes.size() + 1][];
        values[0] = image;
        forward(values, 0);
        return values;
    }

    /** Computes the values after this one that follow from those that are there. */
    private void forward(double[][] values, int from) {
        for (int i = from; i < nodes.size(); i++) {
            List<double[]> inputs = inputs(nodes.get(i), values);
            if (inputs.stream().allMatch(input -> input != null)) {
                values[i + 1] = nodes.get(i).operation().forward(inputs);
            }
        }
    }

    private static List<double[]> inputs(Node node, double[][] values) {
        return node.inputs().stream().map(input -> values[input]).toList();
    }

    private static double[] output(double[][] trace) {
        return trace[trace.length - 1];
    }

    private Propagated back(FloatNdArray images, Targets targets, boolean fromScores, Backward backward) {
        List<double[]> inputs = split(images, signature);
        targets.require(inputs.size(), signature);
        List<double[]> values = new ArrayList<>();
        List<double[]> scores = new ArrayList<>();
        for (int n = 0; n < inputs.size(); n++) {
            double[][] trace = trace(inputs.get(n));
            double[] start = row(targets, n);
            for (int k = 0; fromScores && k < start.length; k++) {
                start[k] *= output(trace)[k];
            }
            values.add(back(trace, start, 0, backward));
            scores.add(output(trace));
        }
        return propagated(values, scores);
    }

    private Propagated differences(FloatNdArray images, Targets targets, FloatNdArray baseline) {
        List<double[]> inputs = split(images, signature);
        List<double[]> baselines = split(baseline, signature);
        targets.require(inputs.size(), signature);
        if (baselines.size() != inputs.size()) {
            throw new InvalidInputException(
                    "%d baselines for %d images; expected one for each", baselines.size(), inputs.size());
        }
        List<double[]> values = new ArrayList<>();
        List<double[]> scores = new ArrayList<>();
        for (int n = 0; n < inputs.size(); n++) {
            double[][] trace = trace(inputs.get(n));
            double[][] before = trace(baselines.get(n));
            double[] multipliers = back(trace, row(targets, n), 0, new Differences(node -> inputs(node, before)));
            double[] differences = minus(inputs.get(n), baselines.get(n));
            for (int i = 0; i < differences.length; i++) {
                differences[i] *= multipliers[i];
            }
            values.add(differences);
            scores.add(minus(output(trace), output(before)));
        }
        return propagated(values, scores);
    }

    private Propagated propagated(List<double[]> values, List<double[]> scores) {
        return new Propagated(
                stack(values, signature.height(), signature.width(), signature.channels()),
                stack(scores, signature.classCount()));
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = a.clone();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= b[i];
        }
        return difference;
    }

    /** What arrives at a value of the trace; several users add up. */
    private double[] back(double[][] trace, double[] start, int value, Backward backward) {
        double[][] arrived = new double[trace.length][];
        arrived[trace.length - 1] = start;
        for (int i = nodes.size() - 1; i >= value; i--) {
            if (arrived[i + 1] == null) {
                continue;
            }
            Node node = nodes.get(i);
            List<double[]> back = backward.through(node, inputs(node, trace), arrived[i + 1]);
            for (int k = 0; k < back.size(); k++) {
                int input = node.inputs().get(k);
                if (back.get(k) == null) {
                    continue;
                }
                arrived[input] = arrived[input] == null ? back.get(k) : plus(arrived[input], back.get(k));
            }
        }
        return arrived[value] == null ? new double[trace[value].length] : arrived[value];
    }

    private static double[] plus(double[] a, double[] b) {
        double[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    /** The images one by one, after the checks that {@link Model#scores} promises. */
    static List<double[]> split(FloatNdArray images, ModelSignature signature) {
        signature.requireImages(images);
        return rows(images);
    }

    private static List<double[]> rows(FloatNdArray array) {
        float[] values = FloatArrays.flat(array);
        int count = Math.toIntExact(array.shape().get(0));
        int size = values.length / count;
        return IntStream.range(0, count)
                .mapToObj(n -> IntStream.range(n * size, (n + 1) * size)
                        .mapToDouble(i -> values[i])
                        .toArray())
                .toList();
    }

    static double[] row(Targets targets, int image) {
        return rows(targets.rows(image, image + 1).weights()).get(0);
    }

    static FloatNdArray stack(List<double[]> rows, long... rowShape) {
        int size = rows.get(0).length;
        float[] values = new float[rows.size() * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows.get(i / size)[i % size];
        }
        long[] shape = new long[rowShape.length + 1];
        shape[0] = rows.size();
        System.arraycopy(rowShape, 0, shape, 1, rowShape.length);
        return FloatArrays.of(values, shape);
    }
}
